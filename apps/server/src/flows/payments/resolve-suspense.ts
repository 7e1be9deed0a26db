import type { InstallationId, OrganisationId, PaymentId, SubscriberId } from '@nyuzi/core'
import { checkCurrency } from '../check-currency.ts'
import { Conflict, NotFound } from '../errors.ts'
import { type Idempotent, withIdempotency } from '../idempotency.ts'
import type { Deps, IdempotentRequest } from '../ports.ts'
import { applyMoney } from '../steps/apply-money.ts'
import { lockAccount } from '../steps/lock-account.ts'

export type ResolveSuspense = {
  readonly paymentId: PaymentId
  readonly subscriberId: SubscriberId
  /** Who says so; kept with the payment and in the audit. */
  readonly actor: string
  readonly idempotency?: IdempotentRequest<{ paymentId: PaymentId }>
}

/** Gives a payment from suspense to its owner; allocation, access and receipt follow as if it had matched at once. */
export async function resolveSuspense(
  deps: Deps,
  organisationId: OrganisationId,
  input: ResolveSuspense,
): Promise<Idempotent<{ paymentId: PaymentId }>> {
  const { paymentId, subscriberId, actor } = input
  const done = await deps.store.inOrganisation(organisationId, (tx) =>
    withIdempotency(tx, input.idempotency, async () => {
      const now = deps.clock.now()
      const organisation = await tx.organisation.read()
      const account = await lockAccount(tx, subscriberId, 'subscriber')
      const payment = await tx.payments.lock(paymentId)
      if (!payment) throw new NotFound('payment')
      if (payment.status !== 'unmatched') throw new Conflict('payment_already_matched', 'This payment has its subscriber already.')
      const { amountMinor, currency, paidAt } = payment
      checkCurrency(account.currency, { amountMinor, currency }, 'subscriber')
      await tx.payments.assign(paymentId, subscriberId, actor, now)
      // Seconds to access count from this decision: before it nobody could know whose money it was.
      const from = { kind: 'suspense', installationId: payment.installationId as InstallationId } as const
      await applyMoney(tx, deps, organisation, now, [{ paymentId, subscriberId, amountMinor, currency, paidAt, receivedAt: now, from }])
      await tx.audit.write({
        actor,
        action: 'suspense.resolve',
        subjectNoun: 'payment',
        subjectId: paymentId,
        detail: { subscriberId },
        at: now,
      })
      return { paymentId }
    }),
  )
  if (done.outcome === 'done') {
    deps.wake('access', organisationId)
    deps.wake('messages', organisationId)
  }
  return done
}
