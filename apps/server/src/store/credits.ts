import type { CivilDate, CreditId, Currency, Instant, PaymentId, SubscriberId } from '@nyuzi/core'
import type { ChargedDays, CreditStore, FreeCredit } from '../flows/credits/ports.ts'
import { addLineTaxes } from './claim-rows.ts'
import { readLines } from './creditable-lines.ts'
import { readIssuedCredits } from './issued-credits.ts'
import { rowsOf, type Sql } from './transaction.ts'

export const creditStore = (sql: Sql): CreditStore => ({
  async branchCodes(ids) {
    if (ids.length === 0) return new Map()
    const rows = await sql<{ id: SubscriberId; code: string }[]>`
      select s.id, b.code from subscribers s join branches b on b.id = s.branch_id where s.id = any(${[...ids]}::uuid[])`
    return new Map(rows.map(({ id, code }) => [id, code]))
  },

  async lines(refs) {
    if (refs.length === 0) return []
    const named = refs.map(({ invoiceId, position }) => ({ invoiceId, position }))
    return await readLines(
      sql,
      sql`(n.invoice_id, n.position) in (select invoice_id, position from ${rowsOf(sql, named, { invoiceId: 'uuid', position: 'integer' })})`,
    )
  },
  linesOf: (invoiceId) => readLines(sql, sql`n.invoice_id = ${invoiceId}`),

  async chargedDays(spans) {
    if (spans.length === 0) return []
    const rows = await sql<(Omit<ChargedDays, 'days'> & { start: CivilDate; end: CivilDate })[]>`
      select p.invoice_id as "invoiceId", p.line_position as position, p.subscription_id as "subscriptionId", i.subscriber_id as "payerId", p.component,
             lower(p.period * r.span) as start, upper(p.period * r.span) as "end"
        from (select subscription_id, daterange("from", until) as span from ${rowsOf(
          sql,
          spans.map(({ subscriptionId, from, until }) => ({ subscriptionId, from, until })),
          { subscriptionId: 'uuid', from: 'date', until: 'date' },
        )}) r
        join charged_periods p on p.subscription_id = r.subscription_id and p.period && r.span
        join invoices i on i.id = p.invoice_id
       order by p.subscription_id, start, p.component`
    return rows.map(({ start, end, ...row }) => ({ ...row, days: { start, end } }))
  },

  async add(credits, at) {
    if (credits.length === 0) return
    await sql`
      insert into credits (organisation_id, created_at, id, subscriber_id, kind, series, sequence, number, currency, total_minor, issued_on, reason)
      select nyuzi_organisation(), ${at}, r.* from ${rowsOf(
        sql,
        credits.map(({ id, subscriberId, kind, series, sequence, number, currency, total, issuedOn, reason }) => {
          return { id, subscriberId, kind, series, sequence, number, currency, totalMinor: total.amountMinor, issuedOn, reason }
        }),
        {
          id: 'uuid',
          subscriberId: 'uuid',
          kind: 'text',
          series: 'text',
          sequence: 'bigint',
          number: 'text',
          currency: 'text',
          totalMinor: 'bigint',
          issuedOn: 'date',
          reason: 'text',
        },
      )}`
    const lines = credits.flatMap(({ id, lines }) => lines.map((line) => ({ creditId: id, ...line })))
    if (lines.length === 0) return
    await addLineTaxes(sql, 'credit', credits)
    await sql`
      insert into credit_lines (organisation_id, credit_id, position, invoice_id, line_position, days, subscription_id, category, tax_class, tax_point,
                                net_minor, total_minor, arithmetic)
      select nyuzi_organisation(), credit_id, position, invoice_id, line_position, case when start is not null then daterange(start, "end") end, subscription_id,
             category, tax_class, tax_point, net_minor, total_minor, arithmetic
        from ${rowsOf(
          sql,
          lines.map(({ days, net, total, taxes: _, ...line }) => ({
            ...line,
            start: days?.start,
            end: days?.end,
            netMinor: net.amountMinor,
            totalMinor: total.amountMinor,
          })),
          {
            creditId: 'uuid',
            position: 'integer',
            invoiceId: 'uuid',
            linePosition: 'integer',
            start: 'date',
            end: 'date',
            subscriptionId: 'uuid',
            category: 'text',
            taxClass: 'text',
            taxPoint: 'date',
            netMinor: 'bigint',
            totalMinor: 'bigint',
            arithmetic: 'text',
          },
        )}`
  },

  async addAllocations(allocations, at) {
    if (allocations.length === 0) return
    await sql`
      insert into credit_allocations (organisation_id, id, credit_id, invoice_id, amount_minor, effective_on, created_at)
      select nyuzi_organisation(), r.*, ${at}
        from ${rowsOf(sql, [...allocations], { id: 'uuid', creditId: 'uuid', invoiceId: 'uuid', amountMinor: 'bigint', effectiveOn: 'date' })}`
  },

  async free(ids) {
    if (ids.length === 0) return []
    const [payments, credits] = await Promise.all([
      sql<Free<{ paymentId: PaymentId }>[]>`
        select id as "paymentId", subscriber_id as "subscriberId", amount_minor - allocated_minor as "amountMinor", currency, paid_at as since from payments
         where subscriber_id = any(${[...ids]}::uuid[]) and status = 'matched' and allocated_minor < amount_minor order by paid_at, id for update`,
      sql<Free<{ creditId: CreditId }>[]>`
        select id as "creditId", subscriber_id as "subscriberId", total_minor - allocated_minor as "amountMinor", currency, created_at as since from credits
         where subscriber_id = any(${[...ids]}::uuid[]) and allocated_minor < total_minor order by created_at, id for update`,
    ])
    const all: FreeCredit[] = [...payments, ...credits]
    return all.sort((left, right) => left.since.getTime() - right.since.getTime())
  },

  issued: (after, limit) => readIssuedCredits(sql, after, limit),

  async depositAsked(id) {
    const [row] = await sql<{ number: string }[]>`
      select number from invoices where subscriber_id = ${id} and kind = 'deposit' and status = 'open' order by sequence limit 1`
    return row?.number
  },

  async depositHeld(id) {
    const [row] = await sql<{ held: bigint }[]>`
      select coalesce((select sum(allocated_minor) from invoices where subscriber_id = ${id} and kind = 'deposit'), 0)::bigint
           - coalesce((select sum(total_minor) from credits where subscriber_id = ${id} and kind = 'deposit_release'), 0)::bigint as held`
    return row?.held ?? 0n
  },
})

type Free<Source> = { subscriberId: SubscriberId; amountMinor: bigint; currency: Currency; since: Instant } & Source
