import type { AccessReason, AccessState, Currency, InstallationId, Instant, ServiceId, SubscriberId } from '@nyuzi/core'

// What the cockpit shows. Nothing here decides anything.

/** One organisation at one moment: what moves on the first page. Money is in its own currency. */
export type Pulse = {
  readonly currency: Currency
  readonly paymentsMatched: number
  readonly paymentsInSuspenseToday: number
  readonly moneyTodayMinor: bigint
  readonly accessRestored: number
  readonly linesSuspended: number
  readonly promptsOpen: number
  readonly suspenseOpen: number
  readonly tasksOpen: number
  readonly linesNotInSync: number
  readonly boxesAway: number
  /** From the arrival of a payment to the line seen on, today; undefined while nobody was switched on. */
  readonly secondsToAccess?: { readonly p50: number; readonly p99: number; readonly count: number }
  /** By what the books want: `active`, `in_grace`, `suspended`, `closed`. */
  readonly lines: Readonly<Record<'active' | 'in_grace' | 'suspended' | 'closed', number>>
  readonly driftsRepaired: number
}

export type LineInList = {
  readonly serviceId: ServiceId
  readonly username: string
  readonly wanted: AccessState
  readonly reason: AccessReason
  readonly observed: AccessState | null
  readonly status: string
  readonly lastError: string | null
}

export type SubscriberInList = {
  readonly id: SubscriberId
  readonly name: string
  readonly accountNumber: string
  readonly phone: string | null
  readonly branch: string
  readonly status: string
  readonly plan: string | null
  readonly currency: Currency
  readonly owedMinor: bigint
  readonly creditMinor: bigint
  /** The oldest open invoice's due date. */
  readonly dueOn: string | null
  readonly lines: readonly LineInList[]
}

export const listFilters = ['all', 'active', 'in_grace', 'suspended', 'closed', 'owing', 'credit', 'not_in_sync'] as const
export type ListFilter = (typeof listFilters)[number]

export type ListQuery = {
  readonly q?: string
  readonly filter: ListFilter
  readonly limit: number
  readonly after?: { readonly name: string; readonly id: string }
}

export type Box = {
  readonly id: InstallationId
  readonly pluginId: string
  readonly name: string
  readonly status: string
  readonly statusReason: string | null
  /** Null when it holds no lines. */
  readonly lane: {
    readonly state: string
    readonly lastError: string | null
    readonly lastSeenAt: Instant | null
    readonly reconciledAt: Instant | null
  } | null
  readonly lines: number
  readonly linesOn: number
  readonly linesNotInSync: number
  readonly drifts: number
}

/** Something that happened, newest first. */
export type Happening = {
  readonly key: string
  readonly kind: 'payment' | 'access'
  readonly at: Instant
  readonly subscriberId: SubscriberId | null
  readonly name: string | null
  readonly accountNumber: string | null
  readonly amountMinor: bigint | null
  readonly currency: Currency | null
  readonly receipt: string | null
  /** Of a payment, how it found its subscriber or why not; of a line, why it moved, or what was put right on it. */
  readonly because: string | null
  readonly reference: string | null
  readonly toState: AccessState | null
  readonly outcome: string | null
  readonly seconds: number | null
}

/** In the organisation's currency. */
export type DayOfMoney = { readonly day: string; readonly amountMinor: bigint }

/** A clue that a row of the list may have moved. */
export type MovedSubscriber = { readonly subscriberId: SubscriberId; readonly isOpen: boolean }

export type CockpitReadings = {
  pulse(dayStartsAt: Instant): Promise<Pulse>
  subscribers(query: ListQuery): Promise<readonly SubscriberInList[]>
  subscribersOf(ids: readonly SubscriberId[]): Promise<readonly SubscriberInList[]>
  /** Subscribers with something new in the last seconds of real time, and those whose lines are being worked on. */
  moved(limit: number): Promise<readonly MovedSubscriber[]>
  boxes(): Promise<readonly Box[]>
  happenings(limit: number): Promise<readonly Happening[]>
  moneyByDay(from: string, timeZone: string): Promise<readonly DayOfMoney[]>
}
