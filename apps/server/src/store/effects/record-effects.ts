import { Defect } from '@nyuzi/core'
import type { EffectStore, SeenEffect } from '../../flows/previews/ports.ts'
import type { Scope } from '../scope.ts'
import type { Sql } from '../transaction.ts'
import { claimEffects, documentEffects, messageEffects, settlementEffects } from './document-effects.ts'
import { accessEffects, cutOffEffects, readWanted, subscriptionEffects } from './line-effects.ts'
import { rowEffects, type TableWrites, tableWrites } from './row-effects.ts'
import { type Written, type WrittenEffect, writtenSince } from './written.ts'

/**
 * Reads back what a transaction has written so far. The rows say what it is, so nothing that a flow does can be left out by
 * forgetting to tell of it; the database's count of writes says whether all were found.
 */
export const effectStore = (sql: Sql, scope?: Scope): EffectStore => ({
  async record(newest, newFrom) {
    const written = await writtenSince(sql, newest, newFrom)
    const wanted = await readWanted(written, scope)
    const before = await tableWrites(written)
    const seen = new Map<string, string>()
    return {
      async read() {
        const writes = [...(await tableWrites(written)).values()].map((now) => since(now, before.get(now.table)))
        const all = await effectsOf(written, scope, writes, wanted)
        return all.flatMap(({ key, ...one }) => {
          const said = JSON.stringify(one.effect)
          if (one.effect.effect !== 'access_moved' && seen.get(key) === said) return []
          seen.set(key, said)
          return [one satisfies SeenEffect]
        })
      },
    }
  },
})

/** Counts of transactions before this one may be among them still. */
const since = (now: TableWrites, before: TableWrites | undefined): TableWrites => ({
  table: now.table,
  inserted: now.inserted - (before?.inserted ?? 0),
  updated: now.updated - (before?.updated ?? 0),
  deleted: now.deleted - (before?.deleted ?? 0),
})

async function effectsOf(
  written: Written,
  scope: Scope,
  writes: readonly TableWrites[],
  wanted: Parameters<typeof accessEffects>[2],
): Promise<readonly WrittenEffect[]> {
  const { claims, credits } = await documentEffects(written)
  const { ofPayments, ofCredits } = await settlementEffects(written)
  const messages = await messageEffects(written)
  const counted = { invoices: claims, credits, allocations: ofPayments, credit_allocations: ofCredits, messages }
  for (const [table, found] of Object.entries(counted)) {
    const inserted = writes.find((one) => one.table === table)?.inserted ?? 0
    if (inserted !== found.length) throw new Defect(`${inserted} rows were added to ${table}, and ${found.length} were found`)
  }
  const added = [...claims, ...credits, ...ofPayments, ...ofCredits, ...messages]
  const touched = scope && [...new Set([...scope, ...added.flatMap(({ subscriberId }) => subscriberId ?? [])])]
  return [
    ...added,
    ...(await claimEffects(written, touched)),
    ...(await subscriptionEffects(written, touched)),
    ...(await accessEffects(written, touched, wanted)),
    ...(await cutOffEffects(written)),
    ...(await rowEffects(written, writes)),
  ]
}
