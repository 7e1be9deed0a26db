import {
  addDays,
  agesOfUse,
  asId,
  type CivilDate,
  civilDateAt,
  type DunningStep,
  daysBetween,
  defaultDunningPolicy,
  type InvoiceId,
  isReminded,
  type NoticeOwed,
  noticesOwed,
  type OrganisationId,
  quietUntil,
  renewalNotice,
  resolveDunningPolicy,
  type SkipReason,
  type SubscriptionId,
} from '@nyuzi/core'
import type { OwedMessage } from '../messages/ports.ts'
import type { Deps, Organisation, Transaction } from '../ports.ts'
import { oweTogether } from '../steps/owe-together.ts'
import type { Due, DuePage, DunnedSource, DunningSource } from './ports.ts'

const chunkMax = 1_000
/** A reminder that waits longer to go out, for want of a messenger, tells nothing useful any more. */
const patienceDays = 2

const skipReasons: Readonly<Record<SkipReason, string>> = {
  later_step_owed: 'a later reminder was owed already',
  decided_later: 'its day had passed when the step was decided on',
  too_late: 'it is later than the step allows',
}

/**
 * Owes each open invoice, and each prepaid subscription whose paid days end, the reminders whose day has come and that were
 * not sent: "owed and not yet sent", never "today is the exact day". One text tells a payer of all that one step is owed for. After a standstill only the latest step goes out; the
 * ones before it are recorded as skipped, so that they never come late.
 */
export async function oweReminders(
  deps: Deps,
  organisationId: OrganisationId,
  today: CivilDate,
): Promise<{ owed: number; skipped: number }> {
  const invoices = await oweAll(deps, organisationId, today, ofInvoices)
  const renewals = await oweAll(deps, organisationId, today, ofRenewals)
  const owed = invoices.owed + renewals.owed
  if (owed > 0) deps.wake('messages', organisationId)
  return { owed, skipped: invoices.skipped + renewals.skipped }
}

/** Where reminders come from, and how they are told apart. */
type Reminded<Id extends DunningSource['id']> = {
  due(tx: Transaction, page: DuePage<Id>): Promise<readonly Due<Id>[]>
  /** Those that an extension or an instalment plan holds. */
  held(tx: Transaction, ids: readonly Id[], today: CivilDate): Promise<ReadonlySet<Id>>
  dunned(tx: Transaction, ids: readonly Id[]): Promise<readonly DunnedSource<Id>[]>
  message(due: Due<Id>, step: DunningStep): Pick<OwedMessage, 'kind' | 'dedupeKey' | 'source'>
}

const ofInvoices: Reminded<InvoiceId> = {
  due: (tx, page) => tx.dunning.invoicesDue(page),
  held: (tx, ids, today) => tx.receivables.heldInvoices(ids, today),
  dunned: (tx, ids) => tx.dunning.dunnedInvoices(ids),
  message: ({ id }, { key, message }) => ({ kind: message, dedupeKey: `dunning:${id}:${key}`, source: { noun: 'invoice', id } }),
}

const ofRenewals: Reminded<SubscriptionId> = {
  due: (tx, page) => tx.dunning.renewalsDue(page),
  held: (tx, ids, today) => tx.receivables.heldRenewals(ids, today),
  dunned: (tx, ids) => tx.dunning.dunnedRenewals(ids),
  message: ({ id, dueOn }, step) => ({
    kind: renewalNotice(step),
    dedupeKey: `dunning:${id}:${step.key}:${dueOn}`,
    source: { noun: 'subscription', id },
  }),
}

async function oweAll<Id extends DunningSource['id']>(
  deps: Deps,
  organisationId: OrganisationId,
  today: CivilDate,
  reminded: Reminded<Id>,
): Promise<{ owed: number; skipped: number }> {
  let after: Due<Id> | undefined
  const total = { owed: 0, skipped: 0 }
  for (;;) {
    const page = await deps.store.inOrganisation(organisationId, (tx) => owePage(deps, tx, today, reminded, after))
    total.owed += page.owed.filter(({ skippedBecause }) => skippedBecause === undefined).length
    total.skipped += page.owed.filter(({ skippedBecause }) => skippedBecause !== undefined).length
    if (page.due.length < chunkMax) return total
    after = page.due.at(-1)
  }
}

async function owePage<Id extends DunningSource['id']>(
  deps: Deps,
  tx: Transaction,
  today: CivilDate,
  reminded: Reminded<Id>,
  after: Due<Id> | undefined,
): Promise<{ due: readonly Due<Id>[]; owed: readonly OwedMessage[] }> {
  const now = deps.clock.now()
  const policies = await tx.dunning.policies()
  const { ages, last } = agesOfUse([...policies, defaultDunningPolicy])
  const lastUse = usefulOn(await tx.organisation.read(), today, now)
  const span = { from: addDays(today, -last), until: addDays(today, -(ages[0] ?? 0)) }
  const due = await reminded.due(tx, { ...span, after, limit: chunkMax })
  const waiting = new Map(due.filter((one) => !isReminded(one, today, ages)).map((one) => [one.id, one]))
  const held = await reminded.held(tx, [...waiting.keys()], today)
  const dunned = await reminded.dunned(
    tx,
    [...waiting.keys()].filter((id) => !held.has(id)),
  )
  const owed = dunned.flatMap((source) => {
    const one = waiting.get(source.id) as Due<Id>
    const policy = resolveDunningPolicy(policies, source) ?? defaultDunningPolicy
    return noticesOwed({ dueOn: one.dueOn, openMinor: source.openMinor }, one.done, today, policy).map((notice) => ({
      id: asId('message', deps.ids.next()),
      subscriberId: source.subscriberId,
      ...reminded.message(one, notice.step),
      topic: notice.step.key,
      owedOn: notice.owedOn,
      usefulUntil: lastUse(notice),
      ...(notice.step.channels === undefined ? {} : { channels: notice.step.channels }),
      ...(notice.step.prompt === true && { prompt: true }),
      ...(notice.action === 'skip' ? { skippedBecause: skipReasons[notice.reason] } : {}),
    }))
  })
  return { due, owed: await oweTogether(tx, owed, now) }
}

/** The last day of its use: as late as its step allows, but never before quiet hours that hold it now have ended. */
function usefulOn({ timeZone, policy: { quietHours } }: Organisation, today: CivilDate, now: Date): (notice: NoticeOwed) => CivilDate {
  const quietEnd = quietHours && quietUntil(now, timeZone, quietHours)
  const heldDays = quietEnd ? daysBetween(civilDateAt(now, timeZone), civilDateAt(quietEnd, timeZone)) : 0
  const [first, last] = [addDays(today, heldDays), addDays(today, patienceDays)]
  return ({ step: { lateDays }, owedOn }) => {
    const allowed = lateDays === undefined ? last : addDays(owedOn, lateDays)
    return allowed > last ? last : allowed < first ? first : allowed
  }
}
