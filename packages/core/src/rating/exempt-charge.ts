import { priceWithout } from '../tax/price-without.ts'
import type { TaxPack } from '../tax/rule.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { Charge } from './charge.ts'
import { prorate, prorationWorking } from './prorate.ts'

/** A charge as it is priced for its payer: without the taxes that its price includes, where a certificate frees of one of them. */
export function exemptCharge(charge: Charge, taxPoint: CivilDate, pack: TaxPack | undefined): Charge {
  const without = priceWithout({ taxClass: charge.taxClass, pricing: charge.pricing, taxPoint }, pack)
  if (without === undefined) return charge
  const { whole, period, amount } = charge
  const rate = without(charge.rate)
  // A short first period that costs as much as a whole one begins, for its price, where the whole one does.
  const part = prorate(charge.rate, period, whole).amountMinor === amount.amountMinor ? period : { start: whole.start, end: period.end }
  const arithmetic = `${charge.arithmetic}; without its taxes ${prorationWorking(rate, part, whole)}`
  return { ...charge, pricing: 'exclusive', rate, amount: prorate(rate, part, whole), arithmetic }
}
