import type { CivilDate } from '@nyuzi/core'
import type { Ageing, AgeingGrouping, AgeingQuery, Group, ReportStore } from '../../flows/reports/ports.ts'
import type { Sql } from '../transaction.ts'
import { openAt, planOfClaim } from './open-at.ts'

export const ageingReports = (sql: Sql): Pick<ReportStore, 'ageing' | 'ageingTotal'> => ({
  async ageing({ on, by, currency, after, limit }: AgeingQuery) {
    const { key, code, name, joins } = groupings(sql)[by]
    return await sql<(Group & Ageing)[]>`
      select ${key} as key, coalesce(min(${code}), '') as code, coalesce(min(${name}), '') as name, ${sums(sql, on)}
        from (${openAt(sql, on)}) o join invoices i on i.id = o.id join subscribers s on s.id = i.subscriber_id ${joins}
       where i.currency = ${currency} ${after === undefined ? sql`` : sql`and ${key} > ${after}`}
       group by 1 order by 1 ${limit === undefined ? sql`` : sql`limit ${limit}`}`
  },

  async ageingTotal(on, currency) {
    const [row] = await sql<
      Ageing[]
    >`select ${sums(sql, on)} from (${openAt(sql, on)}) o join invoices i on i.id = o.id and i.currency = ${currency}`
    if (!row) throw new Error('a sum over nothing is a row')
    return row
  },
})

const sums = (sql: Sql, on: CivilDate) => {
  const open = (late: ReturnType<Sql>) => sql`coalesce(sum(o.open) filter (where ${on}::date - i.due_on ${late}), 0)::bigint`
  return sql`
    count(*)::int as claims, ${open(sql`<= 0`)} as "notDueMinor", ${open(sql`between 1 and 30`)} as "days1To30Minor", ${open(sql`between 31 and 60`)} as "days31To60Minor",
    ${open(sql`between 61 and 90`)} as "days61To90Minor", ${open(sql`> 90`)} as "over90Minor", coalesce(sum(o.open), 0)::bigint as "totalMinor"`
}

type Grouped = Readonly<Record<'key' | 'code' | 'name' | 'joins', ReturnType<Sql>>>

const groupings = (sql: Sql): Readonly<Record<AgeingGrouping, Grouped>> => ({
  branch: { key: sql`s.branch_id::text`, code: sql`b.code`, name: sql`b.name`, joins: sql`join branches b on b.id = s.branch_id` },
  segment: { key: sql`s.segment`, code: sql`s.segment`, name: sql`s.segment`, joins: sql`` },
  subscriber: { key: sql`s.id::text`, code: sql`s.account_number`, name: sql`s.name`, joins: sql`` },
  plan: {
    key: sql`coalesce(f.plan_id::text, '')`,
    code: sql`l.code`,
    name: sql`l.name`,
    joins: sql`${planOfClaim(sql)} left join plans l on l.id = f.plan_id`,
  },
})
