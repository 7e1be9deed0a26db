import { type BillingPreviewId, civilDateAt, type Instant, type OrganisationId } from '@nyuzi/core'
import { Conflict, FlowError, NotFound } from '../errors.ts'
import { type Idempotent, keptAnswer, withIdempotency } from '../idempotency.ts'
import type { Deps, IdempotentRequest } from '../ports.ts'
import { compareEffects, sameEffects } from './compare-effects.ts'
import { describeEffect } from './describe-effect.ts'
import { type CarryOut, liveThrough, type Scene } from './live-through.ts'
import type { BillingPreview, PreviewChanges, PreviewedEffect, PreviewPart } from './ports.ts'
import { sortByFamily } from './sort-by-family.ts'

const chunkMax = 100
/** As many differences as a person reads before asking for a new preview. */
const toldMax = 50

export type AppliedPreview = { readonly applied: number; readonly changed: number }

export type ApplyPreview = {
  /** Reads the change again that was previewed. */
  readonly carryOutOf: (asked: unknown) => CarryOut
  readonly actor: string
  readonly idempotency?: IdempotentRequest<AppliedPreview>
}

/**
 * Does the work of a preview for real, some families a transaction, and commits only what came out as it was previewed. A family
 * for which anything differs is left as it is, and told with what differs.
 */
export async function applyPreview(
  deps: Deps,
  organisationId: OrganisationId,
  id: BillingPreviewId,
  { carryOutOf, actor, idempotency }: ApplyPreview,
): Promise<Idempotent<AppliedPreview>> {
  const { store, clock } = deps
  const begun = await store.inOrganisation(organisationId, async (tx) => {
    const answer = idempotency && (await keptAnswer(tx, idempotency))
    if (answer) return { answer }
    const preview = await tx.previews.read(id)
    if (!preview) throw new NotFound('billing preview')
    refuseUnlessApplicable(preview, clock.now(), (await tx.organisation.read()).timeZone)
    return { preview }
  })
  if (begun.answer) return { outcome: 'replayed', answer: begun.answer }
  const { preview } = begun
  const scene = { days: preview.days, ...(preview.change === undefined ? {} : { carryOut: carryOutOf(preview.change) }) }
  const differing: PreviewChanges[] = []
  let applied = 0
  let from = 1
  for (;;) {
    const parts = await store.inOrganisation(organisationId, (tx) => tx.previews.partsToApply(id, from, chunkMax))
    const last = parts.at(-1)
    if (!last) break
    from = last.position + 1
    const done = await applyParts(deps, organisationId, preview, scene, parts)
    applied += done.applied
    differing.push(...done.differing.slice(0, toldMax - Math.min(differing.length, toldMax)))
  }
  if (applied > 0) for (const kind of ['access', 'messages'] as const) deps.wake(kind, organisationId)
  if (applied === 0 && differing.length > 0) throw outdated(differing)
  return await store.inOrganisation(organisationId, (tx) =>
    withIdempotency(tx, idempotency, async () => {
      const at = clock.now()
      const counts = await tx.previews.finish(id, actor, at)
      await tx.audit.write({
        actor,
        action: 'billing.preview_apply',
        subjectNoun: 'billing_preview',
        subjectId: id,
        detail: { ...counts },
        at,
      })
      return counts
    }),
  )
}

function refuseUnlessApplicable({ status, appliesFrom, expiresAt }: BillingPreview, now: Instant, timeZone: string): void {
  if (status === 'applied') throw new Conflict('preview_applied', 'This preview was applied already.')
  if (appliesFrom === undefined) {
    throw new Conflict(
      'preview_not_applicable',
      'This preview shows what would come of a change. Preview the change without a later day, and apply that.',
    )
  }
  if (civilDateAt(now, timeZone) < appliesFrom)
    throw new Conflict('preview_not_due', `This preview lies in the future. It can be applied from ${appliesFrom} on.`)
  if (now >= expiresAt) throw new Conflict('preview_expired', 'This preview is too old to be applied. Make a new one, and review it.')
}

class NotAsPreviewed extends Error {
  /** By the position of the part. */
  readonly changes: ReadonlyMap<number, PreviewChanges>

  constructor(changes: ReadonlyMap<number, PreviewChanges>) {
    super('the work came out otherwise than it was previewed')
    this.changes = changes
  }
}

type Done = { readonly applied: number; readonly differing: readonly PreviewChanges[] }

async function applyParts(
  deps: Deps,
  organisationId: OrganisationId,
  preview: BillingPreview,
  scene: Scene,
  parts: readonly PreviewPart[],
): Promise<Done> {
  let left = parts
  const differing: PreviewChanges[] = []
  while (left.length > 0) {
    const outcome = await attempt(deps, organisationId, preview, scene, left)
    if (outcome === 'applied') return { applied: left.length, differing }
    if (outcome === 'alone') {
      const alone: Done[] = []
      for (const part of left) alone.push(await applyParts(deps, organisationId, preview, scene, [part]))
      return {
        applied: alone.reduce((sum, done) => sum + done.applied, 0),
        differing: [...differing, ...alone.flatMap((done) => done.differing)],
      }
    }
    for (const [position, changes] of outcome) {
      await deps.store.inOrganisation(organisationId, (tx) => tx.previews.changed(preview.id, position, changes))
      differing.push(changes)
    }
    left = left.filter(({ position }) => !outcome.has(position))
  }
  return { applied: 0, differing }
}

/** All of these parts in one transaction, or none. `alone`: they have to be tried one by one. */
async function attempt(
  deps: Deps,
  organisationId: OrganisationId,
  preview: BillingPreview,
  scene: Scene,
  parts: readonly PreviewPart[],
): Promise<'applied' | 'alone' | ReadonlyMap<number, PreviewChanges>> {
  const { store, clock, log } = deps
  const scope = parts.flatMap(({ subscriberIds }) => subscriberIds)
  const positions = parts.map(({ position }) => position)
  try {
    await store.inOrganisation(
      organisationId,
      async (tx) => {
        const waiting = await tx.previews.lockParts(preview.id, positions)
        if (waiting.length < parts.length) throw new Conflict('conflict', 'This preview is being applied by someone else.')
        const changes = changesOf(preview, parts, await liveThrough(deps, organisationId, tx, scene))
        if (changes.size > 0) throw new NotAsPreviewed(changes)
        await tx.previews.applied(preview.id, positions, clock.now())
      },
      scope.length === 0 ? undefined : scope,
    )
    return 'applied'
  } catch (error) {
    if (error instanceof NotAsPreviewed) return error.changes.has(0) ? 'alone' : error.changes
    if (error instanceof FlowError || store.mayPass(error)) throw error
    if (parts.length > 1) return 'alone'
    log.error('a part of a preview could not be applied', { preview: preview.id, position: positions[0], error })
    return new Map(parts.map(({ position, effects }) => [position, { added: [], gone: effects }]))
  }
}

/** Position 0: something reached beyond the families, which is told apart only when each is tried alone. */
function changesOf(
  { subscriberId }: BillingPreview,
  parts: readonly PreviewPart[],
  effects: readonly PreviewedEffect[],
): ReadonlyMap<number, PreviewChanges> {
  const [only] = parts
  const { ofFamilies, elsewhere } = sortByFamily(parts, effects)
  if (parts.length > 1 && elsewhere.length > 0) return new Map([[0, { added: elsewhere, gone: [] }]])
  // What the organisation itself gets stands on the part of a preview that has one part only.
  const whole = subscriberId !== undefined || only?.subscriberIds.length === 0
  const now = whole ? [effects] : parts.length === 1 ? [[...ofFamilies.flat(), ...elsewhere]] : ofFamilies
  return new Map(
    parts.flatMap(({ position, effects: previewed }, index) => {
      const changes = compareEffects(previewed, now[index] ?? [])
      return sameEffects(changes) ? [] : [[position, changes] as const]
    }),
  )
}

function outdated(differing: readonly PreviewChanges[]): Conflict {
  const told = differing.flatMap(({ added, gone }) => [
    ...gone.map((one) => ({ field: one.effect.effect, rule: 'no longer so', fix: describeEffect(one) })),
    ...added.map((one) => ({ field: one.effect.effect, rule: 'so now', fix: describeEffect(one) })),
  ])
  return new Conflict(
    'preview_outdated',
    'Something changed since this preview was made, so nothing was done. Make a new one, and review it.',
    {
      errors: told.slice(0, toldMax),
    },
  )
}
