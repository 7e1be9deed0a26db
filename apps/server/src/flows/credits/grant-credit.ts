import type { CreditId, Money, OrganisationId, SubscriberId } from '@nyuzi/core'
import { changeDebt, lockForAmounts } from '../change-debt.ts'
import type { Idempotent } from '../idempotency.ts'
import type { Deps, IdempotentRequest } from '../ports.ts'
import { grantCredits } from '../steps/grant-credits.ts'

export type NewGrant = {
  readonly kind: 'reward' | 'goodwill'
  readonly subscriberId: SubscriberId
  readonly amount: Money
  readonly reason: string
  readonly actor: string
  readonly idempotency?: IdempotentRequest<{ creditId: CreditId }>
}

/** Gives credit away. What takes back a charge is a credit note, since it takes its taxes back too. */
export const grantCredit = (deps: Deps, organisationId: OrganisationId, input: NewGrant): Promise<Idempotent<{ creditId: CreditId }>> =>
  changeDebt(deps, organisationId, input, async ({ tx, today }) => {
    const { kind, subscriberId, amount, reason } = input
    await lockForAmounts(tx, subscriberId, [amount])
    const [credit] = await grantCredits(deps, tx, [{ kind, subscriberId, total: amount, issuedOn: today, reason }])
    const creditId = credit?.id as CreditId
    return {
      result: { creditId },
      subscriberIds: [subscriberId],
      audit: { action: 'credit.grant', subjectNoun: 'credit', subjectId: creditId, detail: { number: credit?.number, kind, reason } },
    }
  })
