import type { SubscriberId } from '../ids.ts'
import { add, zero } from '../money/money.ts'
import { invariant } from '../outcome.ts'
import type { Charge } from '../rating/charge.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { InvoiceDraft } from './invoice.ts'

/** Gathers charges of one currency into a draft. It is due when the first period begins, and never before it is issued. */
export function draftInvoice(input: {
  readonly subscriberId: SubscriberId
  readonly charges: readonly Charge[]
  readonly today: CivilDate
}): InvoiceDraft {
  const { subscriberId, charges, today } = input
  const first = charges[0]
  invariant(first !== undefined, 'an invoice needs a charge')
  const { currency } = first.amount
  const firstStart = charges.reduce((earliest, { period }) => (period.start < earliest ? period.start : earliest), first.period.start)
  return {
    subscriberId,
    currency,
    lines: charges.map((charge, index) => ({ position: index + 1, ...charge })),
    total: charges.reduce((sum, { amount }) => add(sum, amount), zero(currency)),
    dueOn: firstStart > today ? firstStart : today,
    issuedOn: today,
  }
}
