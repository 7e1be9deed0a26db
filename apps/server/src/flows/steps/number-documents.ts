import type { Transaction } from '../ports.ts'

/** Locks the series until the commit and gives their next numbers, one after the other. */
export async function numberDocuments(
  tx: Transaction,
  series: readonly string[],
): Promise<(series: string) => { readonly series: string; readonly sequence: bigint }> {
  const last = new Map(series.length === 0 ? [] : await tx.billing.lockSeries([...new Set(series)].sort()))
  return (name) => {
    const sequence = (last.get(name) ?? 0n) + 1n
    last.set(name, sequence)
    return { series: name, sequence }
  }
}
