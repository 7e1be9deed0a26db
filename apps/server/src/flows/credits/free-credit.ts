import { type CivilDate, formatMoney, type Money, money, type SubscriberId } from '@nyuzi/core'
import { Conflict } from '../errors.ts'
import type { Deps, Transaction } from '../ports.ts'
import { applyCredit } from '../steps/apply-credit.ts'

/** Refuses unless a subscriber has that much credit left once everything open is settled. The subscriber is locked. */
export async function freeCredit(
  deps: Pick<Deps, 'ids' | 'clock'>,
  tx: Transaction,
  subscriberId: SubscriberId,
  wanted: Money,
  day: CivilDate,
): Promise<void> {
  await applyCredit(deps, tx, [subscriberId], day)
  const free = (await tx.credits.free([subscriberId])).reduce((sum, { amountMinor }) => sum + amountMinor, 0n)
  if (free >= wanted.amountMinor) return
  throw new Conflict('not_enough_credit', `Once what is open is settled, ${formatMoney(money(free, wanted.currency))} of credit is free.`)
}
