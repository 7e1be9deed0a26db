import {
  asId,
  type CollectRules,
  type Currency,
  formatMoney,
  type InstallationId,
  type IntentId,
  type Money,
  minorDigitsOf,
  money,
  type Phone,
  plusMs,
  promptPause,
  roundUpToWholeUnits,
  type SubscriberId,
  toCollect,
} from '@nyuzi/core'
import { checkCurrency } from '../check-currency.ts'
import { Conflict, InvalidInput, NotFound } from '../errors.ts'
import type { Deps, Installed, Transaction } from '../ports.ts'
import { renewalsAskedUntil } from './renewals-asked-until.ts'

export type Prompt = {
  readonly subscriberId: SubscriberId
  /** Default: all that is open, with the renewals that wait or are near, less free credit. */
  readonly amount?: Money
  /** Default: the subscriber's own. */
  readonly phone?: Phone
  /** Default: the oldest installation that can prompt. */
  readonly installationId?: InstallationId
  readonly actor: string
}

/**
 * The step that writes the intention to prompt a payer. There is no idempotency at most providers, so a second prompt
 * within their pauses is refused: it could become a second payment.
 */
export async function writePrompt(
  deps: Pick<Deps, 'clock' | 'ids'>,
  tx: Transaction,
  offering: readonly Installed[],
  prompted: Prompt,
): Promise<IntentId> {
  const now = deps.clock.now()
  const subscriber = await tx.billing.lockToCollect(prompted.subscriberId, renewalsAskedUntil(await tx.organisation.read(), now))
  if (!subscriber) throw new NotFound('subscriber', 'subscriber')
  const phone = prompted.phone ?? subscriber.phone
  if (!phone) throw invalid('phone', 'is needed to prompt', 'Give a phone, or record one with the subscriber.')
  const { installed, rules } = installationFor(offering, subscriber.currency, prompted.installationId)
  const amount = prompted.amount ?? money(toCollect(subscriber), subscriber.currency)
  checkCurrency(subscriber.currency, amount)
  const prompt = rules.wholeUnitsOnly
    ? money(roundUpToWholeUnits(amount) * 10n ** BigInt(minorDigitsOf(amount.currency)), amount.currency)
    : amount
  if (prompt.amountMinor <= 0n) throw invalid('amount', 'must be above zero', 'Nothing is to be paid; name the amount to ask for.')
  if (prompt.amountMinor < rules.amountMinorMin || prompt.amountMinor > rules.amountMinorMax) {
    const limits = [rules.amountMinorMin, rules.amountMinorMax].map((limit) => formatMoney(money(limit, prompt.currency)))
    throw invalid('amount', `must lie between ${limits[0]} and ${limits[1]}`, 'Ask for less, or in parts.')
  }
  if (subscriber.accountNumber.length > rules.accountReferenceMaxLength)
    throw invalid(
      'subscriber',
      `has an account number longer than the ${rules.accountReferenceMaxLength} characters the provider takes`,
      'Ask for the payment in another way.',
    )

  const earlier = await tx.intents.recentTo(phone, plusMs(now, -Math.max(rules.samePhonePauseMs, rules.sameAmountPauseMs)))
  const pause = promptPause({ rules, now, earlier, amountMinor: prompt.amountMinor })
  if (pause.outcome === 'wait') {
    throw new Conflict('prompt_too_soon', 'This phone was prompted a moment ago; a second prompt could be paid twice.', {
      retryAfterSeconds: Math.ceil((pause.untilAt.getTime() - now.getTime()) / 1000),
    })
  }
  const intentId = asId('intent', deps.ids.next())
  await tx.intents.add({
    id: intentId,
    installationId: installed.id,
    subscriberId: prompted.subscriberId,
    amountMinor: amount.amountMinor,
    promptMinor: prompt.amountMinor,
    currency: amount.currency,
    phone,
    accountReference: subscriber.accountNumber,
    status: 'created',
    callbackToken: deps.ids.token(),
    requestedAt: now,
    lookUpAttempts: 0,
  })
  await tx.audit.write({ actor: prompted.actor, action: 'payment.request', subjectNoun: 'intent', subjectId: intentId, at: now })
  return intentId
}

const invalid = (field: string, rule: string, fix: string) =>
  new InvalidInput('invalid_input', `${field} ${rule}. ${fix}`, { errors: [{ field, rule, fix }] })

function installationFor(
  offering: readonly Installed[],
  currency: Currency,
  wanted: InstallationId | undefined,
): { installed: Installed; rules: CollectRules } {
  const able = offering.filter(({ payments }) => payments?.collect !== undefined && payments.currencies.includes(currency))
  const installed = wanted === undefined ? able[0] : able.find(({ id }) => id === wanted)
  const rules = installed?.payments?.collect?.rules
  if (!installed || !rules)
    throw invalid(
      'installation',
      `must be an active payment installation that can prompt in ${currency}`,
      'Install one, resume it, or name another.',
    )
  return { installed, rules }
}
