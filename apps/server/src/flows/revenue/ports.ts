import type { CategoryAmount, CivilDate, Currency, Deferral, Instant, InvoiceId } from '@nyuzi/core'
import type { LineRef } from '../credits/ports.ts'

/** Which line an amount waits for the days of. */
export type LineDeferral = Deferral & LineRef & { readonly category: string; readonly currency: Currency }

export type KnownDeferral = LineDeferral & { readonly id: string }

export type RevenueStore = {
  /**
   * The first day that is not earned yet, undefined when none ever was. No day is earned by another transaction until
   * this one ends, so what is deferred or stopped from that day on is what the run of the day will find.
   */
  holdDays(): Promise<CivilDate | undefined>
  /** The next day to be earned, before `until`, locked against every other transaction that holds or takes one. */
  takeDay(until: CivilDate): Promise<CivilDate | undefined>
  /** What all lines together earn on a day. */
  earnedOn(day: CivilDate): Promise<readonly CategoryAmount[]>
  addDay(day: CivilDate, at: Instant): Promise<void>
  add(deferrals: readonly LineDeferral[], deferredOn: CivilDate): Promise<void>
  /** Deferrals of these lines that were not stopped; in order. */
  ofLines(lines: readonly LineRef[]): Promise<readonly KnownDeferral[]>
  ofInvoice(id: InvoiceId): Promise<readonly KnownDeferral[]>
  stop(stops: readonly { readonly id: string; readonly until: CivilDate }[], stoppedOn: CivilDate): Promise<void>
}
