import type { CivilDate, Currency, InvoiceId } from '@nyuzi/core'
import { money } from '@nyuzi/core'
import type { KnownDeferral, RevenueStore } from '../flows/revenue/ports.ts'
import type { Scope } from './scope.ts'
import { rowsOf, type Sql } from './transaction.ts'

export const revenueStore = (sql: Sql, scope?: Scope): RevenueStore => ({
  async holdDays() {
    await sql`select pg_advisory_xact_lock_shared(${lockOf(sql)})`
    const [row] = await sql<{ day: CivilDate | null }[]>`select max(day) + 1 as day from recognised_days`
    return row?.day ?? undefined
  },

  async takeDay(until) {
    // A day is earned for all subscribers at once, so it is no work of some of them.
    if (scope !== undefined) return undefined
    const next = async () => {
      const [row] = await sql<{ day: CivilDate | null }[]>`
        select coalesce((select max(day) + 1 from recognised_days), (select min(from_on) from revenue_deferrals)) as day`
      return row?.day && row.day < until ? row.day : undefined
    }
    // Looked at first, so that a run with nothing to earn waits for nobody.
    if ((await next()) === undefined) return undefined
    await sql`select pg_advisory_xact_lock(${lockOf(sql)})`
    return await next()
  },

  async earnedOn(day) {
    const rows = await sql<{ category: string; currency: Currency; amountMinor: bigint }[]>`
      select category, currency, amount as "amountMinor" from (
        select category, currency, sum(nyuzi_earned(amount_minor, span_start, span_end, ${day}::date + 1) - nyuzi_earned(amount_minor, span_start, span_end, ${day}::date))::bigint as amount
          from revenue_deferrals where until_on > ${day} and from_on <= ${day} group by category, currency) e
       where amount <> 0 order by currency, category`
    return rows.map(({ category, currency, amountMinor }) => ({ category, amount: money(amountMinor, currency) }))
  },

  async addDay(day, at) {
    await sql`insert into recognised_days (organisation_id, day, recognised_at) values (nyuzi_organisation(), ${day}, ${at})`
  },

  async add(deferrals, deferredOn) {
    if (deferrals.length === 0) return
    await sql`
      insert into revenue_deferrals (organisation_id, deferred_on, invoice_id, line_position, category, currency, amount_minor, span_start, span_end, from_on, until_on)
      select nyuzi_organisation(), ${deferredOn}, r.* from ${rowsOf(
        sql,
        deferrals.map(({ span, from, until, position, ...deferral }) => ({
          ...deferral,
          linePosition: position,
          spanStart: span.start,
          spanEnd: span.end,
          fromOn: from,
          untilOn: until,
        })),
        {
          invoiceId: 'uuid',
          linePosition: 'integer',
          category: 'text',
          currency: 'text',
          amountMinor: 'bigint',
          spanStart: 'date',
          spanEnd: 'date',
          fromOn: 'date',
          untilOn: 'date',
        },
      )}`
  },

  async ofLines(lines) {
    if (lines.length === 0) return []
    const refs = lines.map(({ invoiceId, position }) => ({ invoiceId, position }))
    return await known(
      sql,
      sql`(invoice_id, line_position) in (select invoice_id, position from ${rowsOf(sql, refs, { invoiceId: 'uuid', position: 'integer' })})`,
    )
  },
  ofInvoice: (id) => known(sql, sql`invoice_id = ${id}`),

  async stop(stops, stoppedOn) {
    if (stops.length === 0) return
    await sql`
      update revenue_deferrals d set until_on = r.until, stopped_on = ${stoppedOn} from ${rowsOf(sql, [...stops], { id: 'uuid', until: 'date' })} where d.id = r.id`
  },
})

const lockOf = (sql: Sql) => sql`hashtextextended('nyuzi recognised days ' || nyuzi_organisation()::text, 0)`

type Row = {
  id: string
  invoiceId: InvoiceId
  position: number
  category: string
  currency: Currency
  amountMinor: bigint
  start: CivilDate
  end: CivilDate
  from: CivilDate
  until: CivilDate
}

async function known(sql: Sql, which: ReturnType<Sql>): Promise<readonly KnownDeferral[]> {
  const rows = await sql<Row[]>`
    select id, invoice_id as "invoiceId", line_position as position, category, currency, amount_minor as "amountMinor", span_start as start, span_end as "end",
           from_on as "from", until_on as until
      from revenue_deferrals where ${which} and stopped_on is null order by invoice_id, line_position, from_on`
  return rows.map(({ start, end, ...row }) => ({ ...row, span: { start, end } }))
}
