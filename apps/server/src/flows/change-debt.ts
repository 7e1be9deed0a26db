import { type CivilDate, type Currency, civilDateAt, type Instant, type Money, type OrganisationId, type SubscriberId } from '@nyuzi/core'
import { checkCurrency } from './check-currency.ts'
import { InvalidInput } from './errors.ts'
import { type Idempotent, withIdempotency } from './idempotency.ts'
import type { AuditStore, Deps, IdempotentRequest, Organisation, Transaction } from './ports.ts'
import { type LockedAccount, lockAccount } from './steps/lock-account.ts'
import { resumeAwaiting } from './steps/resume-awaiting.ts'
import { wantAccess } from './steps/want-access.ts'

export type DebtChange<Result> = {
  readonly result: Result
  /** Whose debt or credit moved: what waits for it goes on, and what their lines may do is decided again. */
  readonly subscriberIds: readonly SubscriberId[]
  readonly audit: Omit<Parameters<AuditStore['write']>[0], 'actor' | 'at'>
}

export type Books = { readonly tx: Transaction; readonly now: Instant; readonly organisation: Organisation; readonly today: CivilDate }

/** One change of what subscribers owe or have, by a person: once for its key, with access and audit behind it. */
export async function changeDebt<Result>(
  deps: Deps,
  organisationId: OrganisationId,
  { actor, idempotency }: { readonly actor: string; readonly idempotency?: IdempotentRequest<Result> | undefined },
  change: (books: Books) => Promise<DebtChange<Result>>,
): Promise<Idempotent<Result>> {
  const done = await deps.store.inOrganisation(organisationId, (tx) =>
    withIdempotency(tx, idempotency, async () => {
      const now = deps.clock.now()
      const organisation = await tx.organisation.read()
      const today = civilDateAt(now, organisation.timeZone)
      const { result, subscriberIds, audit } = await change({ tx, now, organisation, today })
      await resumeAwaiting(deps, tx, organisation, now, subscriberIds)
      await wantAccess(tx, organisation, now, { subscriberIds, today })
      await tx.audit.write({ ...audit, actor, at: now })
      return result
    }),
  )
  if (done.outcome === 'done') deps.wake('access', organisationId)
  return done
}

/** Locks who is charged or credited, and refuses amounts that this account cannot have. */
export async function lockForAmounts(
  tx: Transaction,
  subscriberId: SubscriberId,
  amounts: readonly Money[],
  field = 'amount',
): Promise<LockedAccount> {
  const account = await lockAccount(tx, subscriberId, 'subscriber')
  for (const amount of amounts) checkAmount(account.currency, amount, field)
  return account
}

/** An amount above nothing, in the currency of the account. */
export function checkAmount(currency: Currency, amount: Money, field = 'amount'): void {
  checkCurrency(currency, amount, field)
  if (amount.amountMinor > 0n) return
  throw new InvalidInput('invalid_input', 'The amount is nothing.', {
    errors: [{ field, rule: 'positive', fix: 'Send an amount above nothing.' }],
  })
}
