import {
  addDays,
  asId,
  type BillingPreviewId,
  type CivilDate,
  civilDateAt,
  daysBetween,
  type Instant,
  type OrganisationId,
  plusMs,
  type SubscriberId,
  startOfDay,
} from '@nyuzi/core'
import { canonicalJson } from '../canonical-json.ts'
import { InvalidInput } from '../errors.ts'
import { type Idempotent, withIdempotency } from '../idempotency.ts'
import type { Deps, IdempotentRequest } from '../ports.ts'
import { draftParts } from './draft-parts.ts'
import type { CarryOut } from './live-through.ts'
import type { BillingPreview, PreviewPart, PreviewTotals } from './ports.ts'
import { tallyEffects } from './tally-effects.ts'

const daysAheadMax = 92
const lifeMs = 24 * 3_600_000

export type AskedPreview = {
  /** The day that is looked at, with those from today up to it. Default: today; with a change, none but the change. */
  readonly date?: CivilDate
  /** With its family; absent, the whole organisation. */
  readonly subscriberId?: SubscriberId
  /** `asked`: the change as it was asked for, to be read again when it is applied. */
  readonly change?: { readonly asked: unknown; readonly carryOut: CarryOut }
}

/** Rehearses and hands the parts out as they come, with what they add up to. Nothing is written. */
export async function rehearsePreview(
  deps: Deps,
  organisationId: OrganisationId,
  asked: AskedPreview,
  keep: (parts: readonly PreviewPart[]) => Promise<void>,
): Promise<{ readonly days: readonly CivilDate[]; readonly totals: PreviewTotals }> {
  const { days } = await planOf(deps, organisationId, asked)
  const tally = tallyEffects()
  const { subscriberId, change } = asked
  const scene = { days, ...(change && { carryOut: change.carryOut }), ...(subscriberId === undefined ? {} : { subscriberId }) }
  for await (const parts of draftParts(deps, organisationId, scene)) {
    for (const part of parts) tally.add(part)
    await keep(parts)
  }
  return { days, totals: tally.totals() }
}

/** Keeps a preview, so that it can be reviewed, and applied as it stands. It is there once all of it is. */
export async function createPreview(
  deps: Deps,
  organisationId: OrganisationId,
  {
    actor,
    idempotency,
    ...asked
  }: AskedPreview & { readonly actor: string; readonly idempotency?: IdempotentRequest<{ readonly previewId: BillingPreviewId }> },
): Promise<Idempotent<{ readonly previewId: BillingPreviewId }>> {
  const id = asId('billingPreview', deps.ids.next())
  const { subscriberId, change } = asked
  const plan = await planOf(deps, organisationId, asked)
  const preview: BillingPreview = {
    id,
    status: 'drafted',
    ...plan,
    ...(subscriberId === undefined ? {} : { subscriberId }),
    ...(change && { change: change.asked }),
    requestedBy: actor,
    createdAt: deps.clock.now(),
  }
  await deps.store.inOrganisation(organisationId, (tx) => tx.previews.add(preview))
  const { totals } = await rehearsePreview(deps, organisationId, asked, async (parts) => {
    const rows = parts.map(({ effects, ...part }) => ({ ...part, effects: canonicalJson(effects) }))
    await deps.store.inOrganisation(organisationId, (tx) => tx.previews.addParts(id, rows))
  })
  return await deps.store.inOrganisation(organisationId, (tx) =>
    withIdempotency(tx, idempotency, async () => {
      await tx.previews.open(id, totals)
      const detail = { days: plan.days, ...(subscriberId === undefined ? {} : { subscriberId }), ...(change && { change: change.asked }) }
      await tx.audit.write({
        actor,
        action: 'billing.preview',
        subjectNoun: 'billing_preview',
        subjectId: id,
        detail,
        at: deps.clock.now(),
      })
      return { previewId: id }
    }),
  )
}

type Plan = { readonly days: readonly CivilDate[]; readonly appliesFrom: CivilDate; readonly expiresAt: Instant }

async function planOf({ store, clock }: Deps, organisationId: OrganisationId, { date, change }: AskedPreview): Promise<Plan> {
  const { timeZone } = await store.inOrganisation(organisationId, (tx) => tx.organisation.read())
  const now = clock.now()
  const today = civilDateAt(now, timeZone)
  if (date !== undefined && daysBetween(today, date) > daysAheadMax) throw tooFar(today)
  const days = date === undefined ? (change ? [] : [today]) : date <= today ? [date] : daysFrom(today, date)
  // A change is made at once, whatever was foretold to come of it.
  const last = days.at(-1) ?? today
  const appliesFrom = change || last <= today ? today : last
  return { days, appliesFrom, expiresAt: plusMs(appliesFrom > today ? startOfDay(appliesFrom, timeZone) : now, lifeMs) }
}

const daysFrom = (first: CivilDate, last: CivilDate): readonly CivilDate[] =>
  Array.from({ length: daysBetween(first, last) + 1 }, (_, index) => addDays(first, index))

function tooFar(today: CivilDate): InvalidInput {
  const fix = `Take a day up to ${addDays(today, daysAheadMax)}.`
  return new InvalidInput('invalid_input', `A preview looks at most ${daysAheadMax} days ahead. ${fix}`, {
    errors: [{ field: 'date', rule: `at most ${daysAheadMax} days ahead`, fix }],
  })
}
