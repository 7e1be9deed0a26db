import type { CivilDate, InstalmentPlanId, PlanStanding } from '@nyuzi/core'
import type { InstalmentPlanStore } from '../flows/receivables/ports.ts'
import { inScope, type Scope } from './scope.ts'
import { rowsOf, type Sql } from './transaction.ts'

export const instalmentPlanStore = (sql: Sql, scope?: Scope): InstalmentPlanStore => ({
  async add({ instalments, invoices, ...plan }) {
    const rows = await sql`
      insert into instalment_plans (organisation_id, id, subscriber_id, status, currency, total_minor, grace_days, started_on, created_by, created_at)
      values (nyuzi_organisation(), ${plan.id}, ${plan.subscriberId}, 'running', ${plan.currency}, ${plan.totalMinor}, ${plan.graceDays}, ${plan.startedOn},
              ${plan.createdBy}, ${plan.createdAt})
      on conflict do nothing returning id`
    if (rows.length === 0) return false
    const parts = instalments.map(({ dueOn, amountMinor }, index) => ({ position: index + 1, dueOn, amountMinor }))
    await sql`
      insert into instalments (organisation_id, plan_id, position, due_on, amount_minor)
      select nyuzi_organisation(), ${plan.id}, r.* from ${rowsOf(sql, parts, { position: 'integer', dueOn: 'date', amountMinor: 'bigint' })}`
    await sql`
      insert into instalment_plan_invoices (organisation_id, plan_id, invoice_id, open_minor)
      select nyuzi_organisation(), ${plan.id}, r.* from ${rowsOf(sql, [...invoices], { invoiceId: 'uuid', openMinor: 'bigint' })}`
    return true
  },

  async read(id) {
    const [row] = await sql`select subscriber_id as "subscriberId", status from instalment_plans where id = ${id}`
    return row as Awaited<ReturnType<InstalmentPlanStore['read']>>
  },

  async running(after, limit) {
    const rows = await sql`
      select p.id, ${standingColumn(sql)} as standing from instalment_plans p
       where p.status = 'running' ${after === undefined ? sql`` : sql`and p.id > ${after}`} ${inScope(sql, scope, sql`p.subscriber_id`)} order by p.id limit ${limit}`
    return rows.map((row) => ({ id: row.id as InstalmentPlanId, standing: toPlanStanding(row.standing) }))
  },

  async end(ended, at) {
    if (ended.length === 0) return
    const rows = ended.map(({ id, status, endedOn }) => ({ id, status, endedOn }))
    await sql`
      update instalment_plans p set status = r.status, ended_on = r.ended_on, ended_at = ${at}
        from ${rowsOf(sql, rows, { id: 'uuid', status: 'text', endedOn: 'date' })} where p.id = r.id and p.status = 'running'`
  },
})

export type PlanStandingRow = {
  readonly instalments: readonly (readonly [dueOn: string, amountMinor: string])[]
  readonly coveredMinor: string
  readonly graceDays: number
  readonly endedOn: string | null
}

/** Of the plan `p`, as JSON: its instalments, and how much less is open of its invoices than when it was made. */
export const standingColumn = (sql: Sql) => sql`
  json_build_object(
    'instalments', (select json_agg(json_build_array(n.due_on, n.amount_minor::text) order by n.position) from instalments n where n.plan_id = p.id),
    'coveredMinor', (p.total_minor - (select coalesce(sum(i.total_minor - i.allocated_minor), 0) from instalment_plan_invoices x join invoices i on i.id = x.invoice_id
                                       where x.plan_id = p.id and i.status = 'open'))::text,
    'graceDays', p.grace_days, 'endedOn', p.ended_on)`

export const toPlanStanding = ({ instalments, coveredMinor, graceDays, endedOn }: PlanStandingRow): PlanStanding => ({
  instalments: instalments.map(([dueOn, amountMinor]) => ({ dueOn: dueOn as CivilDate, amountMinor: BigInt(amountMinor) })),
  coveredMinor: BigInt(coveredMinor),
  graceDays,
  ...(endedOn === null ? {} : { endedOn: endedOn as CivilDate }),
})
