import type { EntryId } from '../ids.ts'
import type { Currency } from '../money/currency.ts'
import { money } from '../money/money.ts'
import { invariant } from '../outcome.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { Posting } from './posting.ts'

/** One per template in `entries/`: what happened, in the words of the business. */
export type EntryKind =
  | 'invoice_issued'
  | 'debit_note_issued'
  | 'deposit_claimed'
  | 'credit_transferred'
  | 'credit_refunded'
  | 'credit_note_issued'
  | 'deposit_released'
  | 'credit_granted'
  | 'payment_received'
  | 'payment_unmatched'
  | 'suspense_resolved'
  | 'credit_applied'
  | 'written_off'
  | 'bad_debt_recovered'
  | 'invoice_voided'
  | 'revenue_recognised'
  | 'recognition_withdrawn'
  | 'reversal'

/** Those that are the exact negation of an entry, which they name. */
const reversing: readonly EntryKind[] = ['reversal', 'invoice_voided']

/** One fact in the books. Never updated and never deleted; a mistake is answered by a reversal. */
export type JournalEntry = {
  readonly kind: EntryKind
  readonly currency: Currency
  readonly effectiveOn: CivilDate
  /** The noun that caused it: an invoice, a payment, an entry. */
  readonly source: { readonly noun: string; readonly id: string }
  readonly postings: readonly Posting[]
  readonly reversesEntryId?: EntryId
}

/** Brings an entry into its one form: postings on one account become one, those of nothing fall away, and the rest balances. */
export function journalEntry(input: JournalEntry): JournalEntry {
  const merged: Posting[] = []
  for (const posting of input.postings) {
    const { account, amountMinor } = posting
    invariant(account.currency === input.currency, `an entry in ${input.currency} has no posting in ${account.currency}`)
    const place = merged.findIndex((one) => one.account.kind === account.kind && one.account.owner === account.owner)
    const before = merged[place]
    if (before === undefined) merged.push(posting)
    else merged[place] = { account, amountMinor: before.amountMinor + amountMinor }
  }
  const postings = merged.filter(({ amountMinor }) => amountMinor !== 0n)
  invariant(postings.length >= 2, `an entry has at least two postings: ${input.kind} ${input.source.id}`)
  const sum = postings.reduce((total, { amountMinor }) => total + money(amountMinor, input.currency).amountMinor, 0n)
  invariant(sum === 0n, `postings sum to zero, not ${sum}: ${input.kind} ${input.source.id}`)
  invariant(reversing.includes(input.kind) === (input.reversesEntryId !== undefined), 'a reversal, and only a reversal, names its entry')
  return { ...input, postings }
}
