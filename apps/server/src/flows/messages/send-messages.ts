import { composeMessage, maskPhone, type OrganisationId, plusMs } from '@nyuzi/core'
import { ProviderError, ProviderMisconfigured, ProviderRefused, ProviderUnclear } from '@nyuzi/sdk'
import { FlowError } from '../errors.ts'
import type { Deps, Installed, Transaction } from '../ports.ts'
import { routeMessage } from '../steps/route-message.ts'
import { writePrompt } from '../steps/write-prompt.ts'
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
  const messengers = await plugins.offering(organisationId, 'messages')
  const providers = claimed.some(({ prompt }) => prompt) ? await plugins.offering(organisationId, 'payments') : []
  await Promise.all(
    claimed.map(async (message) => {
      const end = await deliver(deps, messengers, message)
      const prompted = await store.inOrganisation(organisationId, async (tx) => {
        const finished = await tx.messages.finish(end, clock.now())
        return finished && end.status === 'sent' && message.prompt && (await promptToo(deps, tx, providers, message))
      })
      if (prompted) deps.wake('prompts', organisationId)
    }),
  )
  return claimed.length
}

/** A prompt beside a reminder, where one may go out now; where none may, the next step that prompts asks again. */
async function promptToo(
  deps: Deps,
  tx: Transaction,
  providers: readonly Installed[],
  { id, subscriberId }: MessageToSend,
): Promise<boolean> {
  try {
    await writePrompt(deps, tx, providers, { subscriberId, actor: 'dunning' })
    return true
  } catch (error) {
    if (!(error instanceof FlowError)) throw error
    deps.log.info('no prompt went out with a reminder', { message: id, reason: error.message })
    return false
  }
}

async function deliver(deps: Deps, messengers: readonly Installed[], message: MessageToSend): Promise<MessageEnd> {
  const { id, linePending, createdAt, usefulUntil, interrupted, attempts } = message
  const now = deps.clock.now()
  if (message.pointless) return { id, status: 'skipped', reason: 'its matter has settled' }
  if (usefulUntil !== undefined && message.today > usefulUntil) return { id, status: 'skipped', reason: 'out of date' }
  if (message.quietUntil !== undefined) return { id, status: 'queued', reason: 'quiet hours', nextAttemptAt: message.quietUntil }
  if (interrupted && attempts > 2) return { id, status: 'unknown', reason: 'interrupted twice while sending' }
  if (messengers.length === 0)
    return { id, status: 'queued', reason: 'no messenger is installed', nextAttemptAt: plusMs(now, providerPauseMs) }
  const route = routeMessage(messengers, message)
  if (!route?.messenger.messages) return { id, status: 'skipped', reason: 'the subscriber has no address that a messenger reaches' }
  if (linePending && now.getTime() - createdAt.getTime() < linePatienceMs)
    return { id, status: 'queued', reason: 'the line is being switched', nextAttemptAt: plusMs(now, lineLookMs) }

  const { messenger, recipient } = route
  const text = composeMessage(message.kind, message.facts, message.language)
  const common = { id, text, channel: recipient.channel, to: recipient.to, installationId: messenger.id }
  try {
    const sent = await route.messenger.messages.send({ id, ...recipient, text })
    deps.meter.count('messages', { kind: message.kind, outcome: 'sent' })
    return {
      ...common,
      status: 'sent',
      ...(sent.providerReference === undefined ? {} : { providerReference: sent.providerReference }),
      ...(sent.parts === undefined ? {} : { parts: sent.parts }),
      ...(sent.cost === undefined ? {} : { costMinor: sent.cost.amountMinor }),
    }
  } catch (error) {
    return await afterFailure(deps, messenger, message, common, error)
  }
}

async function afterFailure(
  deps: Deps,
  messenger: Installed,
  message: MessageToSend,
  common: Omit<MessageEnd, 'status'>,
  error: unknown,
): Promise<MessageEnd> {
  const reason = error instanceof Error ? error.message : String(error)
  const now = deps.clock.now()
  deps.meter.count('messages', { kind: message.kind, outcome: error instanceof ProviderError ? error.code : 'unexpected' })
  deps.log.warn('message not sent', { message: message.id, to: maskPhone(common.to ?? ''), reason })
  if (error instanceof ProviderMisconfigured) {
    // No credit, no sender id: the messages wait, and one task tells a person.
    await deps.plugins.pause(messenger, reason)
    return { ...common, status: 'queued', reason, nextAttemptAt: plusMs(now, providerPauseMs) }
  }
  if (error instanceof ProviderRefused) return { ...common, status: 'failed', reason }
  if (error instanceof ProviderUnclear && message.attempts > 1) return { ...common, status: 'unknown', reason }
  const pause = pausesMs[message.attempts - 1]
  if (pause === undefined || message.attempts >= triesMax)
    return { ...common, status: 'failed', reason: `${reason} (${message.attempts} tries)` }
  return { ...common, status: 'queued', reason, nextAttemptAt: plusMs(now, pause) }
}
