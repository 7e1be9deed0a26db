import {
  asId,
  type CallbackId,
  type CallbackRequest,
  type DeliveryReport,
  type OrganisationId,
  type PaymentNotice,
  plusMs,
} from '@nyuzi/core'
import type { Deps, Installed, Transaction } from '../ports.ts'
import { takeBatch } from '../steps/take-batch.ts'
import type { CallbackEnd, NewNotice, StoredCallback } from './ports.ts'

const batchMax = 200
/** A report may overtake the answer to our own request; it waits this long for the message it speaks of. */
const earlyReportPauseMs = 5_000
const earlyReportMaxMs = 600_000

/**
 * Turns kept callbacks into notices, in one transaction with the end of their inbox rows: processed if and only if
 * the effects exist. What cannot be read is quarantined with a task and stays replayable. Returns how many it took.
 */
export const processCallbacks = (deps: Deps, organisationId: OrganisationId): Promise<number> =>
  takeBatch<CallbackId>(deps, {
    take: (only, claimed) => processBatch(deps, organisationId, only, claimed),
    park: (id, reason) => parkCallback(deps, organisationId, id, reason),
  })

async function processBatch(
  deps: Deps,
  organisationId: OrganisationId,
  only: readonly CallbackId[] | undefined,
  claimed: (ids: readonly CallbackId[]) => void,
): Promise<number> {
  const { store, clock, wake } = deps
  const { taken, notices } = await store.inOrganisation(organisationId, async (tx) => {
    const now = clock.now()
    const callbacks = await tx.callbacks.claim(batchMax, now, only)
    claimed(callbacks.map(({ id }) => id))
    const notices: NewNotice[] = []
    const ends: CallbackEnd[] = []
    for (const callback of callbacks) {
      const installed = await deps.plugins.listening(callback.installationId)
      ends.push(await readCallback(deps, tx, installed, callback, notices))
    }
    await tx.notices.add(notices)
    await tx.callbacks.finish(ends, now)
    return { taken: callbacks.length, notices: notices.length }
  })
  if (notices > 0) wake('notices', organisationId)
  return taken
}

async function parkCallback({ store, clock }: Deps, organisationId: OrganisationId, id: CallbackId, reason: string): Promise<void> {
  await store.inOrganisation(organisationId, async (tx) => {
    const now = clock.now()
    const [callback] = await tx.callbacks.claim(1, now, [id])
    if (!callback) return
    await tx.callbacks.finish([{ id, status: 'quarantined', reason }], now)
    const title = 'A call could not be processed; its bytes are kept'
    await tx.tasks.open({ kind: 'callback_parked', subjectNoun: 'callback', subjectId: id, title, detail: { reason }, at: now })
  })
}

async function readCallback(
  deps: Deps,
  tx: Transaction,
  installed: Installed | undefined,
  callback: StoredCallback,
  notices: NewNotice[],
): Promise<CallbackEnd> {
  const { clock, ids, log } = deps
  const { id } = callback
  const now = clock.now()
  if (!installed) return { id, status: 'received', reason: 'its installation cannot be set up', nextAttemptAt: plusMs(now, 60_000) }
  const request: CallbackRequest = {
    channel: callback.channel,
    method: 'POST',
    rawBody: callback.body,
    headers: callback.headers,
    query: callback.query,
    ...(callback.peerAddress === undefined ? {} : { peerAddress: callback.peerAddress }),
  }
  const translated = translate(installed, request)
  if (translated.outcome === 'unreadable') {
    log.warn('callback quarantined', { callback: id, installation: callback.installationId, reason: translated.reason })
    await tx.tasks.open({
      kind: 'callback_unreadable',
      subjectNoun: 'callback',
      subjectId: id,
      title: `A call from ${installed.name} could not be read`,
      detail: { reason: translated.reason },
      at: now,
    })
    return { id, status: 'quarantined', reason: translated.reason }
  }
  for (const notice of translated.notices) {
    notices.push({
      id: asId('notice', ids.next()),
      installationId: installed.booksAs(),
      callbackId: id,
      ...(callback.intentId === undefined ? {} : { intentId: callback.intentId }),
      notice,
      receivedAt: callback.receivedAt,
    })
  }
  let early = false
  for (const report of translated.reports) {
    const found = await tx.messages.report({ installationId: callback.installationId, ...report, at: callback.receivedAt })
    early ||= !found
  }
  if (early && now.getTime() - callback.receivedAt.getTime() < earlyReportMaxMs)
    return { id, status: 'received', reason: 'no message has this reference yet', nextAttemptAt: plusMs(now, earlyReportPauseMs) }
  if (early) return { id, status: 'ignored', reason: 'no message has this reference' }
  return translated.notices.length + translated.reports.length > 0
    ? { id, status: 'processed' }
    : { id, status: 'ignored', reason: 'it speaks of nothing we keep' }
}

type Translated =
  | { readonly outcome: 'read'; readonly notices: readonly PaymentNotice[]; readonly reports: readonly DeliveryReport[] }
  | { readonly outcome: 'unreadable'; readonly reason: string }

/** The plugin's words become ours. Whatever a plugin throws here, the bytes are kept and a person is told. */
function translate({ payments, messages }: Installed, request: CallbackRequest): Translated {
  try {
    if (payments?.translateCallback && payments.channels?.[request.channel])
      return { outcome: 'read', notices: payments.translateCallback(request), reports: [] }
    return { outcome: 'read', notices: [], reports: messages?.reports?.translateReport(request) ?? [] }
  } catch (error) {
    return { outcome: 'unreadable', reason: error instanceof Error ? error.message : 'unreadable' }
  }
}
