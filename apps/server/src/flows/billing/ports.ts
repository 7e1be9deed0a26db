import type {
  CivilDate,
  Currency,
  FinalInvoice,
  Instant,
  InvoiceId,
  InvoiceLine,
  Phone,
  Plan,
  Price,
  SubscriberId,
  Subscription,
  SubscriptionId,
  TaxPackCode,
  TaxSettings,
} from '@nyuzi/core'

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
}

/** A line as it was issued, with what it follows from. */
export type IssuedLineRow = Omit<InvoiceLine, 'category' | 'subscriptionId'> & {
  /** Absent when the row that the line names is gone, which the database does not allow. */
  readonly from?: {
    readonly plan: Plan
    readonly price: Price
    readonly subscription: Pick<Subscription, 'id' | 'startsOn' | 'anchorDay' | 'cancelledOn'>
    /** When the cancellation was recorded. */
    readonly cancelledAt?: Instant
  }
}

export type IssuedInvoiceRow = Pick<FinalInvoice, 'id' | 'number' | 'total' | 'issuedOn' | 'dueOn'> & {
  readonly createdAt: Instant
  readonly lines: readonly IssuedLineRow[]
}

/** The organisation chose its taxes; null forgets a setting. */
export type TaxChoice = {
  readonly at: Instant
  readonly taxPack?: TaxPackCode
  readonly taxSettings?: TaxSettings | null
}

/** What was issued, read back to be computed again. */
export type IssuedStore = {
  /** Invoices that were issued on `since` or later, those after the id. */
  page(query: {
    readonly after: InvoiceId | undefined
    readonly since: CivilDate | undefined
    readonly limit: number
  }): Promise<readonly IssuedInvoiceRow[]>
  one(by: { readonly number: string } | { readonly invoiceId: InvoiceId }): Promise<IssuedInvoiceRow | undefined>
  /** As they were recorded, oldest first. */
  taxChoices(): Promise<readonly TaxChoice[]>
}
