import type { Validity } from '../catalog/pass.ts'
import type { AppliedDiscount } from '../discounts/discount.ts'
import type { ChargeId, InvoiceId, PriceId, SubscriberId, SubscriptionId } from '../ids.ts'
import type { Currency } from '../money/currency.ts'
import type { Money } from '../money/money.ts'
import type { TaxAmount } from '../tax/compute-tax.ts'
import type { Pricing, TaxClass } from '../tax/rule.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { Period } from '../time/period.ts'
import type { LineDescription } from './line-description.ts'

/** `open`: finalized and not yet paid. A finalized invoice never changes but for this word. */
export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'void' | 'uncollectible'

/** One charge on an invoice, with everything needed to recompute it. */
export type InvoiceLine = {
  /** From 1. */
  readonly position: number
  readonly description: LineDescription
  /** `base`, or the key of an extra of the price. */
  readonly component: string
  readonly category: string
  readonly taxClass: TaxClass
  readonly pricing: Pricing
  /** The day whose tax rates it bears; a credit for it bears the same. */
  readonly taxPoint: CivilDate
  /** What we earn. */
  readonly net: Money
  /** In the order in which they are laid on; none where no tax applies. */
  readonly taxes: readonly TaxAmount[]
  /** What is claimed: net and taxes. */
  readonly total: Money
  readonly period: Period
  /** Of a pass: when it is valid. */
  readonly validity?: Validity
  /** What lowered the rate, in the order in which it was taken off. */
  readonly discounts?: readonly AppliedDiscount[]
  /** What was measured, and how much of it was charged before. */
  readonly usage?: { readonly unit: string; readonly units: bigint; readonly ratedUnits: bigint }
  /** What the whole period costs, and which one that is: the line is the share of its days. */
  readonly rate: Money
  readonly whole: Period
  /** From when it is owed. */
  readonly dueOn: CivilDate
  /** Absent where it is for no subscription. */
  readonly subscriptionId?: SubscriptionId
  /** With the number of the terms of the subscription; absent where no price asks for it. */
  readonly priceId?: PriceId
  readonly priceVersion?: number
  readonly terms?: number
  /** Of a charge that a person made. */
  readonly chargeId?: ChargeId
  readonly arithmetic: string
}

export type InvoiceDraft = {
  readonly subscriberId: SubscriberId
  readonly currency: Currency
  readonly lines: readonly InvoiceLine[]
  /** Of the lines, with their taxes. */
  readonly total: Money
  readonly dueOn: CivilDate
  readonly issuedOn: CivilDate
}

export type FinalInvoice = InvoiceDraft & {
  readonly id: InvoiceId
  readonly series: string
  readonly sequence: bigint
  /** `NRB-000123` */
  readonly number: string
}
