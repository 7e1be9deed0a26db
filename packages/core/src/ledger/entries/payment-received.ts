import type { BranchId, InstallationId, PaymentId, SubscriberId } from '../../ids.ts'
import type { Money } from '../../money/money.ts'
import type { CivilDate } from '../../time/calendar.ts'
import { type JournalEntry, journalEntry } from '../journal-entry.ts'
import { debit } from '../posting.ts'
import { toSubscriber } from './to-subscriber.ts'

/** Where the money is now: with a provider until it is settled, in a branch's till, or with the state until its certificate comes. */
export type MoneyPlace =
  | { readonly kind: 'clearing'; readonly installationId: InstallationId }
  | { readonly kind: 'cash'; readonly branchId: BranchId }
  | { readonly kind: 'withholding_receivable'; readonly subscriberId: SubscriberId }

/** A subscriber paid: what was allocated settles claims, the rest is unapplied credit. */
export const paymentReceived = (input: {
  readonly paymentId: PaymentId
  readonly place: MoneyPlace
  readonly subscriberId: SubscriberId
  readonly amount: Money
  readonly allocatedMinor: bigint
  readonly effectiveOn: CivilDate
}): JournalEntry =>
  journalEntry({
    kind: 'payment_received',
    currency: input.amount.currency,
    effectiveOn: input.effectiveOn,
    source: { noun: 'payment', id: input.paymentId },
    postings: [debit(input.place.kind, ownerOf(input.place), input.amount), ...toSubscriber(input)],
  })

function ownerOf(place: MoneyPlace): string {
  if (place.kind === 'clearing') return place.installationId
  return place.kind === 'cash' ? place.branchId : place.subscriberId
}
