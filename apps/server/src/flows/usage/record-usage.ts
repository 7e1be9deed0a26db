import { type CivilDate, civilDateAt, drawAllowances, type OrganisationId, type SubscriptionId, type Terms, usagePlace } from '@nyuzi/core'
import { Conflict, NotFound } from '../errors.ts'
import type { Deps } from '../ports.ts'
import type { NewUsageRecord, OpenAllowance, UsageDayRow, UsageRecord } from './ports.ts'

export type RecordUsage = {
  /** Who measured: keys are its own. */
  readonly source: string
  readonly records: readonly Omit<UsageRecord, 'source'>[]
  readonly actor: string
}

export type RecordedUsage = {
  readonly recorded: number
  /** Were known already, with the same content. */
  readonly repeated: number
}

/** Takes a batch of measurements, all of it or none. A record that is known is counted and changes nothing. */
export async function recordUsage(
  deps: Pick<Deps, 'store' | 'clock'>,
  organisationId: OrganisationId,
  { source, records, actor }: RecordUsage,
): Promise<RecordedUsage> {
  const now = deps.clock.now()
  return await deps.store.inOrganisation(organisationId, async (tx) => {
    const { timeZone } = await tx.organisation.read()
    const subscriptionIds = [...new Set(records.map(({ subscriptionId }) => subscriptionId))]
    const owners = await tx.usage.subscribersOf(subscriptionIds)
    const stray = records.findIndex(({ subscriptionId }) => !owners.has(subscriptionId))
    if (stray >= 0) throw new NotFound('subscription', `records.${stray}.subscription`)
    // Allowances are drawn and days are rated under this lock.
    await tx.billing.lockSubscribers([...new Set(owners.values())])
    const fresh = newOf(
      records.map((record) => ({ ...record, source })),
      await tx.usage.known(
        source,
        records.map(({ key }) => key),
      ),
    )
    const detail = { source, recorded: fresh.length, repeated: records.length - fresh.length }
    await tx.audit.write({ actor, action: 'usage.record', subjectNoun: 'organisation', subjectId: organisationId, detail, at: now })
    if (fresh.length === 0) return { recorded: 0, repeated: records.length }
    const { covered, draws } = cover(fresh, await tx.usage.lockAllowances(subscriptionIds))
    const rows = covered.map((record) => ({ ...record, day: civilDateAt(record.occurredAt, timeZone) }))
    const days = daysOf(rows, await tx.usage.termsOf(subscriptionIds), civilDateAt(now, timeZone))
    if (!(await tx.usage.add(rows, days, now))) throw keyReused('One of the keys')
    await tx.usage.draw(draws)
    return { recorded: fresh.length, repeated: records.length - fresh.length }
  })
}

/** Those that are not known; a key that comes again with other content is refused. */
function newOf(records: readonly UsageRecord[], known: readonly UsageRecord[]): readonly UsageRecord[] {
  const byKey = new Map(known.map((record) => [record.key, record]))
  return records.filter((record) => {
    const before = byKey.get(record.key)
    if (before && !sameContent(before, record)) throw keyReused(`The key ${record.key}`)
    byKey.set(record.key, record)
    return before === undefined
  })
}

const sameContent = (left: UsageRecord, right: UsageRecord): boolean =>
  left.subscriptionId === right.subscriptionId &&
  left.unit === right.unit &&
  left.quantity === right.quantity &&
  left.occurredAt.getTime() === right.occurredAt.getTime()

const keyReused = (which: string): Conflict =>
  new Conflict('usage_key_reused', `${which} was used for another record of this source. Send each record under a key of its own.`)

type Covered = {
  readonly covered: readonly Omit<NewUsageRecord, 'day'>[]
  readonly draws: readonly { allowanceId: string; units: bigint }[]
}

/** Draws the records in the order of their time out of the allowances that were valid then. */
function cover(records: readonly UsageRecord[], allowances: readonly OpenAllowance[]): Covered {
  const used = new Map(allowances.map(({ id, usedUnits }) => [id, usedUnits]))
  const draws: { allowanceId: string; units: bigint }[] = []
  const inTime = [...records].sort(
    (left, right) => left.occurredAt.getTime() - right.occurredAt.getTime() || (left.key < right.key ? -1 : 1),
  )
  const covered = inTime.map((record) => {
    const own = allowances
      .filter(({ subscriptionId, unit }) => subscriptionId === record.subscriptionId && unit === record.unit)
      .map((allowance) => ({ ...allowance, usedUnits: used.get(allowance.id) ?? allowance.usedUnits }))
    const drawn = drawAllowances(record.quantity, record.occurredAt, own)
    for (const { allowanceId, units } of drawn.draws) used.set(allowanceId, (used.get(allowanceId) ?? 0n) + units)
    draws.push(...drawn.draws)
    return { ...record, coveredUnits: record.quantity - drawn.leftUnits }
  })
  return { covered, draws }
}

/** Adds the records up by day, and says with which period each day is charged. */
function daysOf(
  records: readonly NewUsageRecord[],
  termsOf: ReadonlyMap<SubscriptionId, readonly Terms[]>,
  today: CivilDate,
): readonly UsageDayRow[] {
  const days = new Map<string, UsageDayRow>()
  for (const { subscriptionId, unit, day, quantity, coveredUnits } of records) {
    const key = `${subscriptionId} ${day} ${unit}`
    const before = days.get(key)
    const place = before ? undefined : usagePlace(termsOf.get(subscriptionId) ?? [], unit, day, today)
    const { terms, period, dueOn } = place ?? {}
    const row = before ?? {
      ...{ subscriptionId, unit, day, units: 0n, coveredUnits: 0n },
      ...(terms && period && dueOn ? { terms: terms.number, periodStart: period.start, periodEnd: period.end, dueOn } : {}),
    }
    days.set(key, { ...row, units: row.units + quantity, coveredUnits: row.coveredUnits + coveredUnits })
  }
  return [...days.values()]
}
