import { type CivilDate, civilDateAt, type OrganisationId } from '@nyuzi/core'
import { recheckAccess } from '../access/recheck-access.ts'
import { oweReminders } from '../dunning/owe-reminders.ts'
import type { Deps, Store } from '../ports.ts'
import { issueInvoices } from './issue-invoices.ts'

export type DailyCycle = {
  readonly day: CivilDate
  readonly invoicesIssued: number
  readonly subscriptionsParked: number
  readonly remindersOwed: number
  readonly remindersSkipped: number
  readonly servicesSuspended: number
  readonly servicesMoved: number
  readonly dryRun: boolean
}

/**
 * Invoice, remind, suspend: everything that is due on the organisation's civil day and not done. Running it twice,
 * late, or after days of standstill ends in the same books as running it on time. The three parts follow each other
 * because each reads what the one before wrote.
 */
export async function runDailyCycle(
  deps: Deps,
  organisationId: OrganisationId,
  options: { readonly date?: CivilDate; readonly dryRun?: boolean } = {},
): Promise<DailyCycle> {
  const { dryRun = false } = options
  if (dryRun) return await rehearse(deps, organisationId, options.date)
  return await carryOut(deps, organisationId, options.date, false)
}

async function carryOut(deps: Deps, organisationId: OrganisationId, date: CivilDate | undefined, dryRun: boolean): Promise<DailyCycle> {
  const { timeZone } = await deps.store.inOrganisation(organisationId, (tx) => tx.organisation.read())
  const day = date ?? civilDateAt(deps.clock.now(), timeZone)
  const invoices = await issueInvoices(deps, organisationId, day)
  const reminders = await oweReminders(deps, organisationId, day)
  const access = await recheckAccess(deps, organisationId, day)
  return {
    day,
    invoicesIssued: invoices.issued,
    subscriptionsParked: invoices.parked,
    remindersOwed: reminders.owed,
    remindersSkipped: reminders.skipped,
    servicesSuspended: access.suspended,
    servicesMoved: access.moved + invoices.moved,
    dryRun,
  }
}

/** The same code on the same rows, in one transaction that is rolled back: a dry run cannot differ from the run. */
async function rehearse(deps: Deps, organisationId: OrganisationId, date: CivilDate | undefined): Promise<DailyCycle> {
  let seen: DailyCycle | undefined
  await deps.store.rehearse(organisationId, async (tx) => {
    const store: Store = { ...deps.store, inOrganisation: (_id, work) => work(tx) }
    seen = await carryOut({ ...deps, store, wake: () => {} }, organisationId, date, true)
  })
  if (!seen) throw new Error('a rehearsal ended without its result')
  return seen
}
