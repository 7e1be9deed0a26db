import { type EntryId, type JournalEntry, reversalOf } from '@nyuzi/core'
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Isp, type Line, openIsp } from '../isp.ts'

// Codes of the guards, and of PostgreSQL itself: no right (42501), a check (23514), unique (23505), exclusion (23P01), not null (23502).
const finalRow = 'NY001'
const noRight = '42501'

describe('The database itself refuses', () => {
  let isp: Isp
  let line: Line
  let entry: { id: EntryId; paymentId: string }
  const asServer = async (sql: postgres.TransactionSql) => {
    await sql`set local role nyuzi_app`
    await sql`select set_config('nyuzi.organisation_id', ${isp.organisationId}, true)`
  }
  const roles = ['the server', 'the owner'] as const
  type Role = (typeof roles)[number]

  /** Runs the statements as that role in one transaction and gives the code of the refusal. */
  async function refusal(role: Role, work: (sql: postgres.TransactionSql) => Promise<unknown>): Promise<string> {
    try {
      await isp.raw.begin(async (sql) => {
        if (role === 'the server') await asServer(sql)
        await work(sql)
        await sql`set constraints all immediate`
        throw new Error('what was not refused is rolled back')
      })
    } catch (error) {
      if (error instanceof Error && 'code' in error) return String(error.code)
    }
    return 'nothing: it was done'
  }

  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    line = await isp.subscribe({ startsOn: '2026-06-05' as never, anchorDay: 5 })
    await isp.subscribe({ startsOn: '2026-06-05' as never, anchorDay: 5 })
    await isp.cycle()
    const paid = await isp.daraja.pay({ phone: line.phone, amount: '1000', accountReference: line.accountNumber })
    if (paid.outcome !== 'paid') throw new Error('the simulator took no money')
    const row = await isp.until(
      'the payment',
      async () => (await isp.raw`select e.id, e.source_id from journal_entries e where kind = 'payment_received'`)[0],
    )
    entry = { id: row['id'], paymentId: row['source_id'] }
    await isp.settled()
  })
  afterAll(() => isp.close())

  const accounts = async (sql: postgres.TransactionSql) =>
    (await sql`select id, currency from ledger_accounts where organisation_id = ${isp.organisationId} order by code`) as unknown as {
      id: string
      currency: string
    }[]
  const addPostings = async (sql: postgres.TransactionSql, entryId: string, amounts: readonly number[], currency = 'KES', from = 1) => {
    const [first, second] = await accounts(sql)
    const rows = amounts.map((amount_minor, index) => ({
      organisation_id: isp.organisationId,
      entry_id: entryId,
      position: from + index,
      account_id: (index % 2 ? second : first)?.id,
      amount_minor,
      currency,
    }))
    await sql`insert into postings ${sql(rows)}`
  }
  const addEntry = (sql: postgres.TransactionSql, id: string, more: Record<string, unknown> = {}) =>
    sql`insert into journal_entries ${sql({ organisation_id: isp.organisationId, id, kind: 'test', currency: 'KES', effective_on: '2026-06-01', source_noun: 'test', source_id: id, recorded_at: new Date(), ...more })}`
  const fresh = () => isp.deps.ids.next()

  describe.each(roles)('to %s', (role) => {
    const refuses = async (work: (sql: postgres.TransactionSql) => Promise<unknown>, ...codes: string[]) =>
      expect(codes).toContain(await refusal(role, work))

    it('nothing that is sound: a balanced entry is taken', async () => {
      const work = async (sql: postgres.TransactionSql) => {
        const id = fresh()
        await addPostings(sql, id, [700, -700])
        await addEntry(sql, id)
      }
      expect(await refusal(role, work)).toBe('nothing: it was done')
    })

    it.each([
      ['that does not sum to zero', [700, -699]],
      ['of a single posting', [700]],
      ['with a posting of nothing', [700, -700, 0]],
      ['beyond what a number can hold', [9_007_199_254_740_992, -9_007_199_254_740_992]],
    ])('an entry %s', async (_what, amounts) => {
      await refuses((sql) => addPostings(sql, fresh(), amounts), 'NY002', '23514')
    })

    it('an entry in two currencies, or in another than its accounts', async () => {
      await refuses(async (sql) => {
        const [first, second] = await accounts(sql)
        const base = { organisation_id: isp.organisationId, entry_id: fresh() }
        await sql`insert into postings ${sql([
          { ...base, position: 1, account_id: first?.id, amount_minor: 5, currency: 'KES' },
          { ...base, position: 2, account_id: second?.id, amount_minor: -5, currency: 'USD' },
        ])}`
      }, 'NY002')
      await refuses((sql) => addPostings(sql, fresh(), [5, -5], 'USD'), 'NY003')
    })

    it('an entry without postings, and postings without their entry', async () => {
      await refuses((sql) => addEntry(sql, fresh()), 'NY002')
      await refuses((sql) => addPostings(sql, fresh(), [5, -5]), '23503')
    })

    it('a posting more on an entry that exists', async () => {
      await refuses((sql) => addPostings(sql, entry.id, [5, -5], 'KES', 10), finalRow)
    })

    it.each(['journal_entries', 'postings', 'allocations', 'invoice_lines', 'audit_records'])(
      'a change or a deletion in %s',
      async (table) => {
        expect((await isp.raw.unsafe(`select 1 from ${table}`)).length).toBeGreaterThan(0)
        await refuses((sql) => sql.unsafe(`update ${table} set organisation_id = organisation_id`), finalRow, noRight)
        await refuses((sql) => sql.unsafe(`delete from ${table}`), finalRow, noRight)
      },
    )

    it.each([
      'journal_entries',
      'postings',
      'allocations',
      'invoices',
      'invoice_line_taxes',
      'invoice_lines',
      'payments',
      'receipts',
      'tax_exemptions',
      'charged_periods',
      'instalments',
      'late_fees',
      'instalment_plan_invoices',
      'number_series',
      'passes',
      'ledger_accounts',
      'ledger_blocks',
      'ledger_block_entries',
      'audit_records',
    ])('to empty %s', async (table) => {
      await refuses((sql) => sql.unsafe(`truncate ${table} cascade`), finalRow, noRight)
    })

    it('a second payment of one provider transaction, and a second entry of one payment', async () => {
      await refuses(
        (sql) => sql`
          insert into payments (organisation_id, id, source, installation_id, provider_transaction, amount_minor, currency, status, payer, evidence, paid_at, received_at, recorded_at)
          select organisation_id, ${fresh()}, source, installation_id, provider_transaction, amount_minor, currency, 'unmatched', payer, evidence, paid_at, received_at, recorded_at from payments`,
        '23505',
      )
      await refuses(async (sql) => {
        const id = fresh()
        await addPostings(sql, id, [100, -100])
        await addEntry(sql, id, { kind: 'payment_received', source_noun: 'payment', source_id: entry.paymentId })
      }, '23505')
    })

    it('to sell a minute twice, or to change what was sold', async () => {
      const sell = (sql: postgres.TransactionSql, valid: string) =>
        sql`insert into passes (organisation_id, subscription_id, price_id, terms, valid, created_at) values (${isp.organisationId}, ${line.subscriptionId}, uuidv7(), 1, ${valid}::text::tstzrange, now())`
      const hour = '[2026-06-01 10:00Z,2026-06-01 11:00Z)'
      const after = (sold: string, work: (sql: postgres.TransactionSql) => Promise<unknown>) => async (sql: postgres.TransactionSql) => {
        await sell(sql, sold)
        await work(sql)
      }
      await refuses(
        after(hour, (sql) => sell(sql, '[2026-06-01 10:59Z,2026-06-01 12:00Z)')),
        '23P01',
      )
      await refuses((sql) => sell(sql, '[2026-06-01 10:00Z,2026-06-01 10:00Z)'), '23514')
      await refuses((sql) => sell(sql, '[2026-06-01 10:00Z,2026-06-01 11:00Z]'), '23514')
      await refuses(
        after(hour, (sql) => sql`update passes set valid = '[2026-06-01 10:00Z,2026-06-01 12:00Z)'`),
        finalRow,
        noRight,
      )
      await refuses(
        after(hour, (sql) => sql`update passes set taken_back = true`),
        finalRow,
        noRight,
      )
      await refuses(
        after(hour, (sql) => sql`delete from passes`),
        finalRow,
        noRight,
      )
    })

    it('to charge a day twice, or a span that is empty or closed', async () => {
      const charge = (period: string) => (sql: postgres.TransactionSql) =>
        sql`insert into charged_periods (organisation_id, subscription_id, component, period, invoice_id, line_position) select organisation_id, subscription_id, component, ${period}::text::daterange, invoice_id, line_position from charged_periods where subscription_id = ${line.subscriptionId}`
      await refuses(charge('[2026-07-04,2026-07-20)'), '23P01')
      await refuses(charge('[2026-08-01,2026-08-01)'), '23514')
      await refuses((sql) => sql`delete from charged_periods`, finalRow, noRight)
      await refuses((sql) => sql`update charged_periods set period = '[2026-09-01,2026-10-01)'`, finalRow, noRight)
    })

    it('a gap in the invoice numbers, however it would come about', async () => {
      const copy = (sql: postgres.TransactionSql, sequences: readonly number[]) => sql`
        insert into invoices (organisation_id, id, subscriber_id, series, sequence, number, status, currency, total_minor, issued_on, due_on, created_at)
        select i.organisation_id, uuidv7(), i.subscriber_id, i.series, s, 'NRB-' || s, 'open', i.currency, i.total_minor, i.issued_on, i.due_on, i.created_at
          from (select * from invoices order by sequence limit 1) i, unnest(${[...sequences]}::int[]) as s`
      await refuses((sql) => copy(sql, [4]), 'NY005')
      await refuses((sql) => copy(sql, [3, 5]), 'NY005')
      await refuses((sql) => copy(sql, [2]), 'NY005', '23505')
      await refuses((sql) => sql`update number_series set last_sequence = last_sequence + 1`, 'NY005')
      await refuses(
        (sql) => sql`insert into number_series (organisation_id, series, last_sequence) values (${isp.organisationId}, 'NEW', 7)`,
        'NY005',
      )
      await refuses((sql) => sql`delete from number_series`, 'NY005', noRight)
      await refuses((sql) => sql`delete from invoices`, finalRow, noRight)
    })

    it.each([
      'total_minor = total_minor + 1',
      "number = 'NRB-9'",
      'due_on = due_on + 30',
      'issued_on = issued_on - 1',
      'subscriber_id = uuidv7()',
      "currency = 'USD'",
      'allocated_minor = 0',
    ])('to set %s on an invoice', async (change) => {
      await refuses((sql) => sql.unsafe(`update invoices set ${change} where subscriber_id = '${line.subscriberId}'`), finalRow)
    })

    it.each([
      'amount_minor = amount_minor + 1',
      "provider_transaction = 'OTHER00001'",
      'provider_transaction = null',
      'subscriber_id = uuidv7()',
      "paid_at = paid_at - interval '1 day'",
      "currency = 'USD'",
      'allocated_minor = 0',
      "evidence = 'statement'",
      "source = 'manual'",
    ])('to set %s on a payment', async (change) => {
      await refuses((sql) => sql.unsafe(`update payments set ${change}`), finalRow)
    })

    it('to delete a payment, or to put one that has its owner back into suspense', async () => {
      await refuses((sql) => sql`delete from payments`, finalRow, noRight)
      await refuses((sql) => sql`update payments set status = 'unmatched'`, '23514')
    })

    it('to allocate more than the payment, or more than the invoice', async () => {
      const allocate = (sql: postgres.TransactionSql, amount: number, owner: string) => sql`
        insert into allocations (organisation_id, payment_id, invoice_id, amount_minor, effective_on, created_at)
        select ${isp.organisationId}, p.id, i.id, ${amount}, '2026-06-02', now() from payments p, invoices i where i.subscriber_id = ${owner}`
      const [other] = await isp.raw`select subscriber_id from invoices where subscriber_id <> ${line.subscriberId}`
      await refuses((sql) => allocate(sql, 1, line.subscriberId), '23514')
      await refuses((sql) => allocate(sql, 200_000, other?.['subscriber_id']), '23514')
      await refuses((sql) => allocate(sql, 0, line.subscriberId), '23514')
      await refuses((sql) => allocate(sql, -100, line.subscriberId), '23514')
    })

    it('to move a balance without a posting, or to make an account another', async () => {
      await refuses((sql) => sql`update ledger_accounts set balance_minor = balance_minor + 1`, finalRow)
      await refuses((sql) => sql`update ledger_accounts set version = version + 1`, finalRow)
      await refuses((sql) => sql`update ledger_accounts set owner = 'someone'`, finalRow)
      await refuses((sql) => sql`update ledger_accounts set keeps_balance = not keeps_balance`, finalRow)
    })

    it('a version of an access state that goes back', async () => {
      await isp.until(
        'the line to be seen',
        async () =>
          (await isp.raw`select 1 from access_states where service_id = ${line.serviceId} and observed_version is not null`).length === 1,
      )
      await refuses((sql) => sql`update access_states set wanted_version = wanted_version - 1`, 'NY006')
      await refuses((sql) => sql`update access_states set observed_version = observed_version - 1`, 'NY006')
    })

    it('a reversal that is not the exact negation, is of nothing, or comes twice', async () => {
      const original = (await isp.raw`
        select a.kind, a.currency, a.owner, p.account_id, p.amount_minor from postings p join ledger_accounts a on a.id = p.account_id where p.entry_id = ${entry.id} order by p.position`) as unknown as {
        account_id: string
        amount_minor: string
        kind: string
        currency: string
        owner: string
      }[]
      const core: JournalEntry & { id: EntryId } = {
        id: entry.id,
        kind: 'payment_received',
        currency: 'KES',
        effectiveOn: '2026-06-01',
        source: { noun: 'payment', id: entry.paymentId },
        postings: original.map(({ kind, currency, owner, amount_minor }) => ({
          account: { kind, currency, owner },
          amountMinor: BigInt(amount_minor),
        })),
      } as never
      const reverse = async (sql: postgres.TransactionSql, { off = 0n, of = entry.id as string } = {}) => {
        const id = fresh()
        const rows = reversalOf(core, '2026-06-02' as never).postings.map(({ amountMinor }, index) => ({
          organisation_id: isp.organisationId,
          entry_id: id,
          position: index + 1,
          account_id: original[index]?.account_id,
          amount_minor: (amountMinor + (index === 0 ? off : index === 1 ? -off : 0n)).toString(),
          currency: 'KES',
        }))
        await sql`insert into postings ${sql(rows)}`
        await addEntry(sql, id, { kind: 'reversal', source_noun: 'entry', source_id: id, reverses_entry_id: of })
      }
      await refuses((sql) => reverse(sql, { off: 1n }), 'NY004')
      await refuses((sql) => reverse(sql, { of: fresh() }), 'NY004')
      await refuses(async (sql) => {
        await reverse(sql)
        await reverse(sql)
      }, '23505')
    })
  })
})
