import { asId, type Instant, mayMove, money, nextLookUpAt, type OrganisationId, type PaymentNotice, plusMs } from '@nyuzi/core'
import { ProviderError, ProviderMisconfigured } from '@nyuzi/sdk'
import type { Deps, Installed } from '../ports.ts'
import type { Intent } from './ports.ts'

const batchMax = 20

/**
 * The second rung of the ladder: asks the provider about intents whose callback has not come. Plain answers become
 * notices like any other; anything else sets the time of the next question. A prompt that has surely left the phone
 * is `expired`, and is still asked about: late success wins.
 */
export async function lookUpPayments(deps: Deps, organisationId: OrganisationId): Promise<number> {
  const { store, clock, wake } = deps
  const due = await store.inOrganisation(organisationId, (tx) => tx.intents.claimToLookUp(batchMax, clock.now()))
  const found = await Promise.all(due.map((intent) => lookUp(deps, organisationId, intent)))
  if (found.some(Boolean)) wake('notices', organisationId)
  return due.length
}

async function lookUp(deps: Deps, organisationId: OrganisationId, intent: Intent): Promise<boolean> {
  const { store, clock, ids } = deps
  const installed = await deps.plugins.find(intent.installationId)
  const notice = installed && (await ask(deps, installed, intent))
  const now = clock.now()
  const plain = notice?.status === 'succeeded' || notice?.status === 'failed'
  const attempts = intent.lookUpAttempts + 1
  const rules = installed?.payments?.collect?.rules
  await store.inOrganisation(organisationId, async (tx) => {
    if (installed && plain)
      await tx.notices.add([
        { id: asId('notice', ids.next()), installationId: installed.booksAs(), intentId: intent.id, notice, receivedAt: now },
      ])
    const [current] = await tx.intents.lock([intent.id])
    if (!current || current.status === 'succeeded') return
    // It had expired (or failed), and now the provider says so: no notice can move it, so no question is left.
    const over = notice?.status === 'failed' && !mayMove(current.status, 'failed')
    // After a plain answer the notice settles it; the next question only guards against its being lost.
    const again =
      rules && !plain ? nextLookUpAt({ rules, attempts, requestedAt: intent.requestedAt, lastAttemptAt: now }) : plusMs(now, 60_000)
    const next = over ? undefined : again
    await tx.intents.scheduleLookUp(intent.id, attempts, now, next ?? null)
    if (!plain && rules && isGone(intent, rules.expiresAfterMs, now) && mayMove(current.status, 'expired'))
      await tx.intents.move([
        { id: intent.id, from: current.status, to: 'expired', evidence: 'clock', detail: 'the prompt has left the phone', at: now },
      ])
    if (!next && !over) {
      await tx.tasks.open({
        kind: 'intent_unresolved',
        subjectNoun: 'intent',
        subjectId: intent.id,
        title: 'Nobody can say whether this prompt was paid; look it up in the statement',
        at: now,
      })
    }
  })
  return plain
}

const isGone = (intent: Intent, expiresAfterMs: number, now: Instant): boolean =>
  now.getTime() - intent.requestedAt.getTime() > expiresAfterMs

async function ask(deps: Deps, installed: Installed, intent: Intent): Promise<PaymentNotice | undefined> {
  const { payments } = installed
  if (!payments?.lookUpPayment || !intent.providerReference) return undefined
  try {
    return await payments.lookUpPayment({
      intentId: intent.id,
      providerReference: intent.providerReference,
      amount: money(intent.promptMinor, intent.currency),
      phone: intent.phone,
      requestedAt: intent.requestedAt,
    })
  } catch (error) {
    // No answer is no news: the ladder goes on.
    deps.meter.count('provider_errors', { plugin: installed.pluginId, code: error instanceof ProviderError ? error.code : 'unexpected' })
    if (error instanceof ProviderMisconfigured) await deps.plugins.pause(installed, error.message)
    deps.log.warn('look-up brought nothing', { intent: intent.id, reason: error instanceof Error ? error.message : 'unknown' })
    return undefined
  }
}
