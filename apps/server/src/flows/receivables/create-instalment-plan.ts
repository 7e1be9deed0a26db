import {
  asId,
  type CivilDate,
  civilDateAt,
  drawUpInstalments,
  type InstalmentPlanId,
  type InvoiceId,
  money,
  type OrganisationId,
  type SubscriberId,
} from '@nyuzi/core'
import type { OpenInvoice } from '../billing/ports.ts'
import { Conflict, InvalidInput } from '../errors.ts'
import type { Deps } from '../ports.ts'
import { lockAccount } from '../steps/lock-account.ts'
import { wantAccess } from '../steps/want-access.ts'

export type CreateInstalmentPlan = {
  /** Open invoices of the subscriber; default: all of them. */
  readonly invoiceIds?: readonly InvoiceId[]
  /** Each with its amount, or none of them: then they are equal. */
  readonly instalments: readonly { readonly dueOn: CivilDate; readonly amountMinor?: bigint }[]
  /** Days after an instalment's day for which the plan waits. */
  readonly graceDays: number
  readonly actor: string
}

/** Lets a subscriber pay chosen invoices in parts. While each part comes, they neither remind nor cut off. */
export async function createInstalmentPlan(
  deps: Pick<Deps, 'store' | 'clock' | 'ids' | 'wake'>,
  organisationId: OrganisationId,
  subscriberId: SubscriberId,
  { invoiceIds, instalments, graceDays, actor }: CreateInstalmentPlan,
): Promise<InstalmentPlanId> {
  const id = asId('instalmentPlan', deps.ids.next())
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const organisation = await tx.organisation.read()
    const today = civilDateAt(now, organisation.timeZone)
    const { currency } = await lockAccount(tx, subscriberId)
    const invoices = chosenOf(await tx.billing.openInvoices([subscriberId]), invoiceIds)
    const totalMinor = invoices.reduce((sum, { openMinor }) => sum + openMinor, 0n)
    const drawn = drawUpInstalments(money(totalMinor, currency), instalments, today)
    if (drawn.outcome === 'rejected') throw refused('instalments', drawn.code, drawn.message)
    const plan = { id, subscriberId, currency, totalMinor, graceDays, startedOn: today, instalments: drawn.instalments, invoices }
    const added = await tx.instalmentPlans.add({ ...plan, createdBy: actor, createdAt: now })
    if (!added) throw new Conflict('plan_running', 'The subscriber has an instalment plan that is running. Withdraw it first.')
    const detail = { subscriberId, invoices: invoices.map(({ number }) => number), instalments: drawn.instalments, graceDays }
    await tx.audit.write({ actor, action: 'instalment_plan.create', subjectNoun: 'instalmentPlan', subjectId: id, detail, at: now })
    await wantAccess(tx, organisation, now, { subscriberIds: [subscriberId] })
  })
  deps.wake('access', organisationId)
  return id
}

function chosenOf(open: readonly OpenInvoice[], ids: readonly InvoiceId[] | undefined): readonly OpenInvoice[] {
  if (open.length === 0) throw new Conflict('nothing_owed', 'The subscriber owes nothing, so there is nothing to pay in parts.')
  if (ids === undefined) return open
  if (ids.length === 0 || ids.some((id) => !open.some(({ invoiceId }) => invoiceId === id)))
    throw refused('invoices', 'open_invoice', 'Name open invoices of this subscriber, or leave the field out for all of them.')
  return open.filter(({ invoiceId }) => ids.includes(invoiceId))
}

const refused = (field: string, rule: string, fix: string) => new InvalidInput('invalid_input', fix, { errors: [{ field, rule, fix }] })
