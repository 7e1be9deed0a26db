import { composeMessage, type Instant, maskPhone, type OrganisationId, parsePhone, plusMs } from '@nyuzi/core'
import { ProviderError, ProviderMisconfigured, ProviderRefused, ProviderUnclear } from '@nyuzi/sdk'
import type { Deps, Installed } from '../ports.ts'
import type { MessageEnd, MessageToSend } from './ports.ts'

const batchMax = 20
/** A message that a dead server was sending is looked at again after this. */
const claimMs = 60_000
/** A receipt waits this long to be able to say that the line is on. */
const linePatienceMs = 8_000
const lineLookMs = 250
const triesMax = 3
const pausesMs = [30_000, 120_000, 600_000]
const providerPauseMs = 5 * 60_000

/**
 * Sends the messages that are owed. The row says `sending` before the call and what came of it after; a lost answer
 * is repeated once at most. A message whose matter has settled is not sent.
 */
export async function sendMessages(deps: Deps, organisationId: OrganisationId): Promise<number> {
  const { store, clock, plugins } = deps
  const claimed = await store.inOrganisation(organisationId, (tx) => {
    const now = clock.now()
    return tx.messages.claim(batchMax, now, plusMs(now, claimMs))
  })
  if (claimed.length === 0) return 0
  const [messenger] = (await plugins.offering(organisationId, 'messages')).filter(({ messages }) => messages?.channelsOffered.includes('sms'))
  await Promise.all(
    claimed.map(async (message) => {
      const end = await deliver(deps, messenger, message)
      await store.inOrganisation(organisationId, (tx) => tx.messages.finish(end, clock.now()))
    }),
  )
  return claimed.length
}

async function deliver(deps: Deps, messenger: Installed | undefined, message: MessageToSend): Promise<MessageEnd> {
  const { id } = message
  const now = deps.clock.now()
  const phone = message.phone === undefined ? undefined : parsePhone(message.phone, message.country)
  const wait = waitFor(messenger, message, now)
  if (message.pointless) return { id, status: 'skipped', reason: 'its matter has settled' }
  if (message.usefulUntil !== undefined && message.today > message.usefulUntil) return { id, status: 'skipped', reason: 'out of date' }
  if (!phone) return { id, status: 'skipped', reason: 'no phone to send to' }
  if (message.interrupted && message.attempts > 1) return { id, status: 'unknown', reason: 'interrupted twice while sending' }
  if (wait) return { id, status: 'queued', ...wait }
  const { messages } = messenger as Installed
  if (!messages) return { id, status: 'queued', reason: 'no messenger', nextAttemptAt: plusMs(now, providerPauseMs) }

  const text = composeMessage(message.kind, message.facts, message.language)
  const common = { id, text, toPhone: phone, installationId: (messenger as Installed).id }
  try {
    const sent = await messages.send({ id, channel: 'sms', to: phone, text })
    deps.meter.count('messages', { kind: message.kind, outcome: 'sent' })
    return {
      ...common,
      status: 'sent',
      ...(sent.providerReference === undefined ? {} : { providerReference: sent.providerReference }),
      ...(sent.parts === undefined ? {} : { parts: sent.parts }),
      ...(sent.cost === undefined ? {} : { costMinor: sent.cost.amountMinor }),
    }
  } catch (error) {
    return await afterFailure(deps, messenger as Installed, message, common, error)
  }
}

function waitFor(messenger: Installed | undefined, { linePending, createdAt }: MessageToSend, now: Instant): { reason: string; nextAttemptAt: Instant } | undefined {
  if (!messenger) return { reason: 'no messenger is installed', nextAttemptAt: plusMs(now, providerPauseMs) }
  if (linePending && now.getTime() - createdAt.getTime() < linePatienceMs) return { reason: 'the line is being switched', nextAttemptAt: plusMs(now, lineLookMs) }
  return undefined
}

async function afterFailure(deps: Deps, messenger: Installed, message: MessageToSend, common: Omit<MessageEnd, 'status'>, error: unknown): Promise<MessageEnd> {
  const reason = error instanceof Error ? error.message : String(error)
  const now = deps.clock.now()
  deps.meter.count('messages', { kind: message.kind, outcome: error instanceof ProviderError ? error.code : 'unexpected' })
  deps.log.warn('message not sent', { message: message.id, to: maskPhone(common.toPhone ?? ''), reason })
  if (error instanceof ProviderMisconfigured) {
    // No credit, no sender id: the messages wait, and one task tells a person.
    await deps.plugins.pause(messenger, reason)
    return { ...common, status: 'queued', reason, nextAttemptAt: plusMs(now, providerPauseMs) }
  }
  if (error instanceof ProviderRefused) return { ...common, status: 'failed', reason }
  if (error instanceof ProviderUnclear && message.attempts > 1) return { ...common, status: 'unknown', reason }
  const pause = pausesMs[message.attempts - 1]
  if (pause === undefined || message.attempts >= triesMax) return { ...common, status: 'failed', reason: `${reason} (${message.attempts} tries)` }
  return { ...common, status: 'queued', reason, nextAttemptAt: plusMs(now, pause) }
}
