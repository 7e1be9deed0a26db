import type { InvoiceId, PriceId, SubscriberId, SubscriptionId } from '../ids.ts'
import type { Currency } from '../money/currency.ts'
import type { Money } from '../money/money.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { Period } from '../time/period.ts'

/** `open`: finalized and not yet paid. A finalized invoice never changes but for this word. */
export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'void' | 'uncollectible'

/** One charge on an invoice, with everything needed to recompute it. */
export type InvoiceLine = {
  /** From 1. */
  readonly position: number
  readonly description: string
  readonly category: string
  readonly amount: Money
  readonly period: Period
  readonly subscriptionId: SubscriptionId
  readonly priceId: PriceId
  readonly priceVersion: number
  readonly arithmetic: string
}

export type InvoiceDraft = {
  readonly subscriberId: SubscriberId
  readonly currency: Currency
  readonly lines: readonly InvoiceLine[]
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
