import { type BillingPreviewId, type CivilDate, civilDateAt, type Instant, type OrganisationId } from '@nyuzi/core'
import { Conflict, FlowError, NotFound } from '../errors.ts'
import { type Idempotent, keptAnswer, withIdempotency } from '../idempotency.ts'
import type { Deps, IdempotentRequest, Transaction } from '../ports.ts'
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
 * for which anything differs is left as it is, and told with what differs. What a change was foretold to bring on days to come is
 * compared with the runs of those days.
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
    const now = clock.now()
    const today = civilDateAt(now, (await tx.organisation.read()).timeZone)
    refuseUnlessApplicable(preview, now, today)
    return { preview, today }
  })
  if (begun.answer) return { outcome: 'replayed', answer: begun.answer }
  const { preview, today } = begun
  const scene = {
    days: preview.days.filter((day) => day <= today),
    ...(preview.change === undefined ? {} : { carryOut: carryOutOf(preview.change) }),
    followOn: preview.days.find((day) => day > today),
  }
  const { applied, differing } = isForAll(preview)
    ? await applyToAll(deps, organisationId, preview, { ...scene, days: [], followOn: preview.days[0] })
    : await applyByFamily(deps, organisationId, preview, scene)
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

function refuseUnlessApplicable({ status, appliesFrom, expiresAt }: BillingPreview, now: Instant, today: CivilDate): void {
  if (status === 'applied') throw new Conflict('preview_applied', 'This preview was applied already.')
  if (today < appliesFrom)
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

/** What is done now; what was foretold for the days from `followOn` on is compared with their runs. */
type Applying = Scene & { readonly followOn?: CivilDate | undefined }

/** A price or a policy, with days: the change is one, while what would come of it was told family by family. */
const isForAll = ({ change, subscriberId, days }: BillingPreview): boolean =>
  change !== undefined && subscriberId === undefined && days.length > 0

async function applyToAll(deps: Deps, organisationId: OrganisationId, preview: BillingPreview, applying: Applying): Promise<Done> {
  return await deps.store.inOrganisation(organisationId, async (tx) => {
    const planned: number[] = []
    const previewed: PreviewedEffect[] = []
    for (let from = 1; ; ) {
      const parts = await tx.previews.parts(preview.id, from, chunkMax)
      const last = parts.at(-1)
      if (!last) break
      from = last.position + 1
      planned.push(...parts.flatMap(({ status, position }) => (status === 'planned' ? [position] : [])))
      previewed.push(...parts.flatMap(({ effects }) => effects.filter(({ cause }) => cause === 'change')))
    }
    await lockAll(tx, preview.id, planned)
    const { effects } = await liveThrough(deps, organisationId, tx, applying)
    const changes = compareEffects(previewed, effects)
    if (!sameEffects(changes)) throw outdated([changes])
    await tx.previews.applied(preview.id, planned, deps.clock.now(), applying.followOn)
    return { applied: planned.length, differing: [] }
  })
}

async function applyByFamily(deps: Deps, organisationId: OrganisationId, preview: BillingPreview, applying: Applying): Promise<Done> {
  const differing: PreviewChanges[] = []
  let applied = 0
  for (let from = 1; ; ) {
    const waiting = await deps.store.inOrganisation(organisationId, (tx) => tx.previews.parts(preview.id, from, chunkMax))
    const last = waiting.at(-1)
    if (!last) return { applied, differing }
    from = last.position + 1
    const parts = waiting.filter(({ status }) => status === 'planned' || status === 'changed')
    const done = await applyParts(deps, organisationId, preview, applying, parts)
    applied += done.applied
    differing.push(...done.differing.slice(0, toldMax - Math.min(differing.length, toldMax)))
  }
}

async function lockAll(tx: Transaction, id: BillingPreviewId, positions: readonly number[]): Promise<void> {
  const waiting = await tx.previews.lockParts(id, positions)
  if (waiting.length < positions.length) throw new Conflict('conflict', 'This preview is being applied by someone else.')
}

async function applyParts(
  deps: Deps,
  organisationId: OrganisationId,
  preview: BillingPreview,
  applying: Applying,
  parts: readonly PreviewPart[],
): Promise<Done> {
  let left = parts
  const differing: PreviewChanges[] = []
  while (left.length > 0) {
    const outcome = await attempt(deps, organisationId, preview, applying, left)
    if (outcome === 'applied') return { applied: left.length, differing }
    if (outcome === 'alone') {
      const alone: Done[] = []
      for (const part of left) alone.push(await applyParts(deps, organisationId, preview, applying, [part]))
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
  applying: Applying,
  parts: readonly PreviewPart[],
): Promise<'applied' | 'alone' | ReadonlyMap<number, PreviewChanges>> {
  const { store, clock, log } = deps
  const scope = parts.flatMap(({ subscriberIds }) => subscriberIds)
  const positions = parts.map(({ position }) => position)
  try {
    await store.inOrganisation(
      organisationId,
      async (tx) => {
        await lockAll(tx, preview.id, positions)
        const { effects } = await liveThrough(deps, organisationId, tx, applying)
        const changes = changesOf(preview, parts, effects, applying.followOn)
        if (changes.size > 0) throw new NotAsPreviewed(changes)
        await tx.previews.applied(preview.id, positions, clock.now(), applying.followOn)
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
  followOn: CivilDate | undefined,
): ReadonlyMap<number, PreviewChanges> {
  const [only] = parts
  const { ofFamilies, elsewhere } = sortByFamily(parts, effects)
  if (parts.length > 1 && elsewhere.length > 0) return new Map([[0, { added: elsewhere, gone: [] }]])
  // What the organisation itself gets stands on the part of a preview that has one part only.
  const whole = subscriberId !== undefined || only?.subscriberIds.length === 0
  const now = whole ? [effects] : parts.length === 1 ? [[...ofFamilies.flat(), ...elsewhere]] : ofFamilies
  return new Map(
    parts.flatMap(({ position, effects: foretold }, index) => {
      const previewed = followOn === undefined ? foretold : foretold.filter(({ day }) => day < followOn)
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
