import type {
  Allowance,
  AllowanceId,
  CivilDate,
  Currency,
  DataBundleId,
  Instant,
  InvoiceId,
  Money,
  Pricing,
  SubscriberId,
  SubscriptionId,
  TaxClass,
  Terms,
} from '@nyuzi/core'
import type { PageQuery } from '../readings/ports.ts'

export type UsageRecord = {
  readonly subscriptionId: SubscriptionId
  readonly source: string
  readonly key: string
  readonly unit: string
  readonly quantity: bigint
  readonly occurredAt: Instant
}

export type NewUsageRecord = UsageRecord & { readonly day: CivilDate; readonly coveredUnits: bigint }

/** Units for some days at a price. */
export type DataBundle = {
  readonly id: DataBundleId
  readonly code: string
  readonly title: string
  readonly unit: string
  readonly units: bigint
  readonly validDays: number
  readonly amount: Money
  readonly category: string
  readonly taxClass: TaxClass
  readonly pricing: Pricing
}

export type NewAllowance = {
  /** What was bought; absent, it was given. */
  readonly sale?: { readonly dataBundleId: DataBundleId; readonly invoiceId: InvoiceId }
  readonly id: AllowanceId
  readonly subscriptionId: SubscriptionId
  readonly title: string
  readonly unit: string
  readonly grantedUnits: bigint
  readonly validFrom: Instant
  readonly validUntil: Instant
}

/** An allowance that may cover use, as it stands. */
export type OpenAllowance = Allowance & { readonly subscriptionId: SubscriptionId; readonly unit: string }

/** An allowance that a claim was issued for. */
export type SoldAllowance = { readonly id: AllowanceId; readonly title: string; readonly unit: string; readonly usedUnits: bigint }

/** What the records of a batch add to a day, and where that day belongs when it is the first of it. */
export type UsageDayRow = {
  readonly subscriptionId: SubscriptionId
  readonly unit: string
  readonly day: CivilDate
  readonly units: bigint
  readonly coveredUnits: bigint
  /** The number of the terms, their period, and the day on which it may be charged; absent where no price rates the unit. */
  readonly terms?: number
  readonly periodStart?: CivilDate
  readonly periodEnd?: CivilDate
  readonly dueOn?: CivilDate
}

/** Use of a period under one price: all that is to be rated, and what of it was charged before. */
export type UsageGroup = {
  readonly payerId: SubscriberId
  /** The name of the subscriber where a parent pays. */
  readonly onBehalfOf?: string
  /** Of the payer's branch. */
  readonly series: string
  readonly subscriptionId: SubscriptionId
  readonly unit: string
  readonly terms: number
  readonly periodStart: CivilDate
  readonly periodEnd: CivilDate
  readonly units: bigint
  readonly ratedUnits: bigint
}

export type UsageStore = {
  /** Whose each subscription is; those that do not exist are left out. */
  subscribersOf(ids: readonly SubscriptionId[]): Promise<ReadonlyMap<SubscriptionId, SubscriberId>>
  /** All terms that these subscriptions ever had, oldest first. */
  termsOf(ids: readonly SubscriptionId[]): Promise<ReadonlyMap<SubscriptionId, readonly Terms[]>>
  /** Records of a source that are known by these keys. */
  known(source: string, keys: readonly string[]): Promise<readonly UsageRecord[]>
  /** Adds records and the sums of their days. False when one of the keys came in meanwhile. */
  add(records: readonly NewUsageRecord[], days: readonly UsageDayRow[], at: Instant): Promise<boolean>
  /** False when the code is taken. */
  addDataBundle(bundle: DataBundle, at: Instant): Promise<boolean>
  /** Locked until the commit. */
  lockDataBundle(id: DataBundleId): Promise<(DataBundle & { readonly withdrawnAt?: Instant }) | undefined>
  withdrawDataBundle(id: DataBundleId, at: Instant): Promise<void>
  addAllowance(allowance: NewAllowance, at: Instant): Promise<void>
  /** Allowances of these subscriptions that are not used up, locked. */
  lockAllowances(ids: readonly SubscriptionId[]): Promise<readonly OpenAllowance[]>
  /** What was sold with a claim and not withdrawn, locked. */
  lockSold(id: InvoiceId): Promise<readonly SoldAllowance[]>
  withdrawAllowances(ids: readonly AllowanceId[], at: Instant): Promise<void>
  draw(draws: readonly { readonly allowanceId: string; readonly units: bigint }[]): Promise<void>
  /** Periods that these subscribers pay for, with use that may be charged on that day. */
  due(ids: readonly SubscriberId[], day: CivilDate): Promise<readonly UsageGroup[]>
  /** What a claim charged of use waits to be charged again, from that day on. False when a period of it is charged by several lines. */
  unrate(id: InvoiceId, day: CivilDate): Promise<boolean>
  /** Nothing of these periods waits any more; of those that were charged, all is rated. */
  settle(
    groups: readonly (Pick<UsageGroup, 'subscriptionId' | 'unit' | 'terms' | 'periodStart'> & { readonly charged: boolean })[],
  ): Promise<void>
}

export type DataBundleReading = Omit<DataBundle, 'amount'> & {
  readonly amountMinor: bigint
  readonly currency: Currency
  readonly createdAt: Instant
  readonly withdrawnAt: Instant | null
}

export type AllowanceReading = Omit<NewAllowance, 'subscriptionId' | 'sale'> & {
  readonly usedUnits: bigint
  readonly dataBundleId: DataBundleId | null
  readonly invoiceId: InvoiceId | null
  readonly withdrawnAt: Instant | null
  readonly createdAt: Instant
}

export type UsageDayReading = {
  readonly day: CivilDate
  readonly unit: string
  readonly units: bigint
  readonly coveredUnits: bigint
  readonly ratedUnits: bigint
  readonly dueOn: CivilDate | null
}

export type UsageReadings = {
  dataBundles(page: PageQuery): Promise<readonly DataBundleReading[]>
  dataBundle(id: DataBundleId): Promise<DataBundleReading | undefined>
  allowances(page: PageQuery & { readonly subscriptionId: SubscriptionId }): Promise<readonly AllowanceReading[]>
  allowance(id: AllowanceId): Promise<AllowanceReading | undefined>
  /** Days with use by unit, newest first, up to 1,000. */
  usageDays(query: {
    readonly subscriptionId: SubscriptionId
    readonly from?: CivilDate
    readonly until?: CivilDate
  }): Promise<readonly UsageDayReading[]>
}
