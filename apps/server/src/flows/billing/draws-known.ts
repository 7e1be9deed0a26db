import { type DrawFacts, expectedDraws, type Instant } from '@nyuzi/core'
import type { IssuedLineRow, KeptUse } from './ports.ts'

/**
 * What was measured and granted by the time a line was issued. Of what has one instant, the records tell the order in which it was kept;
 * whether what came within a minute of the invoice came before it, they do not. Where two ways are open, the one that agrees counts.
 */
export function drawsKnown({ drawn, usage }: Pick<IssuedLineRow, 'drawn' | 'usage'>, issuedAt: Instant): DrawFacts | undefined {
  if (drawn === undefined) return undefined
  const at = issuedAt.getTime()
  const keptUntil = (isKnown: (receivedAt: number) => boolean) => ({
    ...drawn,
    records: drawn.records.filter(({ receivedAt }) => isKnown(receivedAt)),
  })
  const known = keptUntil((receivedAt) => receivedAt <= at)
  // Two servers may not have the same clock.
  const ways = [known, keptUntil((receivedAt) => receivedAt < at), drawn, inOrderOfKeeping(known)]
  return ways.find((way) => expectedDraws(way).leftUnits === usage?.units) ?? known
}

/** By their ids, which are made in ascending order. */
function inOrderOfKeeping({ records, allowances }: KeptUse): DrawFacts {
  const ids = [...records, ...allowances].map(({ id }) => id).sort()
  const placeOf = new Map(ids.map((id, index) => [id, index]))
  return {
    records: records.map((record) => ({ ...record, receivedAt: placeOf.get(record.id) ?? 0 })),
    allowances: allowances.map((allowance) => ({ ...allowance, grantedAt: placeOf.get(allowance.id) ?? 0 })),
  }
}
