import { asId, type CivilDate, type OrganisationId, revenueRecognised } from '@nyuzi/core'
import type { Deps, Transaction } from '../ports.ts'

/**
 * Earns what was claimed ahead for the days before one, each day in its own transaction: a server that was stopped goes
 * on where it was, and of two servers one finds the day earned. Returns how many days were.
 */
export async function recogniseRevenue(
  deps: Pick<Deps, 'store' | 'clock' | 'ids'>,
  organisationId: OrganisationId,
  until: CivilDate,
): Promise<number> {
  let days = 0
  while (await deps.store.inOrganisation(organisationId, (tx) => recogniseDay(deps, tx, until))) days += 1
  return days
}

async function recogniseDay({ clock, ids }: Pick<Deps, 'clock' | 'ids'>, tx: Transaction, until: CivilDate): Promise<boolean> {
  const day = await tx.revenue.takeDay(until)
  if (day === undefined) return false
  const earned = await tx.revenue.earnedOn(day)
  const currencies = [...new Set(earned.map(({ amount }) => amount.currency))]
  const now = clock.now()
  await tx.ledger.record(
    currencies.map((currency) => ({
      id: asId('entry', ids.next()),
      entry: revenueRecognised(
        day,
        currency,
        earned.filter(({ amount }) => amount.currency === currency),
      ),
    })),
    now,
  )
  await tx.revenue.addDay(day, now)
  return true
}
