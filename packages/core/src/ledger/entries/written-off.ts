import type { InvoiceId, SubscriberId } from '../../ids.ts'
import type { ClaimKind } from '../../invoicing/claim.ts'
import type { Money } from '../../money/money.ts'
import { invariant } from '../../outcome.ts'
import type { CivilDate } from '../../time/calendar.ts'
import { type JournalEntry, journalEntry } from '../journal-entry.ts'
import { credit, debit } from '../posting.ts'

type Debt = {
  readonly subscriberId: SubscriberId
  readonly kind: ClaimKind
  readonly amount: Money
  readonly effectiveOn: CivilDate
}

/** What is still open on a claim is given up: nobody expects it any more. */
export const writtenOff = (debt: Debt & { readonly invoiceId: InvoiceId }): JournalEntry =>
  moved('written_off', debt, { noun: 'invoice', id: debt.invoiceId }, [
    debit(...lossOf(debt), debt.amount),
    credit('receivable', debt.subscriberId, debt.amount),
  ])

/** A claim that was given up is settled after all, by the money or credit of the next entry. */
export const badDebtRecovered = (debt: Debt & { readonly allocationId: string }): JournalEntry =>
  moved('bad_debt_recovered', debt, { noun: 'allocation', id: debt.allocationId }, [
    debit('receivable', debt.subscriberId, debt.amount),
    credit(...lossOf(debt), debt.amount),
  ])

/** A deposit that never came is no loss: less is held. */
const lossOf = ({ kind, subscriberId }: Debt): [kind: 'bad_debt' | 'deposit', owner: string] =>
  kind === 'deposit' ? ['deposit', subscriberId] : ['bad_debt', '']

function moved(
  kind: JournalEntry['kind'],
  { amount, effectiveOn }: Debt,
  source: JournalEntry['source'],
  postings: JournalEntry['postings'],
) {
  invariant(amount.amountMinor > 0n, 'a debt is more than nothing')
  return journalEntry({ kind, currency: amount.currency, effectiveOn, source, postings })
}
