import { type CivilDate, civilDateAt, type OrganisationId } from '@nyuzi/core'
import { finishPriceMoves } from '../catalog/move-to-prices.ts'
import { InvalidInput } from '../errors.ts'
import type { Deps } from '../ports.ts'
import { followPreviews } from '../previews/follow-previews.ts'
import { withinTransaction } from '../steps/within-transaction.ts'
import { addLivedDays, type LivedDay, liveDay } from './live-day.ts'

export type DailyCycle = LivedDay & { readonly day: CivilDate; readonly dryRun: boolean }

export type DailyCycleOptions = {
  /** Default: the organisation's civil day. Only a dry run may look into the future. */
  readonly date?: CivilDate
  readonly dryRun?: boolean
  /** Who asked for it, for the audit; absent when the schedule did. */
  readonly actor?: string
}

/**
 * Everything that is due on the organisation's civil day and not done. Running it twice, late, or after days of standstill ends in
 * the same books as running it on time. Those for whom an applied preview foretold this day go first, so that it can be compared;
 * before all of it, whoever moves to a new version of a price has it.
 */
export async function runDailyCycle(deps: Deps, organisationId: OrganisationId, options: DailyCycleOptions = {}): Promise<DailyCycle> {
  return options.dryRun ? await rehearse(deps, organisationId, options) : await carryOut(deps, organisationId, options)
}

async function carryOut(deps: Deps, organisationId: OrganisationId, { date, actor }: DailyCycleOptions): Promise<DailyCycle> {
  const day = await deps.store.inOrganisation(organisationId, async (tx) => {
    const { timeZone } = await tx.organisation.read()
    const at = deps.clock.now()
    const today = civilDateAt(at, timeZone)
    const day = date ?? today
    if (day > today) throw future(day, today)
    const detail = date === undefined ? {} : { detail: { date } }
    if (actor !== undefined)
      await tx.audit.write({ actor, action: 'billing.run', subjectNoun: 'organisation', subjectId: organisationId, at, ...detail })
    return day
  })
  await finishPriceMoves(deps, organisationId)
  const followed = await followPreviews(deps, organisationId, day)
  const lived = await liveDay(deps, organisationId, day)
  return { day, ...[...followed, lived].reduce(addLivedDays), dryRun: false }
}

function future(day: CivilDate, today: CivilDate): InvalidInput {
  const fix = `Take ${today} or earlier, or make a dry run of that day.`
  return new InvalidInput('invalid_input', `${day} lies in the future: invoices would be issued before they are owed. ${fix}`, {
    errors: [{ field: 'date', rule: 'not in the future', fix }],
  })
}

/** The same code on the same rows, in one transaction that is rolled back: a dry run cannot differ from the run. */
async function rehearse(deps: Deps, organisationId: OrganisationId, { date }: DailyCycleOptions): Promise<DailyCycle> {
  return await deps.store.rehearse(organisationId, async (tx) => {
    const day = date ?? civilDateAt(deps.clock.now(), (await tx.organisation.read()).timeZone)
    const inside = withinTransaction(deps, tx)
    await finishPriceMoves(inside, organisationId)
    return { day, ...(await liveDay(inside, organisationId, day)), dryRun: true }
  })
}
