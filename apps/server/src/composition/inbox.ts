import type { OrganisationId } from '@nyuzi/core'
import type { Inbox, IncomingCallback, KeptCallback } from '../flows/payments/ports.ts'
import type { Store } from '../flows/ports.ts'
import { type SharedWrite, shareWrites } from '../flows/share-writes.ts'
import { isDatabaseAway } from '../store/transaction.ts'

/** The inbox whose callers share the write under way; one queue an organisation, as row-level security binds a write to one. */
export function openInbox(store: Store): Inbox {
  const writers = new Map<OrganisationId, SharedWrite<IncomingCallback, KeptCallback>>()
  const writerOf = (organisationId: OrganisationId) => {
    const known = writers.get(organisationId)
    if (known) return known
    const writer = shareWrites<IncomingCallback, KeptCallback>((callbacks) => store.keepCallbacks(organisationId, callbacks), {
      isOfAll: isDatabaseAway,
    })
    writers.set(organisationId, writer)
    return writer
  }
  return { keep: (callback) => writerOf(callback.organisationId)(callback) }
}
