import { canonicalJson } from '../canonical-json.ts'
import type { PreviewChanges, PreviewedEffect } from './ports.ts'

/** What one list has and the other has not, each as often as it stands there. An estimate is compared with nothing. */
export function compareEffects(previewed: readonly PreviewedEffect[], now: readonly PreviewedEffect[]): PreviewChanges {
  return { gone: without(previewed, now), added: without(now, previewed) }
}

export const sameEffects = ({ added, gone }: PreviewChanges): boolean => added.length === 0 && gone.length === 0

function without(all: readonly PreviewedEffect[], others: readonly PreviewedEffect[]): readonly PreviewedEffect[] {
  const counts = new Map<string, number>()
  for (const one of others) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1)
  return all.filter((one) => {
    const left = counts.get(keyOf(one)) ?? 0
    if (left > 0) counts.set(keyOf(one), left - 1)
    return left === 0
  })
}

const keyOf = ({ estimate: _, ...compared }: PreviewedEffect): string => canonicalJson(compared)
