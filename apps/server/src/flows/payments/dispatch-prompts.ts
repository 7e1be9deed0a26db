import { type CollectAnswer, money, nextLookUpAt, type OrganisationId, type PaymentProvider, plusMs } from '@nyuzi/core'
import { ProviderError, ProviderMisconfigured, ProviderRateLimited, ProviderRefused, ProviderUnavailable } from '@nyuzi/sdk'
import type { Deps } from '../ports.ts'
import type { Intent, IntentMove } from './ports.ts'

const batchMax = 20
/** A dispatch that no one finished in this time was left by a server that died. */
const deadAfterMs = 120_000
const unknownPauseMs = 60_000

/**
 * Sends the prompts that were asked for. The intention is in the database before the call (`dispatching`); after it
 * the answer is. A lost answer is `unknown`: it is looked up and never sent again.
 */
export async function dispatchPrompts(deps: Deps, organisationId: OrganisationId): Promise<number> {
  const { store, clock } = deps
  const claimed = await store.inOrganisation(organisationId, (tx) => {
    const now = clock.now()
    return tx.intents.claimToDispatch(batchMax, now, plusMs(now, -deadAfterMs))
  })
  await Promise.all(
    claimed.map(async ({ intent, takenOver }) => {
      const move = takenOver ? afterDeath(deps, intent) : await dispatch(deps, intent)
      await store.inOrganisation(organisationId, async (tx) => {
        // The callback may have overtaken our answer; its word stands, and only the reference is still wanted.
        const [current] = await tx.intents.lock([intent.id])
        if (current?.status === 'dispatching') await tx.intents.move([move])
        else if (move.providerReference) await tx.intents.learnReference(intent.id, move.providerReference)
      })
    }),
  )
  return claimed.length
}

async function dispatch(deps: Deps, intent: Intent): Promise<IntentMove> {
  const installed = await deps.plugins.find(intent.installationId)
  const payments = installed?.payments
  const collect = payments?.collect
  const base = { id: intent.id, from: 'dispatching', evidence: 'request' } as const
  if (!payments || !collect) return failed(deps, intent, 'paused', 'The installation is paused or gone.')
  try {
    const answer: CollectAnswer = await collect.request({
      intentId: intent.id,
      amount: money(intent.promptMinor, intent.currency),
      phone: intent.phone,
      accountReference: intent.accountReference,
      description: 'Internet',
      callbackUrl: installed.callbackUrl(intentChannel(payments), intent.callbackToken),
    })
    if (answer.outcome === 'refused') return failed(deps, intent, answer.code, answer.message)
    const at = deps.clock.now()
    return {
      ...base,
      to: 'pending',
      detail: answer.message,
      at,
      providerReference: answer.providerReference,
      nextLookUpAt: nextLookUpAt({ rules: collect.rules, attempts: 0, requestedAt: intent.requestedAt, lastAttemptAt: at }) ?? null,
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    deps.meter.count('provider_errors', { plugin: installed.pluginId, code: error instanceof ProviderError ? error.code : 'unexpected' })
    if (error instanceof ProviderMisconfigured) await deps.plugins.pause(installed, message)
    // Only these three say that surely nothing was sent.
    if (
      error instanceof ProviderRefused ||
      error instanceof ProviderUnavailable ||
      error instanceof ProviderRateLimited ||
      error instanceof ProviderMisconfigured
    )
      return failed(deps, intent, error.providerCode ?? error.code, message)
    return { ...base, to: 'unknown', detail: message, at: deps.clock.now(), nextLookUpAt: plusMs(deps.clock.now(), unknownPauseMs) }
  }
}

function failed({ clock }: Deps, intent: Intent, code: string, message: string): IntentMove {
  return {
    id: intent.id,
    from: 'dispatching',
    to: 'failed',
    evidence: 'request',
    detail: message,
    at: clock.now(),
    failure: { code, class: 'technical', message },
    nextLookUpAt: null,
  }
}

/** We cannot know whether the dead server's call went out; the callback's token still names the intent. */
const afterDeath = ({ clock }: Deps, intent: Intent): IntentMove => ({
  id: intent.id,
  from: 'dispatching',
  to: 'unknown',
  evidence: 'request',
  detail: 'the server stopped while it asked',
  at: clock.now(),
  nextLookUpAt: plusMs(clock.now(), unknownPauseMs),
})

/** The address that names the intent; a provider that reports by another way has none. */
const intentChannel = ({ channels = {} }: PaymentProvider): string =>
  Object.keys(channels).find((name) => channels[name]?.token === 'intent') ?? ''
