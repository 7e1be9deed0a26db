import type { NoticeDone } from '@nyuzi/core'
import type { DueInvoice, DunnedInvoice, DunningStore, StoredPolicy } from '../flows/dunning/ports.ts'
import { fromRow } from './mapping.ts'
import type { Sql } from './transaction.ts'

type PolicyRow = Pick<StoredPolicy, 'id' | 'steps'> & {
  readonly branchId: string | null
  readonly segment: string | null
  readonly planId: string | null
}

const toPolicy = ({ id, steps, ...scope }: PolicyRow): StoredPolicy => ({ id, steps, scope: fromRow(scope) })

export const dunningStore = (sql: Sql): DunningStore => {
  const inForce = sql`select id, branch_id as "branchId", segment, plan_id as "planId", steps from dunning_policies where removed_at is null`
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

    async openDueBetween({ from, until, after, limit }) {
      const rows = await sql<Omit<DueInvoice, 'done'>[]>`
        select id as "invoiceId", due_on as "dueOn" from invoices
         where status = 'open' and due_on between ${from} and ${until}
           ${after === undefined ? sql`` : sql`and (due_on, id) > (${after.dueOn}, ${after.invoiceId})`}
         order by due_on, id limit ${limit}`
      const reminded = await sql<{ sourceId: string; done: NoticeDone[] }[]>`
        select source_id as "sourceId", json_agg(json_build_object('key', split_part(dedupe_key, ':', 3), 'owedOn', owed_on)) as done
          from messages where source_noun = 'invoice' and source_id = any(${rows.map(({ invoiceId }) => invoiceId as string)}::text[]) and owed_on is not null
         group by source_id`
      const done = new Map(reminded.map((one) => [one.sourceId, one.done]))
      return rows.map((invoice) => ({ ...invoice, done: done.get(invoice.invoiceId) ?? [] }))
    },

    async dunned(ids) {
      if (ids.length === 0) return []
      return await sql<DunnedInvoice[]>`
        select i.id as "invoiceId", i.subscriber_id as "subscriberId", i.total_minor - i.allocated_minor as "openMinor", s.branch_id as "branchId", s.segment,
               array(select p.plan_id from invoice_lines n join prices p on p.id = n.price_id where n.invoice_id = i.id order by n.position) as "planIds"
          from invoices i join subscribers s on s.id = i.subscriber_id where i.id = any(${[...ids]}::uuid[])`
    },
  }
}
