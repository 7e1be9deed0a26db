import {
  addDays,
  agesOfUse,
  asId,
  type CivilDate,
  civilDateAt,
  daysBetween,
  defaultDunningPolicy,
  isReminded,
  type NoticeOwed,
  noticesOwed,
  type OrganisationId,
  quietUntil,
  resolveDunningPolicy,
  type SkipReason,
} from '@nyuzi/core'
import type { OwedMessage } from '../messages/ports.ts'
import type { Deps, Organisation, Transaction } from '../ports.ts'
import type { DueInvoice } from './ports.ts'

const chunkMax = 1_000
/** A reminder that waits longer to go out, for want of a messenger, tells nothing useful any more. */
const patienceDays = 2

const skipReasons: Readonly<Record<SkipReason, string>> = {
  later_step_owed: 'a later reminder was owed already',
  decided_later: 'its day had passed when the step was decided on',
  too_late: 'it is later than the step allows',
}

/**
 * Owes each open invoice the reminders whose day has come and that were not sent: "owed and not yet sent", never
 * "today is the exact day". After a standstill only the latest step goes out; the ones before it are recorded as
 * skipped, so that they never come late.
 */
export async function oweReminders(
  deps: Deps,
  organisationId: OrganisationId,
  today: CivilDate,
): Promise<{ owed: number; skipped: number }> {
  let after: DueInvoice | undefined
  const total = { owed: 0, skipped: 0 }
  for (;;) {
    const page = await deps.store.inOrganisation(organisationId, (tx) => owePage(deps, tx, today, after))
    total.owed += page.owed.filter(({ skippedBecause }) => skippedBecause === undefined).length
    total.skipped += page.owed.filter(({ skippedBecause }) => skippedBecause !== undefined).length
    if (page.due.length < chunkMax) break
    after = page.due.at(-1)
  }
  if (total.owed > 0) deps.wake('messages', organisationId)
  return total
}

async function owePage(
  deps: Deps,
  tx: Transaction,
  today: CivilDate,
  after: DueInvoice | undefined,
): Promise<{ due: readonly DueInvoice[]; owed: readonly OwedMessage[] }> {
  const now = deps.clock.now()
  const policies = await tx.dunning.policies()
  const { ages, last } = agesOfUse([...policies, defaultDunningPolicy])
  const lastUse = usefulOn(await tx.organisation.read(), today, now)
  const span = { from: addDays(today, -last), until: addDays(today, -(ages[0] ?? 0)) }
  const due = await tx.dunning.openDueBetween({ ...span, after, limit: chunkMax })
  const waiting = new Map(due.filter((invoice) => !isReminded(invoice, today, ages)).map((invoice) => [invoice.invoiceId, invoice]))
  const held = await tx.receivables.heldInvoices([...waiting.keys()], today)
  const dunned = await tx.dunning.dunned([...waiting.keys()].filter((id) => !held.has(id)))
  const owed = dunned.flatMap((invoice) => {
    const { dueOn, done } = waiting.get(invoice.invoiceId) as DueInvoice
    const policy = resolveDunningPolicy(policies, invoice) ?? defaultDunningPolicy
    return noticesOwed({ dueOn, openMinor: invoice.openMinor }, done, today, policy).map((notice) => ({
      id: asId('message', deps.ids.next()),
      subscriberId: invoice.subscriberId,
      kind: notice.step.message,
      dedupeKey: `dunning:${invoice.invoiceId}:${notice.step.key}`,
      source: { noun: 'invoice' as const, id: invoice.invoiceId },
      owedOn: notice.owedOn,
      usefulUntil: lastUse(notice),
      ...(notice.step.channels === undefined ? {} : { channels: notice.step.channels }),
      ...(notice.action === 'skip' ? { skippedBecause: skipReasons[notice.reason] } : {}),
    }))
  })
  await tx.messages.owe(owed, now)
  return { due, owed }
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
