import type { Deps } from '../ports.ts'

export type BatchWork<Id extends string> = {
  /** Takes waiting rows in one transaction, these only when they are named. Tells which it claimed before it works on them. */
  take(only: readonly Id[] | undefined, claimed: (ids: readonly Id[]) => void): Promise<number>
  /** Puts a row aside for a person, in a transaction of its own. */
  park(id: Id, reason: string): Promise<void>
}

/**
 * Takes a batch of rows together; when that fails, each of them alone, so that a row that cannot be taken stops
 * nobody else: it is parked with a task. A database that is away is no row's fault and parks nothing.
 */
export async function takeBatch<Id extends string>(
  { store, log }: Pick<Deps, 'store' | 'log'>,
  { take, park }: BatchWork<Id>,
): Promise<number> {
  let ids: readonly Id[] = []
  try {
    return await take(undefined, (claimed) => {
      ids = claimed
    })
  } catch (error) {
    if (ids.length === 0 || store.mayPass(error)) throw error
    log.warn('a batch failed; its rows are tried one by one', { rows: ids.length, reason: reasonOf(error) })
  }
  for (const id of ids) {
    try {
      await take([id], () => {})
    } catch (error) {
      if (store.mayPass(error)) throw error
      log.error('a row was parked', { row: id, error })
      await park(id, reasonOf(error))
    }
  }
  return ids.length
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
