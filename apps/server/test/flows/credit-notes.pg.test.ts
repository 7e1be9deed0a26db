import { civilDate, type InvoiceId, money, type Period } from '@nyuzi/core'
import type postgres from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { recomputeCredits } from '../../src/flows/billing/recompute-credits.ts'
import { issueCreditNote, type NewCreditNote } from '../../src/flows/credits/issue-credit-note.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { type Isp, type Line, openIsp } from '../isp.ts'

const kes = (amountMinor: bigint) => money(amountMinor, 'KES')
const days = (start: string, end: string): Period => ({ start: civilDate(start), end: civilDate(end) })

describe('A credit note', () => {
  let isp: Isp
  let line: Line
  let invoiceId: InvoiceId
  const credit = (input: Partial<NewCreditNote>) =>
    issueCreditNote(isp.deps, isp.organisationId, { invoiceId, reason: 'test', actor: 'test', ...input })
  const pay = (amountMinor: bigint) => isp.pay(line, amountMinor)
  const invoice = async () => (await isp.raw`select status, total_minor, allocated_minor from invoices where id = ${invoiceId}`)[0]
  const credits = () => isp.raw`select number, total_minor, allocated_minor from credits order by sequence`
  const balance = async (kind: string, owner: string = line.subscriberId) =>
    Number(
      (
        await isp.raw`select sum(p.amount_minor) as sum from postings p join ledger_accounts a on a.id = p.account_id where a.kind = ${kind} and a.owner = ${owner}`
      )[0]?.['sum'] ?? 0,
    )
  const charged = async () =>
    (await isp.raw`select period::text from charged_periods where invoice_id = ${invoiceId} order by period`).map(({ period }) => period)

  beforeEach(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    await changeOrganisation(isp.deps, isp.organisationId, { taxPack: 'KE', actor: 'test' })
    line = await isp.subscribe({ startsOn: civilDate('2026-06-01'), anchorDay: 1 })
    await isp.cycle()
    invoiceId = (await isp.raw`select id from invoices`)[0]?.['id']
  })
  afterEach(async () => {
    expect((await isp.verify()).doubts).toEqual([])
    await isp.close()
  })

  it('for days takes back the share of their net and taxes, settles the claim with it and releases the days', async () => {
    await credit({ lines: [{ position: 1, days: days('2026-06-11', '2026-07-01') }] })
    expect(await credits()).toEqual([{ number: 'NRB-CN-000001', total_minor: '100000', allocated_minor: '100000' }])
    expect(await invoice()).toEqual({ status: 'open', total_minor: '150000', allocated_minor: '100000' })
    expect(await charged()).toEqual(['[2026-06-01,2026-06-11)'])
    expect([await balance('receivable'), await balance('credit'), await balance('revenue', 'internet')]).toEqual([
      50_000,
      0,
      74_963 - 112_443,
    ])
    expect([await balance('tax_payable', 'vat'), await balance('tax_payable', 'excise')]).toEqual([13_793 - 20_690, 11_244 - 16_867])
    await credit({ lines: [{ position: 1, days: days('2026-06-03', '2026-06-05') }] })
    expect(await charged()).toEqual(['[2026-06-01,2026-06-03)', '[2026-06-05,2026-06-11)'])
    await expect(credit({ lines: [{ position: 1, days: days('2026-06-04', '2026-06-07') }] })).rejects.toMatchObject({
      code: 'days_not_charged',
    })
    await credit({})
    expect(await charged()).toEqual([])
    expect(await invoice()).toMatchObject({ status: 'paid', allocated_minor: '150000' })
    expect([await balance('receivable'), await balance('revenue', 'internet'), await balance('tax_payable', 'vat')]).toEqual([0, 0, 0])
    await expect(credit({})).rejects.toMatchObject({ code: 'credit_exceeds_line' })
  })

  it('for a claim that is paid is free credit, which the next invoice takes', async () => {
    await pay(150_000n)
    await credit({ lines: [{ position: 1, total: kes(30_000n) }] })
    expect([await balance('receivable'), await balance('credit')]).toEqual([0, -30_000])
    isp.day('2026-06-24')
    await isp.cycle()
    expect([await balance('receivable'), await balance('credit')]).toEqual([120_000, 0])
    expect(await credits()).toMatchObject([{ total_minor: '30000', allocated_minor: '30000' }])
  })

  it('for a part of a claim gives no more back than is left, and days afterwards what goodwill left of them', async () => {
    await credit({ lines: [{ position: 1, net: kes(100_000n) }] })
    await expect(credit({ lines: [{ position: 1, total: kes(20_000n) }] })).rejects.toMatchObject({ code: 'credit_exceeds_line' })
    await credit({ lines: [{ position: 1, days: days('2026-06-11', '2026-07-01') }] })
    expect(await invoice()).toMatchObject({ status: 'paid' })
    expect(await charged()).toEqual(['[2026-06-01,2026-06-11)'])
  })

  it('lets a line in again that was cut off for the debt', async () => {
    isp.day('2026-06-20')
    await isp.cycle()
    const wanted = async () =>
      (await isp.raw`select wanted_state from access_states where service_id = ${line.serviceId}`)[0]?.['wanted_state']
    expect(await wanted()).toBe('suspended')
    await credit({})
    expect(await wanted()).toBe('active')
  })

  it('of two at once that both want the last cent, one is refused', async () => {
    const two = await Promise.allSettled([1, 2].map(() => credit({ lines: [{ position: 1, total: kes(100_000n) }] })))
    expect(two.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('is computed a second time each night, and one that a hand changed is found', async () => {
    await credit({ lines: [{ position: 1, days: days('2026-06-11', '2026-06-21') }] })
    await credit({ lines: [{ position: 1, net: kes(20_000n) }] })
    await credit({})
    expect(await recomputeCredits(isp.deps, isp.organisationId)).toEqual({ read: 3, differing: 0 })
    const change = (off: number) =>
      isp.raw.begin(async (sql) => {
        await sql`set local session_replication_role = replica`
        await sql`update credit_lines set net_minor = net_minor + ${off}, total_minor = total_minor + ${off} where days = '[2026-06-21,2026-07-01)'`
      })
    await change(100)
    expect(await recomputeCredits(isp.deps, isp.organisationId)).toMatchObject({ differing: 1 })
    const tasks = () => isp.raw`select title, done_at from tasks where kind = 'credit_note_differs'`
    expect(await tasks()).toMatchObject([{ title: expect.stringContaining('Credit note NRB-CN-000003 differs'), done_at: null }])
    await change(-100)
    await recomputeCredits(isp.deps, isp.organisationId)
    expect((await tasks())[0]?.['done_at']).not.toBeNull()
  })
})

describe('The database refuses', () => {
  let isp: Isp
  let line: Line
  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    await changeOrganisation(isp.deps, isp.organisationId, { taxPack: 'KE', actor: 'test' })
    line = await isp.subscribe({ startsOn: civilDate('2026-06-01'), anchorDay: 1 })
    await isp.cycle()
    const invoiceId = (await isp.raw`select id from invoices`)[0]?.['id']
    const lines = [{ position: 1, days: days('2026-06-11', '2026-06-21') }]
    await issueCreditNote(isp.deps, isp.organisationId, { invoiceId, reason: 'test', actor: 'test', lines })
  })
  afterAll(() => isp.close())

  const roles = ['the server', 'the owner'] as const
  async function refusal(role: (typeof roles)[number], work: (sql: postgres.TransactionSql) => Promise<unknown>): Promise<string> {
    try {
      await isp.raw.begin(async (sql) => {
        if (role === 'the server') {
          await sql`set local role nyuzi_app`
          await sql`select set_config('nyuzi.organisation_id', ${isp.organisationId}, true)`
        }
        await work(sql)
        await sql`set constraints all immediate`
        throw new Error('what was not refused is rolled back')
      })
    } catch (error) {
      if (error instanceof Error && 'code' in error) return String(error.code)
    }
    return 'nothing: it was done'
  }
  /** Another credit line as the one that is there, changed. */
  const creditLine =
    (changes: string, tax = 0) =>
    async (sql: postgres.TransactionSql) => {
      const id = isp.deps.ids.next()
      await sql`
      insert into credits (organisation_id, id, subscriber_id, kind, series, sequence, number, currency, total_minor, issued_on, reason, created_at)
      select organisation_id, ${id}, subscriber_id, kind, series, sequence + 1, 'NRB-CN-2', currency, 0, issued_on, reason, created_at from credits`
      if (tax > 0)
        await sql`
        insert into credit_line_taxes (organisation_id, credit_id, line_position, position, code, title, rate_bp, base_minor, amount_minor)
        values (${isp.organisationId}, ${id}, 1, 1, 'vat', 'VAT', 1600, 0, ${tax})`
      await sql.unsafe(
        `insert into credit_lines select (json_populate_record(l, ('{"credit_id":"${id}"}'::jsonb || '${changes}'::jsonb)::json)).* from credit_lines l`,
      )
    }

  describe.each(roles)('to %s', (role) => {
    it.each(['credits', 'credit_lines', 'credit_line_taxes', 'credit_allocations'])(
      'a change, a deletion or the end of %s',
      async (table) => {
        for (const statement of [
          `update ${table} set organisation_id = organisation_id`,
          `delete from ${table}`,
          `truncate ${table} cascade`,
        ])
          expect(['NY001', '42501']).toContain(await refusal(role, (sql) => sql.unsafe(statement)))
      },
    )

    it.each([
      ['that takes net beyond what the line claimed', '{"net_minor":90000,"total_minor":90000,"days":null}', 0, 'NY008'],
      ['that takes more of a tax than the line bore', '{"net_minor":0,"total_minor":20000,"days":null}', 20_000, 'NY008'],
      ['that is not its net and its taxes', '{"net_minor":100,"total_minor":101,"days":null}', 0, 'NY007'],
      ['of days that are credited already', '{"net_minor":0,"total_minor":0,"days":"[2026-06-15,2026-06-25)"}', 0, 'NY008'],
      ['of days that the line does not charge', '{"net_minor":0,"total_minor":0,"days":"[2026-06-25,2026-07-02)"}', 0, 'NY008'],
      ['of no day', '{"net_minor":0,"total_minor":0,"days":"[2026-06-25,2026-06-25)"}', 0, '23514'],
    ])('a credit line %s', async (_what, changes, tax, code) => {
      expect(await refusal(role, creditLine(changes, tax))).toBe(code)
    })

    it('nothing that is sound', async () => {
      expect(await refusal(role, creditLine('{"net_minor":100,"total_minor":116,"days":"[2026-06-25,2026-06-26)"}', 16))).toBe(
        'nothing: it was done',
      )
    })

    it('a tax that comes after its line', async () => {
      const late = (sql: postgres.TransactionSql) =>
        sql`insert into credit_line_taxes select organisation_id, credit_id, line_position, 3, 'levy', title, rate_bp, base_minor, 0 from credit_line_taxes limit 1`
      expect(await refusal(role, late)).toBe('NY001')
    })

    it('an allocation beyond the credit or the claim, and a gap in the numbers', async () => {
      const allocate = (sql: postgres.TransactionSql) =>
        sql`insert into credit_allocations (organisation_id, credit_id, invoice_id, amount_minor, effective_on, created_at) select organisation_id, credit_id, invoice_id, 1, '2026-06-02', now() from credit_lines`
      expect(await refusal(role, allocate)).toBe('23514')
      const skip = (sql: postgres.TransactionSql) =>
        sql`insert into credits (organisation_id, subscriber_id, kind, series, sequence, number, currency, total_minor, issued_on, reason, created_at)
            select organisation_id, subscriber_id, kind, series, sequence + 2, 'NRB-CN-3', currency, 0, issued_on, reason, created_at from credits`
      expect(await refusal(role, skip)).toBe('NY005')
    })

    it('to void a claim that is settled in part, or to change its kind', async () => {
      for (const change of ["status = 'void'", "kind = 'deposit'"])
        expect(await refusal(role, (sql) => sql.unsafe(`update invoices set ${change} where subscriber_id = '${line.subscriberId}'`))).toBe(
          'NY001',
        )
    })
  })
})
