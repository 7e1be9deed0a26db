import type { CivilDate, Difference, InvoiceId, OrganisationId } from '@nyuzi/core'
import type { Deps, Transaction } from '../ports.ts'
import { needsStandings } from './discount-history.ts'
import type { IssuedInvoiceRow } from './ports.ts'
import { type History, type RecomputedRow, readHistory, recomputeRow } from './recompute-row.ts'

const chunkMax = 500

export type RecomputedIssued = { readonly read: number; readonly differing: number }

/**
 * Computes everything that was issued a second time, chunk by chunk. An invoice that differs opens a task, and the
 * task is settled by the first run that finds it as it should be. Only tasks are written, never an invoice.
 */
export async function recomputeIssued(
  deps: Pick<Deps, 'store' | 'clock' | 'log'>,
  organisationId: OrganisationId,
  since?: CivilDate,
): Promise<RecomputedIssued> {
  const { store } = deps
  const history = await store.inOrganisation(organisationId, async (tx) => readHistory(tx, (await tx.organisation.read()).policy))
  const withStandings = needsStandings(history.discounts)
  const total = { read: 0, differing: 0 }
  let after: InvoiceId | undefined
  for (;;) {
    const chunk = await store.inOrganisation(organisationId, async (tx) => {
      const rows = await tx.issued.page({ after, since, limit: chunkMax, withStandings })
      return { rows, differing: await report(deps, tx, rows, history) }
    })
    total.read += chunk.rows.length
    total.differing += chunk.differing
    after = chunk.rows.at(-1)?.id
    if (chunk.rows.length < chunkMax) return total
  }
}

async function report(
  { clock, log }: Pick<Deps, 'clock' | 'log'>,
  tx: Transaction,
  rows: readonly IssuedInvoiceRow[],
  history: History,
): Promise<number> {
  const at = clock.now()
  const matter = { kind: 'invoice_differs', subjectNoun: 'invoice' } as const
  const recomputed = rows.map((row) => ({ row, ...recomputeRow(row, history) }))
  const differing = recomputed.filter(({ outcome }) => outcome === 'differ')
  for (const { row, differences } of differing) {
    log.error('an invoice differs from its second calculation', { invoice: row.id, fields: differences.map(({ field }) => field) })
    await tx.tasks.open({
      ...matter,
      subjectId: row.id,
      title: titleOf(row, differences),
      detail: { number: row.number, differences },
      at,
    })
  }
  const agreeing = recomputed.filter(({ outcome }) => outcome === 'agree').map(({ row }) => row.id)
  await tx.tasks.settle({ ...matter, subjectIds: agreeing, at })
  return differing.length
}

function titleOf({ number }: IssuedInvoiceRow, differences: RecomputedRow['differences']): string {
  const [first] = differences
  const others = differences.length > 1 ? `, and ${differences.length - 1} more` : ''
  return `Invoice ${number} differs from its second calculation: ${first === undefined ? '' : differenceText(first)}${others}`
}

export const differenceText = ({ position, field, issued, recomputed }: Difference): string =>
  `${position === undefined ? '' : `line ${position}, `}${field} is ${issued}, recomputed ${recomputed}`
