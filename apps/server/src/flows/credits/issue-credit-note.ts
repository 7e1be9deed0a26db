import type { CreditId, InvoiceId, Money, OrganisationId, Period } from '@nyuzi/core'
import { changeDebt, checkAmount } from '../change-debt.ts'
import { Conflict, InvalidInput, NotFound } from '../errors.ts'
import type { Idempotent } from '../idempotency.ts'
import type { Deps, IdempotentRequest } from '../ports.ts'
import { type CreditOrder, issueCreditNotes } from '../steps/issue-credit-notes.ts'

export type NewCreditNote = {
  readonly invoiceId: InvoiceId
  readonly reason: string
  /** Without a word on days or amount, all that is left of the line; without lines, all that is left of the claim. */
  readonly lines?: readonly CreditedPart[]
  readonly actor: string
  readonly idempotency?: IdempotentRequest<{ creditId: CreditId }>
}

type CreditedPart = { readonly position: number; readonly days?: Period; readonly net?: Money; readonly total?: Money }

/** Takes back what a claim's lines claimed, in whole or in part. */
export const issueCreditNote = (
  deps: Deps,
  organisationId: OrganisationId,
  input: NewCreditNote,
): Promise<Idempotent<{ creditId: CreditId }>> =>
  changeDebt(deps, organisationId, input, async ({ tx, today }) => {
    const { invoiceId, reason } = input
    const claim = await tx.claims.read(invoiceId)
    if (!claim) throw new NotFound('invoice', 'invoice')
    const { subscriberId, number, kind, currency } = claim
    await tx.billing.lockSubscribers([subscriberId])
    if (kind !== 'invoice' && kind !== 'debit_note') {
      throw new Conflict('claim_not_creditable', `${number} earned nothing that could be credited: it is a ${kind.replace('_', ' ')}.`)
    }
    const known = await tx.credits.linesOf(invoiceId)
    const uncredited = known.filter(({ left, charged }) => left.total.amountMinor > 0n || charged.length > 0)
    const named: readonly CreditedPart[] = input.lines ?? uncredited.map(({ position }) => ({ position }))
    if (named.length === 0) throw new Conflict('credit_exceeds_line', `All of ${number} is credited already.`)
    const lines = named.map((line): CreditOrder => {
      if (!known.some(({ position }) => position === line.position)) throw new NotFound(`line ${line.position}`, 'lines')
      for (const amount of [line.net, line.total]) if (amount) checkAmount(currency, amount, 'lines')
      return orderOf(invoiceId, line)
    })
    const [issued] = await issueCreditNotes(deps, tx, [{ subscriberId, issuedOn: today, reason, lines }])
    const creditId = issued?.note.id as CreditId
    return {
      result: { creditId },
      subscriberIds: [subscriberId],
      audit: {
        action: 'credit_note.issue',
        subjectNoun: 'credit',
        subjectId: creditId,
        detail: { number: issued?.note.number, invoice: number, reason },
      },
    }
  })

function orderOf(invoiceId: InvoiceId, { position, days, net, total }: CreditedPart): CreditOrder {
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
