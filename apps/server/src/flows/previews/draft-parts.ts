import type { OrganisationId, SubscriberId } from '@nyuzi/core'
import { canonicalJson } from '../canonical-json.ts'
import { FlowError, NotFound } from '../errors.ts'
import type { Deps } from '../ports.ts'
import { liveThrough, type Scene } from './live-through.ts'
import type { Family, PreviewedEffect, PreviewPart } from './ports.ts'
import { sortByFamily } from './sort-by-family.ts'

/** A transaction of a rehearsal holds what its subscribers' payments need, so it is kept short: fewer families where it is of many days. */
const chunkMaxOf = ({ days }: Scene): number => (days.length > 14 ? 25 : 100)

type Draft = Omit<PreviewPart, 'position'>
type Chunk = { readonly parts: readonly Draft[]; readonly own: readonly PreviewedEffect[] }

/**
 * Rehearses a scene for one subscriber's family, or for all, some families a transaction, and hands out the parts with an effect.
 * Nothing is written. A change without days is rehearsed as a whole: it is one part.
 */
export async function* draftParts(
  deps: Deps,
  organisationId: OrganisationId,
  { subscriberId, ...scene }: Scene & { readonly subscriberId?: SubscriberId },
): AsyncGenerator<readonly PreviewPart[]> {
  let position = 0
  const numbered = (drafts: readonly Draft[]): readonly PreviewPart[] =>
    drafts
      .filter(({ effects, failure }) => effects.length > 0 || failure !== undefined)
      .map((draft) => {
        position += 1
        return { position, ...draft }
      })
  if (subscriberId !== undefined) {
    const family = await deps.store.inOrganisation(organisationId, (tx) => tx.previews.familyOf(subscriberId))
    if (!family) throw new NotFound('subscriber', 'subscriber')
    const { parts, own } = await rehearseFamily(deps, organisationId, family, scene)
    yield numbered(parts.map((part) => ({ ...part, effects: [...part.effects, ...own] })))
  } else if (scene.days.length === 0) {
    const { effects } = await deps.store.rehearse(organisationId, (tx) => liveThrough(deps, organisationId, tx, scene))
    yield numbered([{ subscriberIds: [], status: 'planned', effects }])
  } else {
    const own = new Map<string, PreviewedEffect>()
    for await (const families of chunks(deps, organisationId, chunkMaxOf(scene))) {
      const chunk = await rehearseFamilies(deps, organisationId, families, scene)
      for (const one of chunk.own) own.set(canonicalJson(one), one)
      yield numbered(chunk.parts)
    }
    yield numbered([{ subscriberIds: [], status: 'shown', effects: [...own.values()] }])
  }
}

async function* chunks({ store }: Deps, organisationId: OrganisationId, chunkMax: number): AsyncGenerator<readonly Family[]> {
  let after: SubscriberId | undefined
  for (;;) {
    const last = after
    const families = await store.inOrganisation(organisationId, (tx) => tx.previews.families(last, chunkMax))
    if (families.length > 0) yield families.map(({ subscriberIds }) => ({ subscriberIds }))
    after = families.at(-1)?.parentId
    if (families.length < chunkMax) return
  }
}

/** Together; and each alone where one of them spoils it for the others, or reaches beyond them. */
async function rehearseFamilies(deps: Deps, organisationId: OrganisationId, families: readonly Family[], scene: Scene): Promise<Chunk> {
  const scope = families.flatMap(({ subscriberIds }) => subscriberIds)
  try {
    const { effects } = await deps.store.rehearse(organisationId, (tx) => liveThrough(deps, organisationId, tx, scene), scope)
    const { ofFamilies, own, elsewhere } = sortByFamily(families, effects)
    if (elsewhere.length === 0)
      return { parts: families.map((family, index) => ({ ...family, status: 'planned', effects: ofFamilies[index] ?? [] })), own }
  } catch (error) {
    if (error instanceof FlowError || deps.store.mayPass(error)) throw error
    deps.log.warn('a preview is rehearsed one by one', { families: families.length, error })
  }
  const parts: Draft[] = []
  const own: PreviewedEffect[] = []
  for (const family of families) {
    const alone = await rehearseFamily(deps, organisationId, family, scene)
    parts.push(...alone.parts)
    own.push(...alone.own)
  }
  return { parts, own }
}

async function rehearseFamily(deps: Deps, organisationId: OrganisationId, family: Family, scene: Scene): Promise<Chunk> {
  try {
    const { effects } = await deps.store.rehearse(
      organisationId,
      (tx) => liveThrough(deps, organisationId, tx, scene),
      family.subscriberIds,
    )
    const { own, elsewhere, ofFamilies } = sortByFamily([family], effects)
    return { parts: [{ ...family, status: 'planned', effects: [...ofFamilies.flat(), ...elsewhere] }], own }
  } catch (error) {
    if (error instanceof FlowError || deps.store.mayPass(error)) throw error
    deps.log.error('a subscriber could not be previewed', { subscribers: family.subscriberIds, error })
    return {
      parts: [{ ...family, status: 'failed', effects: [], failure: error instanceof Error ? error.message : String(error) }],
      own: [],
    }
  }
}
