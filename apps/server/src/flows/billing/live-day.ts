import type { CivilDate, OrganisationId } from '@nyuzi/core'
import { recheckAccess } from '../access/recheck-access.ts'
import { rewardReferrals } from '../discounts/reward-referrals.ts'
import { listCutOffs } from '../dunning/list-cut-offs.ts'
import { oweReminders } from '../dunning/owe-reminders.ts'
import type { Deps } from '../ports.ts'
import { chargeLateFees } from '../receivables/charge-late-fees.ts'
import { settlePromises } from '../receivables/settle-promises.ts'
import { recogniseRevenue } from '../revenue/recognise-revenue.ts'
import { cutOffApproved } from '../steps/cut-off-approved.ts'
import { endPauses } from '../subscribers/end-pauses.ts'
import { issueInvoices } from './issue-invoices.ts'

export type LivedDay = {
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
}

/**
 * End pauses, invoice, settle promises, charge late fees, remind, suspend: everything that is due on a civil day and not done. The parts follow each other
 * because each reads what the one before wrote.
 */
export async function liveDay(deps: Deps, organisationId: OrganisationId, day: CivilDate): Promise<LivedDay> {
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
  }
}

/** What was done in parts; how many wait on the open list, the last of them tells. */
export const addLivedDays = (left: LivedDay, right: LivedDay): LivedDay => ({
  invoicesIssued: left.invoicesIssued + right.invoicesIssued,
  subscriptionsParked: left.subscriptionsParked + right.subscriptionsParked,
  promisesKept: left.promisesKept + right.promisesKept,
  promisesBroken: left.promisesBroken + right.promisesBroken,
  lateFeesCharged: left.lateFeesCharged + right.lateFeesCharged,
  daysRecognised: left.daysRecognised + right.daysRecognised,
  remindersOwed: left.remindersOwed + right.remindersOwed,
  remindersSkipped: left.remindersSkipped + right.remindersSkipped,
  servicesSuspended: left.servicesSuspended + right.servicesSuspended,
  cutOffsListed: right.cutOffsListed,
  servicesMoved: left.servicesMoved + right.servicesMoved,
})
