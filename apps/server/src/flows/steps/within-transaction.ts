import type { Deps, Store, Transaction } from '../ports.ts'

/**
 * Dependencies for flows that are to work inside a transaction which is under way: what they open is that one, and nobody is
 * woken. A row that fails spoils the whole transaction, so nothing is tried one by one in it.
 */
export const withinTransaction = (deps: Deps, tx: Transaction): Deps => ({
  ...deps,
  store: { ...deps.store, inOrganisation: inTurns(tx), mayPass: () => true },
  wake: () => {},
  wakeLane: () => {},
})

/** What would run side by side takes turns in the one transaction. */
function inTurns(tx: Transaction): Store['inOrganisation'] {
  let last: Promise<unknown> = Promise.resolve()
  return (_id, work) => {
    const mine = last.then(
      () => work(tx),
      () => work(tx),
    )
    last = mine
    return mine
  }
}
