import { type CreditId, civilDateAt, type InvoiceId, type Money, type OrganisationId, type Period } from '@nyuzi/core'
import { Conflict, InvalidInput, NotFound } from '../errors.ts'
import { type Idempotent, withIdempotency } from '../idempotency.ts'
import type { Deps, IdempotentRequest } from '../ports.ts'
import { type CreditOrder, issueCreditNotes } from '../steps/issue-credit-notes.ts'
import { wantAccess } from '../steps/want-access.ts'

export type NewCreditNote = {
  readonly invoiceId: InvoiceId
  readonly reason: string
  /** Without a word on days or amount, all that is left of the line; without lines, all that is left of the claim. */
  readonly lines?: readonly { readonly position: number; readonly days?: Period; readonly net?: Money; readonly total?: Money }[]
  readonly actor: string
  readonly idempotency?: IdempotentRequest<{ creditId: CreditId }>
}

/** Takes back what a claim's lines claimed, in whole or in part. */
export async function issueCreditNote(
  deps: Deps,
  organisationId: OrganisationId,
  input: NewCreditNote,
): Promise<Idempotent<{ creditId: CreditId }>> {
  const { invoiceId, reason, actor } = input
  const done = await deps.store.inOrganisation(organisationId, (tx) =>
    withIdempotency(tx, input.idempotency, async () => {
      const now = deps.clock.now()
      const organisation = await tx.organisation.read()
      const claim = await tx.claims.read(invoiceId)
      if (!claim) throw new NotFound('invoice', 'invoice')
      const { subscriberId } = claim
      await tx.billing.lockSubscribers([subscriberId])
      if (claim.kind !== 'invoice' && claim.kind !== 'debit_note') {
        throw new Conflict(
          'claim_not_creditable',
          `${claim.number} earned nothing that could be credited: it is a ${claim.kind.replace('_', ' ')}.`,
        )
      }
      const known = await tx.credits.linesOf(invoiceId)
      const named = input.lines ?? known.filter(({ left }) => left.total.amountMinor > 0n)
      const lines = named.map((line): CreditOrder => {
        if (!known.some(({ position }) => position === line.position)) throw new NotFound(`line ${line.position}`, 'lines')
        return orderOf(invoiceId, line)
      })
      if (lines.length === 0) throw new Conflict('credit_exceeds_line', `All of ${claim.number} is credited already.`)
      const issuedOn = civilDateAt(now, organisation.timeZone)
      const [issued] = await issueCreditNotes(deps, tx, [{ subscriberId, issuedOn, reason, lines }])
      const creditId = issued?.note.id as CreditId
      await wantAccess(tx, organisation, now, { subscriberIds: [subscriberId] })
      await tx.audit.write({
        actor,
        action: 'credit_note.issue',
        subjectNoun: 'credit',
        subjectId: creditId,
        detail: { number: issued?.note.number, invoice: claim.number, reason },
        at: now,
      })
      return { creditId }
    }),
  )
  if (done.outcome === 'done') deps.wake('access', organisationId)
  return done
}

function orderOf(invoiceId: InvoiceId, { position, days, net, total }: NonNullable<NewCreditNote['lines']>[number]): CreditOrder {
  const line = { invoiceId, position }
  if ([days, net, total].filter((word) => word !== undefined).length > 1) {
    throw new InvalidInput('invalid_input', 'A line is credited by its days, by a net amount or by a total.', {
      errors: [{ field: 'lines', rule: 'one_of', fix: 'Send one of days, net and total, or none for all that is left.' }],
    })
  }
  if (days !== undefined) return { ...line, days }
  if (net !== undefined) return { ...line, net }
  return total === undefined ? { ...line, rest: true } : { ...line, total }
}
