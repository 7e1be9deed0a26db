import { type CategoryAmount, type Credit, type CreditId, money, type Period, reduceDeferrals } from '@nyuzi/core'
import type { LineRef } from '../credits/ports.ts'
import type { Transaction } from '../ports.ts'

/**
 * The step that lets credit notes take what their lines have waiting to be earned, before they take what was earned.
 * Tells for each note how much that is. `chargedAfter`: the days of a line that are charged once the notes are written.
 */
export async function reduceDeferred(
  tx: Transaction,
  notes: readonly Credit[],
  chargedAfter: (line: LineRef) => readonly Period[],
): Promise<ReadonlyMap<CreditId, readonly CategoryAmount[]>> {
  const taken = new Map<CreditId, readonly CategoryAmount[]>()
  if ((await tx.revenue.ofLines(notes.flatMap((note) => creditedOf(note)))).length === 0) return taken
  const open = await tx.revenue.holdDays()
  // One after the other: the second note on a line finds what the first one left.
  for (const note of notes) taken.set(note.id, await reduce(tx, note, open, chargedAfter))
  return taken
}

async function reduce(
  tx: Transaction,
  note: Credit,
  open: Credit['issuedOn'] | undefined,
  chargedAfter: (line: LineRef) => readonly Period[],
): Promise<readonly CategoryAmount[]> {
  const { issuedOn } = note
  const day = open !== undefined && open > issuedOn ? open : issuedOn
  const credited = creditedOf(note)
  const known = await tx.revenue.ofLines(credited)
  const reduced = credited.flatMap(({ netMinor, ...line }) => {
    const theirs = known.filter(({ invoiceId, position }) => invoiceId === line.invoiceId && position === line.position)
    const [first] = theirs
    if (first === undefined) return []
    const { category, currency } = first
    return [{ ...reduceDeferrals(theirs, { netMinor, day, charged: chargedAfter(line) }), line, category, currency }]
  })
  await tx.revenue.stop(
    reduced.flatMap(({ stopped }) => stopped.map(({ deferral: { id }, until }) => ({ id, until }))),
    issuedOn,
  )
  await tx.revenue.add(
    reduced.flatMap(({ rest, line, category, currency }) => rest.map((one) => ({ ...one, ...line, category, currency }))),
    issuedOn,
  )
  return reduced.map(({ category, currency, takenMinor }) => ({ category, amount: money(takenMinor, currency) }))
}

type CreditedLine = LineRef & { readonly netMinor: bigint }

/** What a note takes of each line, over all its parts. */
function creditedOf({ lines }: Credit): readonly CreditedLine[] {
  const credited = new Map<string, CreditedLine>()
  for (const { invoiceId, linePosition, net } of lines) {
    const key = `${invoiceId} ${linePosition}`
    const netMinor = (credited.get(key)?.netMinor ?? 0n) + net.amountMinor
    credited.set(key, { invoiceId, position: linePosition, netMinor })
  }
  return [...credited.values()]
}
