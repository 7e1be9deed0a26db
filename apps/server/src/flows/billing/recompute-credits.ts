import { type CreditId, type OrganisationId, recomputeCredit } from '@nyuzi/core'
import type { IssuedCreditRow } from '../credits/ports.ts'
import type { Deps, Transaction } from '../ports.ts'
import { differenceText, type RecomputedIssued } from './recompute-issued.ts'

const chunkMax = 500

/** Computes every credit note a second time, as `recomputeIssued` does with invoices. */
export async function recomputeCredits(
  deps: Pick<Deps, 'store' | 'clock' | 'log'>,
  organisationId: OrganisationId,
): Promise<RecomputedIssued> {
  const total = { read: 0, differing: 0 }
  let after: CreditId | undefined
  for (;;) {
    const chunk = await deps.store.inOrganisation(organisationId, async (tx) => {
      const rows = await tx.credits.issued(after, chunkMax)
      return { rows, differing: await report(deps, tx, rows) }
    })
    total.read += chunk.rows.length
    total.differing += chunk.differing
    after = chunk.rows.at(-1)?.id
    if (chunk.rows.length < chunkMax) return total
  }
}

async function report({ clock, log }: Pick<Deps, 'clock' | 'log'>, tx: Transaction, rows: readonly IssuedCreditRow[]): Promise<number> {
  const at = clock.now()
  const matter = { kind: 'credit_note_differs', subjectNoun: 'credit' } as const
  const agreeing: CreditId[] = []
  for (const row of rows) {
    const differences = recomputeCredit(row)
    const [first] = differences
    if (first === undefined) {
      agreeing.push(row.id)
      continue
    }
    const { id, number } = row
    log.error('a credit note differs from its second calculation', { credit: id, fields: differences.map(({ field }) => field) })
    const title = `Credit note ${number} differs from its second calculation: ${differenceText(first)}`
    await tx.tasks.open({ ...matter, subjectId: id, title, detail: { number, differences }, at })
  }
  await tx.tasks.settle({ ...matter, subjectIds: agreeing, at })
  return rows.length - agreeing.length
}
