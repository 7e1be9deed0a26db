import { type Money, toDecimal } from '../money/money.ts'
import { expectedTaxes } from './expected-taxes.ts'
import type { LineFacts } from './line-facts.ts'
import type { RecomputedLine } from './recompute-line.ts'
import { taxSteps } from './tax-steps.ts'

/** What a line follows from that no subscription is charged for: an amount that was named, and the taxes of its day. */
export type FreeLineFacts = Pick<LineFacts, 'taxClass' | 'pricing' | 'taxPoint' | 'rates'> & {
  /** As it was priced. */
  readonly charged: Money
}

/** Computes a line of a debit note a second time. */
export function recomputeFreeLine(facts: FreeLineFacts): RecomputedLine {
  const { currency, amountMinor } = facts.charged
  const taxed = expectedTaxes(amountMinor, facts)
  const text = (minor: bigint) => toDecimal({ amountMinor: minor, currency })
  return {
    rule: 'free',
    discounts: [],
    net: { amountMinor: taxed.netMinor, currency },
    taxes: taxed.taxes,
    total: { amountMinor: taxed.totalMinor, currency },
    steps: [`The amount that was named: ${text(amountMinor)}`, ...taxSteps(facts, taxed, amountMinor, text)],
  }
}
