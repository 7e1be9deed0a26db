import type { CivilDate, FreeCharge, InvoiceId, OrganisationId, SubscriberId } from '@nyuzi/core'
import { changeDebt, lockForAmounts } from '../change-debt.ts'
import { InvalidInput } from '../errors.ts'
import type { Idempotent } from '../idempotency.ts'
import type { Deps, IdempotentRequest } from '../ports.ts'
import { issueDebitNotes } from '../steps/issue-debit-notes.ts'

export type NewDebitNote = {
  readonly subscriberId: SubscriberId
  readonly charges: readonly FreeCharge[]
  /** Default: today. */
  readonly dueOn?: CivilDate
  readonly reason: string
  readonly actor: string
  readonly idempotency?: IdempotentRequest<{ invoiceId: InvoiceId }>
}

/** Charges a subscriber for what no subscription asks for. */
export const issueDebitNote = (
  deps: Deps,
  organisationId: OrganisationId,
  input: NewDebitNote,
): Promise<Idempotent<{ invoiceId: InvoiceId }>> =>
  changeDebt(deps, organisationId, input, async ({ tx, organisation, today }) => {
    const { subscriberId, charges, reason, dueOn = today } = input
    if (dueOn < today) {
      throw new InvalidInput('invalid_input', 'A claim is not due before it is made.', {
        errors: [{ field: 'dueOn', rule: 'not_in_past', fix: `Send ${today} or a later day.` }],
      })
    }
    await lockForAmounts(
      tx,
      subscriberId,
      charges.map(({ amount }) => amount),
      'lines',
    )
    const [note] = await issueDebitNotes(deps, tx, organisation, [{ subscriberId, charges, issuedOn: today, dueOn }])
    const invoiceId = note?.id as InvoiceId
    return {
      result: { invoiceId },
      subscriberIds: [subscriberId],
      audit: { action: 'debit_note.issue', subjectNoun: 'invoice', subjectId: invoiceId, detail: { number: note?.number, reason } },
    }
  })
