import { civilDate, money, type PlanId } from '@nyuzi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runDailyCycle } from '../../src/flows/billing/run-daily-cycle.ts'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import type { NewPrice } from '../../src/flows/catalog/create-price.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { recordManualPayment } from '../../src/flows/payments/record-manual-payment.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'

describe('An ISP in Kenya that charges taxes', () => {
  let isp: Isp
  let lines: readonly Line[]
  const planOf = (code: string, amount: string, price: Partial<NewPrice>): Promise<PlanId> =>
    createPlan(isp.deps, isp.organisationId, { code, name: code, actor: 'test', price: { ...priceOf(amount, 'postpaid', 3), ...price } })
  const change = (input: Omit<Parameters<typeof changeOrganisation>[2], 'actor'>) =>
    changeOrganisation(isp.deps, isp.organisationId, { ...input, actor: 'test' })
  const invoiceOf = async (line: Line | undefined, issuedOn: string) =>
    (
      await isp.raw`
        select n.net_minor, n.total_minor, n.tax_point, n.arithmetic, i.total_minor as invoice_minor, i.status,
               (select array_agg(t.code || ' ' || t.rate_bp || ' ' || t.base_minor || ' ' || t.amount_minor order by t.position)
                  from invoice_line_taxes t where t.invoice_id = n.invoice_id and t.line_position = n.position) as taxes
        from invoice_lines n join invoices i on i.id = n.invoice_id
        where i.subscriber_id = ${line?.subscriberId ?? ''} and i.issued_on = ${issuedOn}`
    )[0]
  /** What stands on the credit side, by kind and owner. */
  const balances = async () =>
    Object.fromEntries(
      (
        await isp.raw`
          select a.kind || ':' || a.owner as name, -sum(p.amount_minor) as balance from postings p join ledger_accounts a on a.id = p.account_id
          where a.kind in ('revenue', 'tax_payable') group by a.kind, a.owner order by 1`
      ).map(({ name, balance }) => [name, Number(balance)]),
    )

  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    await change({ taxPack: 'KE', taxPin: 'P051234567X' })
    const startsOn = civilDate('2026-06-10')
    const exclusive = await planOf('FIRM', '3000', { pricing: 'exclusive' })
    const router = await planOf('ROUTER', '1160', { taxClass: 'equipment' })
    const exempt = await planOf('EMBASSY', '2000', { taxClass: 'exempt' })
    lines = [await isp.subscribe({ startsOn, anchorDay: 10 })]
    for (const planId of [exclusive, router, exempt]) lines = [...lines, await isp.subscribe({ startsOn, anchorDay: 10, planId })]
  })
  afterAll(() => isp.close())

  it('rehearses the run as it will be, and writes nothing', async () => {
    isp.day('2026-06-03')
    const rehearsed = await runDailyCycle(isp.deps, isp.organisationId, { dryRun: true })
    expect(await isp.raw`select from invoice_line_taxes`).toHaveLength(0)
    const done = await isp.cycle()
    expect(done).toMatchObject({ invoicesIssued: 4, subscriptionsParked: 0 })
    expect(rehearsed).toEqual({ ...done, dryRun: true })
  })

  it('takes the taxes out of an advertised price and explains it on the line', async () => {
    expect(await invoiceOf(lines[0], '2026-06-03')).toMatchObject({
      net_minor: '112443',
      taxes: ['excise 1500 112443 16867', 'vat 1600 129310 20690'],
      total_minor: '150000',
      invoice_minor: '150000',
      tax_point: '2026-06-03',
      arithmetic: '1500.00 incl.: VAT 16 % 206.90, excise 15 % 168.67, net 1124.43',
    })
  })

  it('lays them on a price that excludes them, by the class of the price', async () => {
    expect(await invoiceOf(lines[1], '2026-06-03')).toMatchObject({
      net_minor: '300000',
      taxes: ['excise 1500 300000 45000', 'vat 1600 345000 55200'],
      invoice_minor: '400200',
    })
    expect(await invoiceOf(lines[2], '2026-06-03')).toMatchObject({ taxes: ['vat 1600 100000 16000'], invoice_minor: '116000' })
    expect(await invoiceOf(lines[3], '2026-06-03')).toMatchObject({ taxes: null, net_minor: '200000', arithmetic: '2000.00' })
  })

  it('has earned the net and owes the state the rest', async () => {
    expect(await balances()).toEqual({
      'revenue:internet': 112_443 + 300_000 + 100_000 + 200_000,
      'tax_payable:excise': 16_867 + 45_000,
      'tax_payable:vat': 20_690 + 55_200 + 16_000,
    })
    expect((await isp.verify()).doubts).toEqual([])
  })

  it('is paid the total, and owes the state the same', async () => {
    const before = await balances()
    const paid = { branchId: isp.branchId, subscriberId: lines[1]?.subscriberId as Line['subscriberId'], amount: money(400_200n, 'KES') }
    await recordManualPayment(isp.deps, isp.organisationId, { ...paid, reference: 'SLIP-1', paidAt: isp.clock.now(), actor: 'test' })
    expect(await invoiceOf(lines[1], '2026-06-03')).toMatchObject({ status: 'paid' })
    expect(await balances()).toEqual(before)
    expect((await isp.verify()).doubts).toEqual([])
  })

  it('bears a new rate from its day on, and leaves what was issued alone', async () => {
    await change({ taxSettings: { rates: [{ code: 'excise', rateBp: 2500, from: civilDate('2026-07-03') }] } })
    isp.day('2026-07-03')
    expect(await isp.cycle()).toMatchObject({ invoicesIssued: 4 })
    expect(await invoiceOf(lines[1], '2026-07-03')).toMatchObject({
      taxes: ['excise 2500 300000 75000', 'vat 1600 375000 60000'],
      invoice_minor: '435000',
    })
    expect(await invoiceOf(lines[1], '2026-06-03')).toMatchObject({ taxes: ['excise 1500 300000 45000', 'vat 1600 345000 55200'] })
    expect((await isp.verify()).doubts).toEqual([])
  })

  it('cannot be told of a tax that its pack does not have', async () => {
    const rates = [{ code: 'levy', rateBp: 100, from: civilDate('2026-07-03') }]
    await expect(change({ taxSettings: { rates } })).rejects.toMatchObject({ code: 'unknown_tax' })
    await expect(change({ taxPack: 'BD' })).rejects.toMatchObject({ code: 'unknown_tax' })
  })

  it('charges no taxes once it has no pack', async () => {
    await change({ taxPack: 'none', taxSettings: null })
    isp.day('2026-08-03')
    await isp.cycle()
    expect(await invoiceOf(lines[1], '2026-08-03')).toMatchObject({ taxes: null, invoice_minor: '300000', arithmetic: '3000.00' })
    expect((await isp.verify()).doubts).toEqual([])
  })
})

describe('The database', () => {
  let isp: Isp
  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-03T06:00:00Z' })
    await changeOrganisation(isp.deps, isp.organisationId, { taxPack: 'KE', actor: 'test' })
    await isp.subscribe({ startsOn: civilDate('2026-06-10'), anchorDay: 10 })
    await isp.cycle()
  })
  afterAll(() => isp.close())

  it('refuses that a tax row is changed or deleted, or comes after its line', async () => {
    await expect(isp.raw`update invoice_line_taxes set amount_minor = 0`).rejects.toMatchObject({ code: 'NY001' })
    await expect(isp.raw`delete from invoice_line_taxes`).rejects.toMatchObject({ code: 'NY001' })
    await expect(isp.raw`
      insert into invoice_line_taxes (organisation_id, invoice_id, line_position, position, code, title, rate_bp, base_minor, amount_minor)
      select organisation_id, invoice_id, line_position, 3, 'levy', 'levy', 0, base_minor, 0 from invoice_line_taxes limit 1`).rejects.toMatchObject(
      {
        code: 'NY001',
      },
    )
  })

  it('refuses a line that is not its net and its taxes', async () => {
    const copy = (totalMinor: number) => isp.raw`
      insert into invoice_lines
      select (jsonb_populate_record(n, jsonb_build_object('position', 2, 'total_minor', ${totalMinor}::int))).* from invoice_lines n`
    await expect(copy(150_000)).rejects.toMatchObject({ code: 'NY007' })
  })

  it('refuses taxes without a line', async () => {
    const orphan = isp.raw`
      insert into invoice_line_taxes (organisation_id, invoice_id, line_position, position, code, title, rate_bp, base_minor, amount_minor)
      select organisation_id, invoice_id, 9, position, code, title, rate_bp, base_minor, amount_minor from invoice_line_taxes`
    await expect(orphan).rejects.toMatchObject({ code: '23503' })
  })

  it('does not let the server’s own role change them either', async () => {
    const asServer = isp.raw.begin(async (sql) => {
      await sql`set local role nyuzi_app`
      await sql`update invoice_line_taxes set amount_minor = 0`
    })
    await expect(asServer).rejects.toMatchObject({ code: '42501' })
  })

  it('that was changed behind its own back is found by the ledger’s check', async () => {
    const tamper = (by: number) =>
      isp.raw.begin(async (sql) => {
        await sql`alter table invoice_line_taxes disable trigger user`
        await sql`update invoice_line_taxes set amount_minor = amount_minor + ${by} where code = 'vat'`
        await sql`alter table invoice_line_taxes enable trigger user`
      })
    await tamper(1)
    const { doubts } = await isp.verify()
    expect(doubts.map(({ rule, subject }) => [rule, subject])).toEqual([
      ['B2', 'NRB-000001'],
      ['B2c', 'NRB-000001, line 1'],
      ['B2d', 'NRB-000001, vat'],
    ])
    await tamper(-1)
    expect((await isp.verify()).doubts).toEqual([])
  })
})
