import { type CivilDate, civilDateAt, type OrganisationId } from '@nyuzi/core'
import { recheckAccess } from '../access/recheck-access.ts'
import { rewardReferrals } from '../discounts/reward-referrals.ts'
import { listCutOffs } from '../dunning/list-cut-offs.ts'
import { oweReminders } from '../dunning/owe-reminders.ts'
import { InvalidInput } from '../errors.ts'
import type { Deps } from '../ports.ts'
import { chargeLateFees } from '../receivables/charge-late-fees.ts'
import { settlePromises } from '../receivables/settle-promises.ts'
import { recogniseRevenue } from '../revenue/recognise-revenue.ts'
import { cutOffApproved } from '../steps/cut-off-approved.ts'
import { withinTransaction } from '../steps/within-transaction.ts'
import { endPauses } from '../subscribers/end-pauses.ts'
import { issueInvoices } from './issue-invoices.ts'

export type DailyCycle = {
  readonly day: CivilDate
  readonly invoicesIssued: number
  readonly subscriptionsParked: number
  readonly promisesKept: number
  readonly promisesBroken: number
  readonly lateFeesCharged: number
  /** Days whose share of what was claimed ahead is earned now. */
  readonly daysRecognised: number
  readonly remindersOwed: number
  readonly remindersSkipped: number
  readonly servicesSuspended: number
  /** Lines that stay on until someone approves their batch. */
  readonly cutOffsListed: number
  readonly servicesMoved: number
  readonly dryRun: boolean
}

export type DailyCycleOptions = {
  /** Default: the organisation's civil day. Only a dry run may look into the future. */
  readonly date?: CivilDate
  readonly dryRun?: boolean
  /** Who asked for it, for the audit; absent when the schedule did. */
  readonly actor?: string
}

/**
 * End pauses, invoice, settle promises, charge late fees, remind, suspend: everything that is due on the organisation's civil day and not done. Running it
 * twice, late, or after days of standstill ends in the same books as running it on time. The parts follow each other
 * because each reads what the one before wrote.
 */
export async function runDailyCycle(deps: Deps, organisationId: OrganisationId, options: DailyCycleOptions = {}): Promise<DailyCycle> {
  return options.dryRun ? await rehearse(deps, organisationId, options) : await carryOut(deps, organisationId, options)
}

async function carryOut(
  deps: Deps,
  organisationId: OrganisationId,
  { date, dryRun = false, actor }: DailyCycleOptions,
): Promise<DailyCycle> {
  const day = await deps.store.inOrganisation(organisationId, async (tx) => {
    const { timeZone } = await tx.organisation.read()
    const at = deps.clock.now()
    const today = civilDateAt(at, timeZone)
    const day = date ?? today
    if (day > today && !dryRun) throw future(day, today)
    const detail = date === undefined ? {} : { detail: { date } }
    if (actor !== undefined && !dryRun)
      await tx.audit.write({ actor, action: 'billing.run', subjectNoun: 'organisation', subjectId: organisationId, at, ...detail })
    return day
  })
  await rewardReferrals(deps, organisationId)
  await endPauses(deps, organisationId, day)
  const invoices = await issueInvoices(deps, organisationId, day)
  const promises = await settlePromises(deps, organisationId, day)
  const fees = await chargeLateFees(deps, organisationId, day)
  const daysRecognised = await recogniseRevenue(deps, organisationId, day)
  const reminders = await oweReminders(deps, organisationId, day)
  const access = await recheckAccess(deps, organisationId, day)
  const cutOff = await cutOffApproved(deps, organisationId, day)
  const cutOffsListed = await listCutOffs(deps, organisationId, day)
  return {
    day,
    invoicesIssued: invoices.issued,
    subscriptionsParked: invoices.parked,
    promisesKept: promises.kept,
    promisesBroken: promises.broken,
    lateFeesCharged: fees.charged,
    daysRecognised,
    remindersOwed: reminders.owed,
    remindersSkipped: reminders.skipped,
    servicesSuspended: access.suspended + invoices.suspended + fees.suspended + cutOff,
    cutOffsListed,
    servicesMoved: access.moved + invoices.moved + fees.moved + cutOff,
    dryRun,
  }
}

function future(day: CivilDate, today: CivilDate): InvalidInput {
  const fix = `Take ${today} or earlier, or make a dry run of that day.`
  return new InvalidInput('invalid_input', `${day} lies in the future: invoices would be issued before they are owed. ${fix}`, {
    errors: [{ field: 'date', rule: 'not in the future', fix }],
  })
}

/** The same code on the same rows, in one transaction that is rolled back: a dry run cannot differ from the run. */
async function rehearse(deps: Deps, organisationId: OrganisationId, options: DailyCycleOptions): Promise<DailyCycle> {
  return await deps.store.rehearse(organisationId, (tx) => carryOut(withinTransaction(deps, tx), organisationId, options))
}
