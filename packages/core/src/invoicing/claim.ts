import type { InvoiceId, SubscriberId } from '../ids.ts'
import type { Currency } from '../money/currency.ts'
import type { Money } from '../money/money.ts'
import { toDecimal } from '../money/money.ts'
import { invariant } from '../outcome.ts'
import { computeTax, type TaxAmount } from '../tax/compute-tax.ts'
import { priceWithout } from '../tax/price-without.ts'
import type { Pricing, TaxClass, TaxPack } from '../tax/rule.ts'
import { taxArithmetic } from '../tax/tax-arithmetic.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { LineDescription } from './line-description.ts'
import { invoiceNumber } from './numbering.ts'

/**
 * Why something is owed. `debit_note`: a charge that is not of a subscription, such as a late fee. `deposit`: money that
 * is held and given back. `transfer_out` and `refund`: credit that left the account, settled in the moment it is written.
 */
export const claimKinds = ['invoice', 'debit_note', 'deposit', 'transfer_out', 'refund'] as const
export type ClaimKind = (typeof claimKinds)[number]

/** A line that no subscription is charged for. */
export type FreeLine = {
  readonly position: number
  readonly description: LineDescription
  /** Which revenue account it belongs to; of a deposit, a transfer or a refund, its kind. */
  readonly category: string
  readonly taxClass: TaxClass
  readonly pricing: Pricing
  readonly taxPoint: CivilDate
  readonly net: Money
  readonly taxes: readonly TaxAmount[]
  readonly total: Money
  readonly arithmetic: string
}

/** A claim outside the billing run: final from the start, as an invoice is. */
export type FreeClaim = {
  readonly id: InvoiceId
  readonly kind: Exclude<ClaimKind, 'invoice'>
  readonly subscriberId: SubscriberId
  readonly series: string
  readonly sequence: bigint
  readonly number: string
  readonly currency: Currency
  readonly lines: readonly FreeLine[]
  readonly total: Money
  readonly issuedOn: CivilDate
  readonly dueOn: CivilDate
}

export type FreeCharge = Pick<FreeLine, 'description' | 'category' | 'taxClass' | 'pricing'> & {
  /** As it is priced. */
  readonly amount: Money
}

/** Makes charges that no subscription asks for a claim. Its taxes are those of the day it is issued. */
export function issueClaim(input: {
  readonly id: InvoiceId
  readonly kind: FreeClaim['kind']
  readonly subscriberId: SubscriberId
  readonly series: string
  readonly sequence: bigint
  readonly charges: readonly FreeCharge[]
  readonly issuedOn: CivilDate
  readonly dueOn: CivilDate
  readonly taxPack?: TaxPack | undefined
}): FreeClaim {
  const { charges, taxPack, ...claim } = input
  const [first] = charges
  invariant(first !== undefined, 'a claim needs a charge')
  const { currency } = first.amount
  invariant(
    charges.every(({ amount }) => amount.currency === currency && amount.amountMinor > 0n),
    'a claim is of more than nothing, in one currency',
  )
  invariant(claim.dueOn >= claim.issuedOn, 'a claim is not due before it is issued')
  const pack = claim.kind === 'debit_note' ? taxPack : undefined
  const lines = charges.map((charge, index) => {
    const { amount, working, ...priced } = exemptFree(charge, claim.issuedOn, pack)
    const taxed = computeTax({ ...priced, amount, taxPoint: claim.issuedOn }, pack)
    const arithmetic = taxArithmetic(working, amount, priced.pricing, taxed)
    return { ...priced, ...taxed, position: index + 1, taxPoint: claim.issuedOn, arithmetic }
  })
  const totalMinor = lines.reduce((sum, { total }) => sum + total.amountMinor, 0n)
  return { ...claim, number: invoiceNumber(claim.series, claim.sequence), currency, lines, total: { amountMinor: totalMinor, currency } }
}

/** As it is priced for its payer, and how that came about. */
function exemptFree(charge: FreeCharge, taxPoint: CivilDate, pack: TaxPack | undefined): FreeCharge & { readonly working: string } {
  const working = toDecimal(charge.amount)
  const without = priceWithout({ ...charge, taxPoint }, pack)
  if (without === undefined) return { ...charge, working }
  const amount = without(charge.amount)
  return { ...charge, amount, pricing: 'exclusive', working: `${working}; without its taxes ${toDecimal(amount)}` }
}
