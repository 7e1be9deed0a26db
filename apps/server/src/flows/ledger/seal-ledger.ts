import { type OrganisationId, plusMs } from '@nyuzi/core'
import type { Deps } from '../ports.ts'

const blockMax = 1_000
/** Entries commit out of order; one this old has surely committed. */
const settleMs = 60_000

/** Seals new entries into hash-chained blocks, so that a row changed behind our back is found. Returns how many. */
export async function sealLedger({ store, clock }: Deps, organisationId: OrganisationId, settledForMs = settleMs): Promise<number> {
  let sealed = 0
  for (;;) {
    const block = await store.inOrganisation(organisationId, (tx) =>
      tx.ledger.seal(blockMax, plusMs(clock.now(), -settledForMs), clock.now()),
    )
    sealed += block
    if (block < blockMax) return sealed
  }
}
