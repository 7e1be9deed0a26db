import type { Money } from '../money/money.ts'
import type { LineFacts } from './line-facts.ts'

export type ExpectedRate = {
  /** For the whole period, or for the one time. */
  readonly rate: Money
  readonly once: boolean
  /** Where the rate comes from, when it is not simply the price. */
  readonly step?: string
}

/** What the part of the price that the line names costs in its period: an extra, a phase, or the price itself. */
export function expectedRate(
  { price, component = 'base', phases = [], extras = [], periodsBefore = 0 }: LineFacts,
  index: number,
): ExpectedRate {
  if (component !== 'base') {
    const extra = extras.find(({ key }) => key === component)
    if (extra === undefined) return { rate: { ...price, amountMinor: 0n }, once: false, step: `The price has no ${component}` }
    return { rate: extra.amount, once: extra.kind === 'one_time', step: `${extra.title} of the price` }
  }
  let left = periodsBefore + index
  for (const { title, periods, amount } of phases) {
    if (left < periods) return { rate: amount, once: false, step: `${title}: period ${left + 1} of ${periods}` }
    left -= periods
  }
  return { rate: price, once: false }
}
