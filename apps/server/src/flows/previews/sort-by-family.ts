import type { SubscriberId } from '@nyuzi/core'
import type { Family, PreviewedEffect } from './ports.ts'

export type SortedEffects = {
  /** In the order of the families. */
  readonly ofFamilies: readonly (readonly PreviewedEffect[])[]
  /** Of the organisation itself. */
  readonly own: readonly PreviewedEffect[]
  /** Of subscribers of no family here: something reached out. */
  readonly elsewhere: readonly PreviewedEffect[]
}

export function sortByFamily(families: readonly Family[], effects: readonly PreviewedEffect[]): SortedEffects {
  const indexOf = new Map<SubscriberId, number>()
  for (const [index, { subscriberIds }] of families.entries()) for (const id of subscriberIds) indexOf.set(id, index)
  const ofFamilies: PreviewedEffect[][] = families.map(() => [])
  const own: PreviewedEffect[] = []
  const elsewhere: PreviewedEffect[] = []
  for (const one of effects) {
    const index = one.subscriberId === null ? undefined : indexOf.get(one.subscriberId)
    if (one.subscriberId === null) own.push(one)
    else if (index === undefined) elsewhere.push(one)
    else ofFamilies[index]?.push(one)
  }
  return { ofFamilies, own, elsewhere }
}
