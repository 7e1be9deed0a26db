import { type Money, type OrganisationId, type SubscriberId, toDecimal } from '@nyuzi/core'
import { checkCurrency } from '../check-currency.ts'
import type { Deps } from '../ports.ts'
import { lockAccount } from '../steps/lock-account.ts'
import { wantAccess } from '../steps/want-access.ts'

export type SetOverdraft = {
  /** Debts up to it cut nobody off; null is none. */
  readonly amount: Money | null
  readonly reason: string
  readonly actor: string
}

export async function setOverdraft(
  deps: Pick<Deps, 'store' | 'clock' | 'wake'>,
  organisationId: OrganisationId,
  subscriberId: SubscriberId,
  { amount, reason, actor }: SetOverdraft,
): Promise<void> {
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const organisation = await tx.organisation.read()
    const { currency } = await lockAccount(tx, subscriberId)
    if (amount !== null) checkCurrency(currency, amount)
    await tx.receivables.setOverdraft(subscriberId, amount?.amountMinor ?? 0n)
    const detail = { amount: amount === null ? null : toDecimal(amount), reason }
    await tx.audit.write({ actor, action: 'subscriber.overdraft', subjectNoun: 'subscriber', subjectId: subscriberId, detail, at: now })
    await wantAccess(tx, organisation, now, { subscriberIds: [subscriberId] })
  })
  deps.wake('access', organisationId)
}
