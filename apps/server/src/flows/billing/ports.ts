import type { CivilDate, Currency, FinalInvoice, Instant, InvoiceId, Phone, SubscriberId, Subscription, SubscriptionId } from '@nyuzi/core'

export type OpenInvoice = {
  readonly invoiceId: InvoiceId
  readonly subscriberId: SubscriberId
  readonly number: string
  readonly dueOn: CivilDate
  readonly sequence: bigint
  readonly currency: Currency
  readonly totalMinor: bigint
  readonly openMinor: bigint
}

export type DueSubscription = {
  readonly subscription: Subscription
  readonly series: string
  readonly hasOpenInvoice: boolean
}

export type BillingStore = {
  /** Locks the subscribers in the order of their ids: the first lock of every money transaction. */
  lockSubscribers(ids: readonly SubscriberId[]): Promise<ReadonlySet<SubscriberId>>
  /** One subscriber, locked, with what may be collected from it. */
  lockToCollect(id: SubscriberId): Promise<{ accountNumber: string; phone?: Phone; openMinor: bigint; currency: Currency } | undefined>
  /** Open invoices of these subscribers, oldest first, locked in the order of their ids. */
  openInvoices(ids: readonly SubscriberId[]): Promise<readonly OpenInvoice[]>
  /** The earliest civil day, up to `until`, on which some subscription is to be invoiced. */
  nextInvoiceDay(until: CivilDate): Promise<CivilDate | undefined>
  /** Subscriptions to be invoiced on that day or before, locked, skipping those another run holds. */
  claimDue(day: CivilDate, limit: number, only?: readonly SubscriptionId[]): Promise<readonly DueSubscription[]>
  /** The last number given in each series, locked until the commit. */
  lockSeries(series: readonly string[]): Promise<ReadonlyMap<string, bigint>>
  addInvoices(invoices: readonly FinalInvoice[], at: Instant): Promise<void>
  advance(subscriptions: readonly { id: SubscriptionId; periodsCharged: number; nextInvoiceOn: CivilDate | null }[]): Promise<void>
  park(id: SubscriptionId, reason: string): Promise<void>
  /** False when it is not parked. */
  unpark(id: SubscriptionId): Promise<boolean>
  /** Open invoices that are due within the span of days. */
  openDueBetween(from: CivilDate, until: CivilDate, after: InvoiceId | undefined, limit: number): Promise<readonly OpenInvoice[]>
}
