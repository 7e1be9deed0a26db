import type { CivilDate, RenewalStanding } from '@nyuzi/core'
import { freeCredit } from './readings/free-credit.ts'
import type { Sql } from './transaction.ts'

type Fragment = ReturnType<Sql>

/** What is open on the claims of a payer, named by its column. */
export const debtsOf = (sql: Sql, payer: Fragment): Fragment =>
  sql`coalesce((select sum(i.total_minor - i.allocated_minor)::bigint from invoices i where i.subscriber_id = ${payer} and i.status = 'open'), 0)`

/** Credit of a payer that no claim has taken. */
export const freeCreditOf = (sql: Sql, payer: Fragment): Fragment =>
  sql`coalesce((select sum(f.free)::bigint from ${freeCredit(sql)} f where f.subscriber_id = ${payer}), 0)`

/** What the prepaid subscriptions of a payer cost next that wait for credit, or are to be renewed by a day. */
export const renewalsOf = (sql: Sql, payer: Fragment, until: CivilDate): Fragment =>
  sql`coalesce((select sum(n.renewal_minor)::bigint from subscriptions n where n.payer_id = ${payer} and n.renewal_on <= ${until}), 0)`

/** Core's `RenewalStanding` of a subscription, as one JSON value; null when nothing is to be bought. */
export const renewalStanding = (sql: Sql, r: Fragment): Fragment => sql`
  case when ${r}.renewal_on is not null then json_build_object(
    'renewalMinor', ${r}.renewal_minor::text,
    'aheadMinor', coalesce((select sum(o.renewal_minor) from subscriptions o
                             where o.payer_id = ${r}.payer_id and (o.renewal_on, o.id) < (${r}.renewal_on, ${r}.id)), 0)::text,
    'debtsMinor', ${debtsOf(sql, sql`${r}.payer_id`)}::text,
    'freeMinor', ${freeCreditOf(sql, sql`${r}.payer_id`)}::text) end`

export type RenewalStandingRow = { readonly [K in keyof RenewalStanding]: string }

export const toRenewalStanding = ({ renewalMinor, aheadMinor, debtsMinor, freeMinor }: RenewalStandingRow): RenewalStanding => ({
  renewalMinor: BigInt(renewalMinor),
  aheadMinor: BigInt(aheadMinor),
  debtsMinor: BigInt(debtsMinor),
  freeMinor: BigInt(freeMinor),
})
