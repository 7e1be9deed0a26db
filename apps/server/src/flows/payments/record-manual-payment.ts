import {
  asId,
  type BranchId,
  civilDateAt,
  type Instant,
  type Money,
  type OrganisationId,
  type PaymentId,
  type SubscriberId,
} from '@nyuzi/core'
import { checkCurrency } from '../check-currency.ts'
import { Conflict, InvalidInput } from '../errors.ts'
import { type Idempotent, withIdempotency } from '../idempotency.ts'
import type { Deps, IdempotentRequest } from '../ports.ts'
import { applyMoney } from '../steps/apply-money.ts'
import { lockAccount } from '../steps/lock-account.ts'

export type ManualPayment = {
  readonly branchId: BranchId
  readonly subscriberId: SubscriberId
  readonly amount: Money
  /** The number on the paper receipt or bank slip: unique in the branch, so cash typed twice is taken once. */
  readonly reference: string
  readonly paidAt: Instant
  readonly actor: string
  readonly idempotency?: IdempotentRequest<{ paymentId: PaymentId }>
}

/** Books cash or a bank slip that staff took in. */
export async function recordManualPayment(
  deps: Deps,
  organisationId: OrganisationId,
  input: ManualPayment,
): Promise<Idempotent<{ paymentId: PaymentId }>> {
  const { branchId, subscriberId, amount, actor, paidAt } = input
  const done = await deps.store.inOrganisation(organisationId, (tx) =>
    withIdempotency(tx, input.idempotency, async () => {
      const now = deps.clock.now()
      const organisation = await tx.organisation.read()
      // A fact is never changed again, so a mistyped year would stand in the books for good.
      if (civilDateAt(paidAt, organisation.timeZone) > civilDateAt(now, organisation.timeZone)) {
        throw new InvalidInput('invalid_input', 'Money cannot have been paid on a day that is still to come.', {
          errors: [{ field: 'paidAt', rule: 'not_in_future', fix: 'Send when it was paid, or leave it out for now.' }],
        })
      }
      const { currency } = await lockAccount(tx, subscriberId, 'subscriber')
      checkCurrency(currency, amount)
      const paymentId = asId('payment', deps.ids.next())
      const reference = input.reference.trim().toUpperCase()
      const written = await tx.payments.addNew([
        {
          id: paymentId,
          source: 'manual',
          branchId,
          providerTransaction: reference,
          amountMinor: amount.amountMinor,
          currency: amount.currency,
          subscriberId,
          candidates: [],
          payer: { kind: 'absent' },
          evidence: 'statement',
          paidAt,
          receivedAt: now,
          recordedAt: now,
          recordedBy: actor,
        },
      ])
      if (!written.has(paymentId))
        throw new Conflict('payment_reference_taken', `Reference ${reference} was recorded at this branch before.`)
      const from = { kind: 'cash', branchId } as const
      await applyMoney(tx, deps, organisation, now, [{ paymentId, subscriberId, ...amount, paidAt, receivedAt: now, from }])
      await tx.audit.write({
        actor,
        action: 'payment.record',
        subjectNoun: 'payment',
        subjectId: paymentId,
        detail: { reference },
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
