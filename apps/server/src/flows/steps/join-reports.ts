import { type Instant, type PaymentId, payerMayBe, plusMs } from '@nyuzi/core'
import type { AwaitingReceipt, Intent, NewPayment } from '../payments/ports.ts'
import type { Transaction } from '../ports.ts'

// One paid prompt can be reported from two sides that do not name each other: a status query knows the prompt and no
// receipt, the payer-started report knows the receipt and no prompt. Both are one payment. Joining consumes the pair,
// so a second real payment of the same amount is still posted, under its own receipt.

const joinBeforeMs = 2 * 60_000
const joinAfterMs = 30 * 60_000
/** How far the provider's clock may stand from ours. */
const skewMs = 60_000

/** When a prompt can have been paid of which a query said at `seenAt` that it was: what was paid later is another payment. */
function paidWithin(requestedAt: Instant, seenAt: Instant): { readonly from: Instant; readonly until: Instant } {
  const [latest, seen] = [plusMs(requestedAt, joinAfterMs), plusMs(seenAt, skewMs)]
  return { from: plusMs(requestedAt, -joinBeforeMs), until: seen < latest ? seen : latest }
}

/** The paid prompt whose receipt this is; taken out of `awaiting`. Called under the locks of the subscribers. */
export async function joinPrompt(tx: Transaction, payment: NewPayment, awaiting: AwaitingReceipt[]): Promise<PaymentId | undefined> {
  const { providerTransaction } = payment
  if (providerTransaction === undefined) return undefined
  const inTime = awaiting.filter((other) => {
    const { from, until } = paidWithin(other.requestedAt, other.receivedAt)
    return (
      other.installationId === payment.installationId &&
      other.amountMinor === payment.amountMinor &&
      payment.paidAt >= from &&
      payment.paidAt <= until
    )
  })
  const found = isNamed(payment)
    ? inTime.find(({ subscriberId }) => subscriberId === payment.subscriberId)
    : only(inTime.filter(({ phone, phoneSha256 }) => payerMayBe(payment.payer, phone, phoneSha256) !== 'no'))
  if (!found) return undefined
  awaiting.splice(awaiting.indexOf(found), 1)
  await tx.payments.attachReceipt(found.id, providerTransaction)
  return found.id
}

/** The receipt of a paid prompt, when it was reported before without the prompt's name; it may lie in suspense. */
export async function joinReceipt(tx: Transaction, payment: NewPayment, intent: Intent): Promise<PaymentId | undefined> {
  const { installationId, amountMinor } = payment
  if (installationId === undefined) return undefined
  const { subscriberId, phone, requestedAt } = intent
  const unclaimed = await tx.payments.awaitingIntent({
    installationId,
    subscriberId,
    phone,
    amountMinor,
    ...paidWithin(requestedAt, payment.receivedAt),
  })
  const found =
    unclaimed.find((other) => other.subscriberId === subscriberId) ??
    only(unclaimed.filter((other) => payerMayBe(other.payer, phone, other.phoneSha256) !== 'no'))
  if (found) await tx.payments.attachIntent(found.id, intent.id)
  return found?.id
}

/** Somebody typed whose payment it is. A till's report names nobody: then the phone that paid is all there is. */
export const isNamed = ({ matchRule, suspenseReason }: NewPayment): boolean =>
  matchRule !== 'payer_phone' && suspenseReason !== 'no_reference'

/** Between two that could be meant nobody guesses. */
const only = <T>(found: readonly T[]): T | undefined => (found.length === 1 ? found[0] : undefined)
