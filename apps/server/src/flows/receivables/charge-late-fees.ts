import {
  type CivilDate,
  type Currency,
  type FreeCharge,
  type LateFee,
  type LateFeePolicy,
  lateFeesDue,
  money,
  type OrganisationId,
  type SubscriberId,
} from '@nyuzi/core'
import type { Deps, Transaction } from '../ports.ts'
import { issueDebitNotes } from '../steps/issue-debit-notes.ts'
import { takeBatch } from '../steps/take-batch.ts'
import { tellSuspended } from '../steps/tell-suspended.ts'
import { wantAccess } from '../steps/want-access.ts'
import type { LateInvoice } from './ports.ts'

const chunkMax = 500

export type ChargedLateFees = { readonly charged: number; readonly moved: number; readonly suspended: number }

/**
 * Charges the fees that fell on late invoices and were not charged: one debit note for a subscriber. What an extension or an
 * instalment plan holds bears none meanwhile; when it was broken, the fees that fell since are charged. A subscriber who cannot
 * be charged stops nobody and is left to a person.
 */
export async function chargeLateFees(deps: Deps, organisationId: OrganisationId, day: CivilDate): Promise<ChargedLateFees> {
  const total = { charged: 0, moved: 0, suspended: 0 }
  const policy = await deps.store.inOrganisation(organisationId, async (tx) => (await tx.organisation.read()).policy.lateFee)
  if (policy === undefined) return total
  let after: SubscriberId | undefined
  const chunk = {
    async take(only: readonly SubscriberId[] | undefined, claimed: (ids: readonly SubscriberId[]) => void) {
      const done = await deps.store.inOrganisation(organisationId, async (tx) => {
        const ids = only ?? (await tx.lateFees.latePayers({ day, policy }, after, chunkMax))
        claimed(ids)
        return { last: ids.at(-1), taken: ids.length, ...(await chargeChunk(deps, tx, policy, day, ids)) }
      })
      after = done.last ?? after
      total.charged += done.charged
      total.moved += done.moved
      total.suspended += done.suspended
      return done.taken
    },
    async park(id: SubscriberId, reason: string) {
      const title = `No late fee could be charged: ${reason}`
      await deps.store.inOrganisation(organisationId, (tx) =>
        tx.tasks.open({ kind: 'late_fee_failed', subjectNoun: 'subscriber', subjectId: id, title, at: deps.clock.now() }),
      )
      after = id
    },
  }
  while ((await takeBatch(deps, chunk)) === chunkMax);
  if (total.moved > 0) deps.wake('access', organisationId)
  if (total.suspended > 0) deps.wake('messages', organisationId)
  return total
}

async function chargeChunk(
  deps: Deps,
  tx: Transaction,
  policy: LateFeePolicy,
  day: CivilDate,
  subscriberIds: readonly SubscriberId[],
): Promise<ChargedLateFees> {
  await tx.billing.lockSubscribers(subscriberIds)
  const organisation = await tx.organisation.read()
  const { currency } = organisation
  const late = await tx.lateFees.lateInvoices({ day, policy }, subscriberIds)
  const held = await tx.receivables.heldInvoices(
    late.map(({ invoiceId }) => invoiceId),
    day,
  )
  const fees = late
    .filter(({ invoiceId }) => !held.has(invoiceId))
    .flatMap((invoice) => (isIn(currency, invoice, policy) ? feesOf(invoice, policy, day) : []))
  if (fees.length === 0) return { charged: 0, moved: 0, suspended: 0 }
  const payers = [...new Set(fees.map(({ invoice }) => invoice.subscriberId))]
  const notes = await issueDebitNotes(
    deps,
    tx,
    organisation,
    payers.map((subscriberId) => ({
      subscriberId,
      charges: fees.filter(({ invoice }) => invoice.subscriberId === subscriberId).map((fee) => chargeOf(fee, policy)),
      issuedOn: day,
      dueOn: day,
    })),
  )
  const noteOf = new Map(notes.map((note) => [note.subscriberId, note.id]))
  await tx.lateFees.add(
    fees.flatMap(({ invoice: { invoiceId, subscriberId }, fee: { number, fallsOn } }) => {
      const debitNoteId = noteOf.get(subscriberId)
      return debitNoteId === undefined ? [] : [{ invoiceId, number, fallsOn, debitNoteId }]
    }),
  )
  const now = deps.clock.now()
  const moves = await wantAccess(tx, organisation, now, { subscriberIds: payers, today: day })
  return { charged: fees.length, moved: moves.length, suspended: await tellSuspended(tx, deps.ids, day, now, moves) }
}

type InvoiceFee = { readonly invoice: LateInvoice; readonly fee: LateFee }

/** A fixed fee is an amount of the organisation's currency, and no fee in another one. */
const isIn = (currency: Currency, invoice: LateInvoice, { amount }: LateFeePolicy): boolean =>
  amount.kind === 'percentage' || invoice.currency === currency

const feesOf = (invoice: LateInvoice, policy: LateFeePolicy, day: CivilDate): readonly InvoiceFee[] =>
  lateFeesDue({ ...invoice, open: money(invoice.openMinor, invoice.currency) }, policy, day).map((fee) => ({ invoice, fee }))

const chargeOf = ({ invoice, fee }: InvoiceFee, { taxClass }: LateFeePolicy): FreeCharge => ({
  description: { kind: 'late_fee', number: fee.number, claim: invoice.number, working: fee.arithmetic },
  category: 'late_fee',
  taxClass,
  pricing: 'inclusive',
  amount: fee.amount,
})
