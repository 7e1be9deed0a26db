import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareBooks, converged } from './books.ts'
import { seeded, startLoad } from './load.ts'
import { openSupervisedIsp, type SupervisedIsp } from './supervised-isp.ts'

const kills = Number(process.env['NYUZI_KILLS'] ?? (process.env['CI'] ? 50 : 10))
const seed = Number(process.env['NYUZI_SEED'] ?? 20_261_121)

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
        await new Promise((resolve) => setTimeout(resolve, random.between(50, 1_500)))
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
