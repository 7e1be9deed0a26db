import { addDays, type CivilDate, type OrganisationId } from '@nyuzi/core'
import { canonicalJson } from '../canonical-json.ts'
import type { Deps, Transaction } from '../ports.ts'
import { compareEffects, sameEffects } from './compare-effects.ts'
import { describeEffect } from './describe-effect.ts'
import { type Lived, liveThrough } from './live-through.ts'
import type { FollowedParts, PreviewChanges, PreviewedEffect } from './ports.ts'
import { sortByFamily } from './sort-by-family.ts'

const chunkMax = 100

/**
 * Lives through the days up to this one for the families for whom an applied preview foretold them, some families a transaction,
 * and keeps what came out otherwise than it was foretold. The day is lived through either way: it is owed to everyone.
 */
export async function followPreviews(deps: Deps, organisationId: OrganisationId, until: CivilDate): Promise<Lived['days']> {
  const lived: Lived['days'][number][] = []
  let limit = chunkMax
  for (;;) {
    const done = await followSome(deps, organisationId, until, limit)
    if (done === 'none') break
    // One that cannot be lived through spoils it for the others: from here on each is alone.
    if (done === 'alone') limit = 1
    else lived.push(...done)
  }
  if (lived.length > 0) for (const kind of ['access', 'messages'] as const) deps.wake(kind, organisationId)
  return lived
}

async function followSome(
  deps: Deps,
  organisationId: OrganisationId,
  until: CivilDate,
  limit: number,
): Promise<Lived['days'] | 'none' | 'alone'> {
  const { store, log } = deps
  const waiting = await store.inOrganisation(organisationId, (tx) => tx.previews.lockFollowed(until, limit))
  if (!waiting) return 'none'
  const scope = waiting.parts.flatMap(({ subscriberIds }) => subscriberIds)
  try {
    return await store.inOrganisation(
      organisationId,
      async (tx) => {
        const followed = await tx.previews.lockFollowed(until, limit)
        if (!followed || !isSame(followed, waiting)) return []
        const { effects, days } = await liveThrough(deps, organisationId, tx, { days: [followed.on], newFrom: followed.previewId })
        await keep(deps, tx, followed, effects)
        return days
      },
      scope,
    )
  } catch (error) {
    if (store.mayPass(error)) throw error
    if (waiting.parts.length > 1) return 'alone'
    log.error('a day that was foretold could not be followed', { preview: waiting.previewId, on: waiting.on, error })
    await store.inOrganisation(organisationId, (tx) => keep(deps, tx, waiting, []))
    return []
  }
}

const isSame = (left: FollowedParts, right: FollowedParts): boolean =>
  left.previewId === right.previewId &&
  left.on === right.on &&
  left.parts.length === right.parts.length &&
  left.parts.every(({ position }, index) => position === right.parts[index]?.position)

async function keep(
  { clock }: Deps,
  tx: Transaction,
  { previewId, on, until, parts }: FollowedParts,
  effects: readonly PreviewedEffect[],
): Promise<void> {
  const { ofFamilies } = sortByFamily(parts, effects)
  const compared = parts.map(({ position, effects: foretold, changes: before }, index) => {
    const changes = differingOn(on, foretold, ofFamilies[index] ?? [])
    if (sameEffects(changes)) return { position, differs: [], ...(before && { changes: before }) }
    const all = { added: [...(before?.added ?? []), ...changes.added], gone: [...(before?.gone ?? []), ...changes.gone] }
    return { position, differs: [changes], changes: all }
  })
  const next = on < until ? addDays(on, 1) : undefined
  await tx.previews.followed(previewId, compared, next)
  const [first] = compared.flatMap(({ differs }) => differs)
  if (!first) return
  const told = [...first.gone.map((one) => `no longer so: ${describeEffect(one)}`), ...first.added.map(describeEffect)][0] ?? ''
  const title = `What a preview foretold for ${on} came out otherwise: ${told}`
  await tx.tasks.open({ kind: 'preview_differs', subjectNoun: 'billing_preview', subjectId: previewId, title, at: clock.now() })
}

/** What belongs to the organisation is compared with nobody's part. */
function differingOn(on: CivilDate, foretold: readonly PreviewedEffect[], now: readonly PreviewedEffect[]): PreviewChanges {
  const ofDay = foretold.filter(({ day, cause, subscriberId }) => day === on && cause === 'day' && subscriberId !== null)
  const known = new Set(foretold.filter(({ day }) => day <= on).map(({ effect }) => canonicalJson(effect)))
  const { added, gone } = compareEffects(ofDay, now)
  // A row that is written again as it was is no news, and a preview does not tell it twice.
  return { gone, added: added.filter(({ effect }) => !(isState(effect) && known.has(canonicalJson(effect)))) }
}

const isState = ({ effect }: PreviewedEffect['effect']): boolean =>
  ['claim_changed', 'subscription_changed', 'cut_off_listed', 'row_written'].includes(effect)
