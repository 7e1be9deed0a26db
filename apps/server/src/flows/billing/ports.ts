import type {
  Agreements,
  CivilDate,
  Currency,
  DiscountRow,
  DiscountStep,
  Exemption,
  FinalInvoice,
  GrantedAllowance,
  Instant,
  InvoiceId,
  InvoiceLine,
  MeasuredRecord,
  OneTimeCharge,
  Phone,
  Plan,
  Price,
  PromotionRow,
  Renewal,
  ServiceId,
  SubscriberId,
  Subscription,
  SubscriptionId,
  TaxPackCode,
  TaxSettings,
  Terms,
  Validity,
} from '@nyuzi/core'
import type { Awaits, Schedule } from '../subscribers/ports.ts'

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

/** A subscription whose next days may be invoiced, or wait for money. */
export type DueSubscription = {
  readonly subscription: Subscription
  /** Who is invoiced: its subscriber, or the parent. */
  readonly payerId: SubscriberId
  /** The name of its subscriber where a parent pays. */
  readonly onBehalfOf?: string
  /** Of the payer's branch. */
  readonly series: string
  readonly awaits?: Awaits
  /** The day since which a debt keeps its line off, where its price does not charge such days. */
  readonly offSince?: CivilDate
}

/** Where a subscription stands once its charges are issued. */
export type Advance = Schedule & NextRenewal & { readonly billedUntil: CivilDate }

/** What a prepaid subscription buys next; absent, nothing. */
export type NextRenewal = { readonly id: SubscriptionId; readonly renewal?: Renewal | undefined }

/** What a subscriber pays for, and with which words. */
export type Collectable = {
  readonly accountNumber: string
  readonly phone?: Phone
  readonly currency: Currency
  readonly debtsMinor: bigint
  readonly renewalsMinor: bigint
  readonly freeMinor: bigint
}

export type BillingStore = {
  /** Locks the subscribers, and the parents who pay for them, in the order of their ids, and tells the currency of each: the first lock of every money transaction. */
  lockSubscribers(ids: readonly SubscriberId[]): Promise<ReadonlyMap<SubscriberId, Currency>>
  /** One subscriber, locked, with what may be collected from it: the debts, and the renewals that wait or come by that day. */
  lockToCollect(id: SubscriberId, renewalsUntil: CivilDate): Promise<Collectable | undefined>
  /** Open invoices of these subscribers, oldest first, locked in the order of their ids. */
  openInvoices(ids: readonly SubscriberId[]): Promise<readonly OpenInvoice[]>
  /** The earliest civil day, up to `until`, on which some subscription is to be invoiced. */
  nextInvoiceDay(until: CivilDate): Promise<CivilDate | undefined>
  /**
   * Payers with something to be invoiced on that day or before, locked in the order of their ids. Those whom another
   * transaction holds are passed over, unless they are waited for.
   */
  claimSubscribers(day: CivilDate, limit: number, only?: readonly SubscriberId[], wait?: boolean): Promise<readonly SubscriberId[]>
  /** What is to be invoiced to these payers on that day or before. */
  due(ids: readonly SubscriberId[], day: CivilDate): Promise<readonly DueSubscription[]>
  /** What waits for money of these payers, or is due on that day and was not looked at yet. */
  awaiting(ids: readonly SubscriberId[], today: CivilDate): Promise<readonly DueSubscription[]>
  /** Of these lines, the subscriptions that are not charged because a debt keeps them off, or whose price may account for the days it did. */
  unserved(serviceIds: readonly ServiceId[]): Promise<readonly DueSubscription[]>
  /** The last number given in each series, locked until the commit. */
  lockSeries(series: readonly string[]): Promise<ReadonlyMap<string, bigint>>
  /** Lines with their taxes and the days they charge, of invoices that follow in this transaction. */
  addLines(invoices: readonly Pick<FinalInvoice, 'id' | 'lines'>[]): Promise<void>
  addInvoices(invoices: readonly FinalInvoice[], at: Instant): Promise<void>
  advance(subscriptions: readonly Advance[]): Promise<void>
  /** What waited for credit is decided on again by the next run of that day, since it may be covered now. */
  setRenewals(renewals: readonly NextRenewal[], today: CivilDate): Promise<void>
  park(id: SubscriptionId, reason: string): Promise<void>
  /** Parks what is due for a subscriber on that day; tells what that was. */
  parkDue(id: SubscriberId, day: CivilDate, reason: string): Promise<readonly SubscriptionId[]>
  /** False when it is not parked. */
  unpark(id: SubscriptionId): Promise<boolean>
}

/** A line as it was issued, with what it follows from. */
export type IssuedLineRow = Pick<
  InvoiceLine,
  | 'position'
  | 'description'
  | 'category'
  | 'taxClass'
  | 'pricing'
  | 'taxPoint'
  | 'net'
  | 'taxes'
  | 'total'
  | 'arithmetic'
  | 'discounts'
  | 'usage'
> & {
  /** Of a pass: when it is valid, and the zone of the organisation's days. */
  readonly pass?: Validity & { readonly zone: string }
  /** Of measured use: everything that was measured and granted by then, whatever it was for. */
  readonly drawn?: KeptUse
  /** What days are charged for; absent on a debit note. */
  readonly subscribed?: Pick<InvoiceLine, 'component' | 'period' | 'dueOn' | 'priceId' | 'priceVersion' | 'terms'>
  /** What a person charged once, as it was asked for: no price is behind it. */
  readonly charge?: Pick<OneTimeCharge, 'description' | 'amount' | 'taxClass' | 'pricing'>
  /** Absent when the row that the line names is gone, which the database does not allow. */
  readonly from?: {
    readonly plan: Plan
    readonly price: Price
    readonly subscription: Pick<Subscription, 'id' | 'cancelledOn'>
    readonly terms: Pick<Terms, 'number' | 'origin' | 'anchorDay' | 'periodsBefore'> & {
      /** From the first day of service. */
      readonly isFirst: boolean
    }
    /** Coupons that were redeemed for the subscription and rewards that it got, whenever that was. */
    readonly held: readonly Recorded<DiscountRow>[]
    /** Absent where it was not asked for. */
    readonly standing?: SubscriberStanding
    /** Days on which terms or pauses of the subscription began or ended. */
    readonly edges: readonly CivilDate[]
    /** When the cancellation was recorded. */
    readonly cancelledAt?: Instant
  }
}

export type IssuedInvoiceRow = Pick<FinalInvoice, 'id' | 'number' | 'total' | 'issuedOn' | 'dueOn'> & {
  readonly createdAt: Instant
  readonly lines: readonly IssuedLineRow[]
  /** The certificates of its subscriber, whenever they were recorded. */
  readonly exemptions: readonly RecordedExemption[]
}

export type RecordedExemption = Exemption & { readonly recordedAt: Instant; readonly endedOn?: CivilDate; readonly endedAt?: Instant }

type Recorded<T> = T & { readonly recordedAt: Instant }

/** Records come with their ids, which tell the order in which they were kept. */
export type KeptUse = {
  readonly records: readonly (MeasuredRecord & { readonly id: string })[]
  readonly allowances: readonly GrantedAllowance[]
}

/** What volume, loyalty, and promotions for the first periods count by. */
export type SubscriberStanding = {
  /** The periods under which the subscription began. */
  readonly first: Agreements['first']
  /** All that the subscriber ever had. */
  readonly subscriptions: readonly Recorded<{ readonly startsOn: CivilDate; readonly cancelledAt?: Instant }>[]
}

/** As it was made; each time someone ended it sooner. */
export type RecordedPromotion = Recorded<PromotionRow> & { readonly ends: readonly { readonly at: Instant; readonly on: CivilDate }[] }

/** The organisation chose what it gives for volume or loyalty; null takes it back. */
export type StepChoice = {
  readonly at: Instant
  readonly volumeSteps?: readonly DiscountStep[] | null
  readonly loyaltySteps?: readonly DiscountStep[] | null
}

/** The organisation chose its taxes; null forgets a setting. */
export type TaxChoice = {
  readonly at: Instant
  readonly taxPack?: TaxPackCode
  readonly taxSettings?: TaxSettings | null
}

/** What was issued, read back to be computed again. */
export type IssuedStore = {
  /** Invoices and debit notes that were issued on `since` or later, those after the id. */
  page(query: {
    readonly after: InvoiceId | undefined
    readonly since: CivilDate | undefined
    readonly limit: number
    readonly withStandings: boolean
  }): Promise<readonly IssuedInvoiceRow[]>
  /** With standings. */
  one(by: { readonly number: string } | { readonly invoiceId: InvoiceId }): Promise<IssuedInvoiceRow | undefined>
  promotions(): Promise<readonly RecordedPromotion[]>
  /** As they were recorded, oldest first. */
  stepChoices(): Promise<readonly StepChoice[]>
  /** As they were recorded, oldest first. */
  taxChoices(): Promise<readonly TaxChoice[]>
}
