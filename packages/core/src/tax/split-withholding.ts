import { type Money, money, subtract } from '../money/money.ts'
import { divideRounded } from '../money/rounding.ts'
import { invariant } from '../outcome.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { TaxAmount } from './compute-tax.ts'
import { type TaxPack, type WithholdingRule, youngest } from './rule.ts'

export const withholdingInForce = ({ withholding = [] }: TaxPack, on: CivilDate): WithholdingRule | undefined => youngest(withholding, on)

/**
 * What an appointed buyer keeps back of a claim and what it pays us. Both together settle the claim: it is no
 * underpayment, only that a part comes as a certificate of the state.
 */
export function splitWithholding(
  claim: { readonly total: Money; readonly taxes: readonly TaxAmount[] },
  { on, rateBp }: WithholdingRule,
): { readonly withheld: Money; readonly received: Money } {
  const { total, taxes } = claim
  const taxableMinor = taxes
    .filter(({ code, certificate }) => code === on && certificate === undefined)
    .reduce((sum, { baseMinor }) => sum + baseMinor, 0n)
  const withheld = money(divideRounded(taxableMinor * BigInt(rateBp), 10_000n), total.currency)
  invariant(withheld.amountMinor <= total.amountMinor, 'no more is withheld than is claimed')
  return { withheld, received: subtract(total, withheld) }
}
