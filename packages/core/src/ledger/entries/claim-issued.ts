import type { BranchId, SubscriberId } from '../../ids.ts'
import type { FreeClaim } from '../../invoicing/claim.ts'
import { money } from '../../money/money.ts'
import { type JournalEntry, journalEntry } from '../journal-entry.ts'
import { credit, debit, type Posting } from '../posting.ts'

/** The subscriber owes for something that no subscription charged. */
export const debitNoteIssued = (claim: FreeClaim): JournalEntry =>
  claimed('debit_note_issued', claim, [
    ...claim.lines.map(({ category, net }) => credit('revenue', category, net)),
    ...claim.lines.flatMap(({ taxes }) =>
      taxes.map(({ code, amountMinor }) => credit('tax_payable', code, money(amountMinor, claim.currency))),
    ),
  ])

/** A deposit is asked for: it will be the subscriber's own money, held by us. */
export const depositClaimed = (claim: FreeClaim): JournalEntry =>
  claimed('deposit_claimed', claim, [credit('deposit', claim.subscriberId, claim.total)])

/** Credit goes to another subscriber. The claim on the first is settled with their credit in the next entry. */
export const creditTransferred = (claim: FreeClaim, to: SubscriberId): JournalEntry =>
  claimed('credit_transferred', claim, [credit('credit', to, claim.total)])

/** Credit is paid out of the till of a branch. The claim is settled with that credit in the next entry. */
export const creditRefunded = (claim: FreeClaim, branchId: BranchId): JournalEntry =>
  claimed('credit_refunded', claim, [credit('cash', branchId, claim.total)])

const claimed = (kind: JournalEntry['kind'], claim: FreeClaim, postings: readonly Posting[]): JournalEntry =>
  journalEntry({
    kind,
    currency: claim.currency,
    effectiveOn: claim.issuedOn,
    source: { noun: 'invoice', id: claim.id },
    postings: [debit('receivable', claim.subscriberId, claim.total), ...postings],
  })
