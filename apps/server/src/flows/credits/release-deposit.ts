import { type CreditId, formatMoney, type Money, money, type OrganisationId, type SubscriberId } from '@nyuzi/core'
import { changeDebt, lockForAmounts } from '../change-debt.ts'
import { Conflict } from '../errors.ts'
import type { Idempotent } from '../idempotency.ts'
import type { Deps, IdempotentRequest } from '../ports.ts'
import { grantCredits } from '../steps/grant-credits.ts'

export type DepositRelease = {
  readonly subscriberId: SubscriberId
  readonly amount: Money
  readonly reason: string
  readonly actor: string
  readonly idempotency?: IdempotentRequest<{ creditId: CreditId }>
}

/** Gives a subscriber what was held: it settles what is open, and the rest is free credit that may be refunded. */
export const releaseDeposit = (
  deps: Deps,
  organisationId: OrganisationId,
  input: DepositRelease,
): Promise<Idempotent<{ creditId: CreditId }>> =>
  changeDebt(deps, organisationId, input, async ({ tx, today }) => {
    const { subscriberId, amount, reason } = input
    await lockForAmounts(tx, subscriberId, [amount])
    const held = await tx.credits.depositHeld(subscriberId)
    if (amount.amountMinor > held) {
      throw new Conflict('deposit_not_held', `Held are ${formatMoney(money(held, amount.currency))}: release no more.`)
    }
    // It would settle that claim at once, and be held again.
    const asked = await tx.credits.depositAsked(subscriberId)
    if (asked !== undefined)
      throw new Conflict(
        'deposit_open',
        `${asked} still asks for a deposit. Void it, or write off what is open of it, before you release one.`,
      )
    const [credit] = await grantCredits(deps, tx, [{ kind: 'deposit_release', subscriberId, total: amount, issuedOn: today, reason }])
    const creditId = credit?.id as CreditId
    return {
      result: { creditId },
      subscriberIds: [subscriberId],
      audit: { action: 'deposit.release', subjectNoun: 'credit', subjectId: creditId, detail: { number: credit?.number, reason } },
    }
  })
