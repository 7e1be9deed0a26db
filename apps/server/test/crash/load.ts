import { money } from '@nyuzi/core'
import { requestPayment } from '../../src/flows/payments/request-payment.ts'
import { holdService } from '../../src/flows/subscribers/hold-service.ts'
import type { SupervisedIsp, SupervisedLine } from './supervised-isp.ts'

/** The same numbers for the same seed (mulberry32): a failing run can be run again. */
export function seeded(seed: number) {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    between: (low: number, high: number) => low + next() * (high - low),
    chance: (share: number) => next() < share,
    of: <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T,
  }
}

export type Load = { stop(): Promise<void> }

/**
 * Subscribers who pay the paybill, sometimes nobody's account, prompts that are approved at once, callbacks that come
 * twice, and staff who hold lines and let them go. It takes no notice of whether a server is there to hear of it.
 */
export function startLoad(isp: SupervisedIsp, seed: number, everyMs: readonly [number, number] = [10, 60]): Load {
  const random = seeded(seed)
  const underWay = new Set<Promise<unknown>>()
  let stopped = false

  function track(work: Promise<unknown>): void {
    const done = work.catch(() => {}).finally(() => underWay.delete(done))
    underWay.add(done)
  }
  const pay = ({ phone, accountNumber }: SupervisedLine, amount: string, mistyped: boolean) =>
    isp.daraja.pay({ phone: phone.slice(1), amount, accountReference: mistyped ? 'MAMA PIMA' : accountNumber })
  // Refused while a prompt of a moment ago may still be on the phone; then nobody is asked.
  const prompt = ({ subscriberId }: SupervisedLine) =>
    requestPayment(isp.deps, isp.organisationId, { subscriberId, amount: money(random.of([10_000n, 25_000n]), 'KES'), actor: 'load' })
  const hold = ({ serviceId }: SupervisedLine, held: boolean) =>
    holdService(isp.deps, isp.organisationId, serviceId, { hold: held ? 'held' : null, reason: 'load', actor: 'load' })

  async function payOn(): Promise<void> {
    while (!stopped) {
      const line = random.of(isp.lines)
      isp.daraja.faults.repeatCallbacks(random.chance(0.2) ? 1 : 0)
      track(random.chance(0.25) ? prompt(line) : pay(line, random.of(['1500', '500', '20', '1500.50']), random.chance(0.05)))
      if (random.chance(0.1)) track(hold(line, random.chance(0.5)))
      await new Promise((resolve) => setTimeout(resolve, random.between(...everyMs)))
    }
  }
  const payments = payOn()

  return {
    async stop() {
      stopped = true
      await payments
      await Promise.all(underWay)
      await isp.daraja.settled()
      isp.daraja.faults.repeatCallbacks(0)
    },
  }
}
