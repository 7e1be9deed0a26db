import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareBooks, converged } from './books.ts'
import { seeded, startLoad } from './load.ts'
import { openSupervisedIsp, type SupervisedIsp } from './supervised-isp.ts'

const kills = Number(process.env['NYUZI_KILLS'] ?? (process.env['CI'] ? 50 : 10))
const seed = Number(process.env['NYUZI_SEED'] ?? 20_261_121)

/** Forty subscribers pay at the same moment. Gives the number of answers so far. */
function startBurst(isp: SupervisedIsp, random: ReturnType<typeof seeded>): number {
  const before = acknowledgements(isp)
  for (let count = 0; count < 40; count++) {
    const { phone, accountNumber } = random.of(isp.lines)
    isp.daraja.pay({ phone: phone.slice(1), amount: '30', accountReference: accountNumber }).catch(() => {})
  }
  return before
}

const acknowledgements = (isp: SupervisedIsp) => isp.daraja.deliveries.reduce((sum, { status }) => sum + (status === 200 ? 1 : 0), 0)

/** Looks at each turn of the loop, so that hardly a millisecond passes between an answer and what follows. */
async function acknowledged(isp: SupervisedIsp, before: number): Promise<void> {
  const endMs = Date.now() + 1_000
  while (acknowledgements(isp) === before && Date.now() < endMs) await new Promise((resolve) => setImmediate(resolve))
}

describe('A server that is killed again and again while money comes in', () => {
  let isp: SupervisedIsp
  beforeAll(async () => {
    isp = await openSupervisedIsp()
  })
  afterAll(() => isp.close())

  it(
    `has lost nothing and posted nothing twice after ${kills} kills (seed ${seed})`,
    async () => {
      const random = seeded(seed)
      const load = startLoad(isp, seed)
      for (let count = 0; count < kills; count++) {
        const server = isp.startServer()
        // One in ten dies while it starts.
        if (!random.chance(0.1)) await server.ready
        await new Promise((resolve) => setTimeout(resolve, random.between(50, 1_200)))
        // Half of them die while they answer many at once, right after the first of these have heard that all is well.
        if (random.chance(0.5)) await acknowledged(isp, startBurst(isp, random))
        await server.kill()
      }
      const last = isp.startServer()
      await last.ready
      await load.stop()
      const stoppedMs = performance.now()
      await converged(isp)
      const convergedMs = performance.now() - stoppedMs
      expect(await last.terminate(), last.said()).toBe(0)
      const figures = await compareBooks(isp)
      expect(figures.acknowledged).toBeGreaterThan(kills)
      process.stdout.write(
        `${kills} kills: ${figures.taken} payments taken, ${figures.acknowledged} acknowledged, ${figures.posted} posted, ` +
          `${figures.unheard} never heard of; in order ${Math.round(convergedMs)} ms after the last\n`,
      )
    },
    120_000 + kills * 8_000,
  )
})
