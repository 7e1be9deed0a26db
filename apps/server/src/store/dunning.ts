import { type InvoiceId, missingToRenew, type NoticeDone, type SubscriptionId } from '@nyuzi/core'
import type { Due, DunnedSource, DunningSource, DunningStore, StoredPolicy } from '../flows/dunning/ports.ts'
import { fromRow } from './mapping.ts'
import { type RenewalStandingRow, renewalStanding, toRenewalStanding } from './renewal-standing.ts'
import { inScope, type Scope } from './scope.ts'
import type { Sql } from './transaction.ts'

type PolicyRow = Pick<StoredPolicy, 'id' | 'steps'> & {
  readonly branchId: string | null
  readonly segment: string | null
  readonly planId: string | null
}

const toPolicy = ({ id, steps, ...scope }: PolicyRow): StoredPolicy => ({ id, steps, scope: fromRow(scope) })

export const dunningStore = (sql: Sql, scope?: Scope): DunningStore => {
  const inForce = sql`select id, branch_id as "branchId", segment, plan_id as "planId", steps from dunning_policies where removed_at is null`
  const doneOf = async (noun: DunningSource['noun'], due: readonly { readonly id: string }[]) => {
    const rows = await sql<{ id: string; done: (NoticeDone & { renewalOn: string })[] }[]>`
      select source_id as id, json_agg(json_build_object('key', split_part(dedupe_key, ':', 3), 'renewalOn', split_part(dedupe_key, ':', 4), 'owedOn', owed_on)) as done
        from messages where source_noun = ${noun} and source_id = any(${due.map(({ id }) => id)}::text[]) and owed_on is not null group by source_id`
    return new Map(rows.map(({ id, done }) => [id, done]))
  }
  return {
    policies: async () => (await sql<PolicyRow[]>`${inForce}`).map(toPolicy),

    async addPolicy({ id, scope: { branchId, segment, planId }, steps }, at) {
      const rows = await sql`
        insert into dunning_policies (organisation_id, id, branch_id, segment, plan_id, steps, created_at, updated_at)
        values (nyuzi_organisation(), ${id}, ${branchId ?? null}, ${segment ?? null}, ${planId ?? null}, ${sql.json(steps as never)}, ${at}, ${at})
        on conflict do nothing returning id`
      return rows.length === 1
    },

    async lockPolicy(id) {
      const [row] = await sql<PolicyRow[]>`${inForce} and id = ${id} for update`
      return row && toPolicy(row)
    },

    async changePolicy(id, steps, at) {
      await sql`update dunning_policies set steps = ${sql.json(steps as never)}, updated_at = ${at} where id = ${id}`
    },

    async removePolicy(id, at) {
      await sql`update dunning_policies set removed_at = ${at} where id = ${id}`
    },

    async invoicesDue({ from, until, after, limit }) {
      const rows = await sql<Omit<Due<InvoiceId>, 'done'>[]>`
        select id, due_on as "dueOn" from invoices
         where status = 'open' and due_on between ${from} and ${until} ${after === undefined ? sql`` : sql`and (due_on, id) > (${after.dueOn}, ${after.id})`}
           ${inScope(sql, scope, sql`subscriber_id`)}
         order by due_on, id limit ${limit}`
      const done = await doneOf('invoice', rows)
      return rows.map((one) => ({ ...one, done: done.get(one.id) ?? [] }))
    },

    async dunnedInvoices(ids) {
      if (ids.length === 0) return []
      return await sql<DunnedSource<InvoiceId>[]>`
        select i.id, i.subscriber_id as "subscriberId", i.total_minor - i.allocated_minor as "openMinor", s.branch_id as "branchId", s.segment,
               array(select p.plan_id from invoice_lines n join prices p on p.id = n.price_id where n.invoice_id = i.id order by n.position) as "planIds"
          from invoices i join subscribers s on s.id = i.subscriber_id where i.id = any(${[...ids]}::uuid[])`
    },

    async renewalsDue({ from, until, after, limit }) {
      const rows = await sql<Omit<Due<SubscriptionId>, 'done'>[]>`
        select id, renewal_on as "dueOn" from subscriptions
         where renewal_on between ${from} and ${until} and billed_until > starts_on
           and not exists (
             select from subscription_terms t join prices p on p.id = t.price_id
              where t.subscription_id = subscriptions.id and p.cadence_unit in ('minute', 'hour') and t.from_on <= renewal_on and (t.until_on is null or t.until_on > renewal_on))
           ${after === undefined ? sql`` : sql`and (renewal_on, id) > (${after.dueOn}, ${after.id})`}
           ${inScope(sql, scope, sql`payer_id`)}
         order by renewal_on, id limit ${limit}`
      const done = await doneOf('subscription', rows)
      // What was said of an earlier renewal says nothing of this one.
      return rows.map((one) => ({ ...one, done: done.get(one.id)?.filter(({ renewalOn }) => renewalOn === one.dueOn) ?? [] }))
    },

    async dunnedRenewals(ids) {
      if (ids.length === 0) return []
      const rows = await sql<(Omit<DunnedSource<SubscriptionId>, 'openMinor'> & { standing: RenewalStandingRow })[]>`
        select r.id, r.payer_id as "subscriberId", u.branch_id as "branchId", u.segment, ${renewalStanding(sql, sql`r`)} as standing,
               array(select p.plan_id from subscription_terms t join prices p on p.id = t.price_id
                      where t.subscription_id = r.id and t.from_on <= r.renewal_on order by t.from_on desc, t.number desc limit 1) as "planIds"
          from subscriptions r join subscribers u on u.id = r.payer_id where r.id = any(${[...ids]}::uuid[]) and r.renewal_on is not null`
      return rows.map(({ standing, ...one }) => ({ ...one, openMinor: missingToRenew(toRenewalStanding(standing)) }))
    },
  }
}
