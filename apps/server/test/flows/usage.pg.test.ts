import { civilDate, type InvoiceId, money, type UsageTariff } from '@nyuzi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { explainInvoice } from '../../src/flows/billing/explain-invoice.ts'
import { recomputeIssued } from '../../src/flows/billing/recompute-issued.ts'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { voidInvoice } from '../../src/flows/credits/void-invoice.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { createDataBundle } from '../../src/flows/usage/create-data-bundle.ts'
import { grantAllowance } from '../../src/flows/usage/grant-allowance.ts'
import { recordUsage } from '../../src/flows/usage/record-usage.ts'
import { sellDataBundle } from '../../src/flows/usage/sell-data-bundle.ts'
import { withdrawDataBundle } from '../../src/flows/usage/withdraw-data-bundle.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'
import { wordsOf } from '../line-words.ts'

const kes = (amountMinor: bigint) => money(amountMinor, 'KES')
const graduated: UsageTariff = {
  scheme: 'graduated',
  unit: 'MB',
  blockUnits: 1_024n,
  includedUnits: 1_024n,
  tiers: [{ upTo: 10_240n, price: kes(500n) }, { price: kes(300n) }],
}

describe('An ISP that charges what is used', () => {
  let isp: Isp
  const actor = 'test'
  const use = ({ subscriptionId }: Line, ...records: (readonly [key: string, quantity: bigint, at: string])[]) =>
    recordUsage(isp.deps, isp.organisationId, {
      source: 'radius',
      records: records.map(([key, quantity, at]) => ({ subscriptionId, key, unit: 'MB', quantity, occurredAt: new Date(at) })),
      actor,
    })
  const planOf = (code: string, tariff: UsageTariff) =>
    createPlan(isp.deps, isp.organisationId, {
      code,
      name: code,
      actor,
      price: {
        ...priceOf('1000', 'postpaid', 3),
        usage: [{ key: 'data', title: 'Data', category: 'internet', taxClass: 'internet', tariff }],
      },
    })
  const sold = async (code: string, tariff: UsageTariff, startsOn = '2026-06-01') =>
    isp.subscribe({ planId: await planOf(code, tariff), startsOn: civilDate(startsOn), anchorDay: 1 })
  const used = async ({ subscriptionId }: Line) =>
    (
      await isp.raw<{ arithmetic: string; total: string; issued: string; due: string }[]>`
        select n.description, n.category, n.period_start, n.period_end, n.arithmetic, n.total_minor as total, i.issued_on as issued, i.due_on as due from invoice_lines n join invoices i on i.id = n.invoice_id
         where n.subscription_id = ${subscriptionId} and n.component = 'data' order by i.sequence, n.position`
    ).map((row) => `${row.issued} due ${row.due}: ${wordsOf(row)}: ${row.arithmetic}: ${row.total}`)
  async function days(...dates: string[]) {
    for (const date of dates) {
      isp.day(date)
      await isp.cycle()
    }
  }
  async function sound() {
    expect((await isp.verify()).doubts).toEqual([])
    expect(await recomputeIssued(isp.deps, isp.organisationId)).toMatchObject({ differing: 0 })
  }

  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
  })
  afterAll(() => isp.close())

  it('charges a period when it is over, on the line of its own with its working, and records that came late with the next', async () => {
    const line = await sold('METER', graduated)
    await days('2026-06-01', '2026-06-20')
    await use(line, ['a', 5_120n, '2026-06-10T12:00:00Z'], ['b', 6_144n, '2026-06-30T20:59:59Z'], ['c', 2_048n, '2026-06-30T21:00:00Z'])
    await days('2026-06-30')
    expect(await used(line)).toEqual([])
    await days('2026-07-01')
    const june = '2026-07-01 due 2026-07-01: Data, 11264 MB, 1 Jun 2026 to 30 Jun 2026: 1024 MB included; 10240 × 5.00 ÷ 1024: 5000'
    expect(await used(line)).toEqual([june])
    isp.day('2026-07-05')
    await use(line, ['late', 1_024n, '2026-06-15T12:00:00Z'])
    await days('2026-07-06', '2026-08-01')
    expect(await used(line)).toEqual([
      june,
      '2026-08-01 due 2026-08-01: Data (reported late), 1024 MB, 1 Jun 2026 to 30 Jun 2026: 1024 MB included; 10240 × 5.00 ÷ 1024; 1024 × 3.00 ÷ 1024; less 50.00 for the first 11264: 300',
      '2026-08-01 due 2026-08-01: Data, 2048 MB, 1 Jul 2026 to 31 Jul 2026: 1024 MB included; 1024 × 5.00 ÷ 1024: 500',
    ])
    await sound()
  })

  it('takes a record once, and refuses its key for another', async () => {
    const line = await sold('ONCE', graduated, '2026-08-01')
    const record = ['k', 10n, '2026-08-02T10:00:00Z'] as const
    expect(await use(line, record, record)).toEqual({ recorded: 1, repeated: 1 })
    const repeats = await Promise.all(Array.from({ length: 10 }, () => use(line, record)))
    expect(repeats.every(({ recorded, repeated }) => recorded === 0 && repeated === 1)).toBe(true)
    await expect(use(line, ['k', 11n, '2026-08-02T10:00:00Z'])).rejects.toMatchObject({ code: 'usage_key_reused' })
    const fresh = ['k2', 5n, '2026-08-02T11:00:00Z'] as const
    const raced = await Promise.all(Array.from({ length: 10 }, () => use(line, fresh)))
    expect(raced.reduce((sum, { recorded }) => sum + recorded, 0)).toBe(1)
    expect(await isp.raw`select units from usage_days where subscription_id = ${line.subscriptionId}`).toEqual([{ units: '15' }])
    await expect(
      recordUsage(isp.deps, isp.organisationId, {
        source: 'radius',
        records: [{ subscriptionId: isp.organisationId as never, key: 'x', unit: 'MB', quantity: 1n, occurredAt: new Date() }],
        actor,
      }),
    ).rejects.toMatchObject({ code: 'not_found', errors: [{ field: 'records.0.subscription' }] })
    await expect(isp.raw`update usage_records set quantity = 1`).rejects.toMatchObject({ code: 'NY001' })
  })

  it('draws allowances first, the one that expires soonest before the others, and charges what they leave', async () => {
    isp.day('2026-09-01')
    const line = await sold('BUNDLE', { ...graduated, includedUnits: 0n, blockUnits: 1n }, '2026-09-01')
    const grant = (title: string, units: bigint, validUntil: string) =>
      grantAllowance(isp.deps, isp.organisationId, line.subscriptionId, {
        title,
        unit: 'MB',
        units,
        validUntil: new Date(validUntil),
        actor,
      })
    await grant('Month', 100n, '2026-10-01T00:00:00Z')
    await grant('Week', 50n, '2026-09-08T00:00:00Z')
    isp.day('2026-09-09')
    await use(line, ['r1', 30n, '2026-09-02T10:00:00Z'], ['r2', 60n, '2026-09-03T10:00:00Z'], ['r3', 80n, '2026-09-09T08:00:00Z'])
    const balances = await isp.raw`select title, used_units from allowances where subscription_id = ${line.subscriptionId} order by title`
    expect(balances).toEqual([
      { title: 'Month', used_units: '100' },
      { title: 'Week', used_units: '50' },
    ])
    await days('2026-10-01')
    expect(await used(line)).toEqual(['2026-10-01 due 2026-10-01: Data, 20 MB, 1 Sep 2026 to 30 Sep 2026: 20 × 5.00: 10000'])
    await sound()
    const [{ number } = { number: '' }] = await isp.raw<{ number: string }[]>`
      select i.number from invoices i join invoice_lines n on n.invoice_id = i.id where n.subscription_id = ${line.subscriptionId} and n.component = 'data'`
    const explained = () => explainInvoice(isp.deps, isp.organisationId, { number })
    const position = (await explained())?.issued.lines.find(({ usage }) => usage)?.position ?? 0
    expect((await explained())?.recomputed.lines.get(position)?.steps.slice(0, 2)).toEqual([
      '170 units were measured in 3 records; Week covers 50, Month covers 100: 20 are left to be charged',
      '20 units: (20 × 5.00) ÷ 1, rounded = 100.00',
    ])
    const differsAfter = async (change: string, back: string) => {
      const plant = (text: string) =>
        isp.raw.begin(async (sql) => {
          await sql`set local session_replication_role = replica`
          await sql.unsafe(text)
        })
      await plant(change)
      const found = (await explained())?.recomputed.differences.map(({ field, issued, recomputed }) => [field, issued, recomputed])
      await plant(back)
      return found?.[0]
    }
    const more = (table: string, column: string, by: number, where: string) =>
      `update ${table} set ${column} = ${column} + ${by} where ${where}`
    expect(
      await differsAfter(more('usage_records', 'quantity', 5, `key = 'r3'`), more('usage_records', 'quantity', -5, `key = 'r3'`)),
    ).toEqual(['units', '20', '25'])
    expect(
      await differsAfter(
        more('allowances', 'granted_units', 10, `title = 'Week'`),
        more('allowances', 'granted_units', -10, `title = 'Week'`),
      ),
    ).toEqual(['units', '20', '10'])
    expect(
      await differsAfter(more('invoice_line_usage', 'units', 1, 'units = 20'), more('invoice_line_usage', 'units', -1, 'units = 21')),
    ).toEqual(['units', '21', '20'])
    await sound()
  })

  it('bears taxes, and costs nothing while all is included', async () => {
    await changeOrganisation(isp.deps, isp.organisationId, { taxPack: 'KE', actor })
    isp.day('2026-10-01')
    const line = await sold('TAXED', graduated, '2026-10-01')
    await use(line, ['t1', 1_000n, '2026-10-02T10:00:00Z'])
    await days('2026-11-01')
    expect(await used(line)).toEqual([])
    await use(line, ['t2', 1_048n, '2026-10-02T10:00:00Z'])
    await days('2026-12-01')
    expect(await used(line)).toEqual([
      '2026-12-01 due 2026-12-01: Data (reported late), 1048 MB, 1 Oct 2026 to 31 Oct 2026: 1024 MB included; 1024 × 5.00 ÷ 1024; less 0.00 for the first 1000 = 5.00 incl.: VAT 16 % 0.69, excise 15 % 0.56, net 3.75: 500',
    ])
    await sound()
  })

  it('charges nothing when late use makes the whole cheaper, and counts it with what comes after', async () => {
    isp.day('2026-12-01')
    const tiers = [{ upTo: 100n, price: kes(500n) }, { price: kes(100n) }]
    const line = await sold('VOLUME', { ...graduated, scheme: 'volume', includedUnits: 0n, blockUnits: 1n, tiers }, '2026-12-01')
    await use(line, ['v1', 100n, '2026-12-02T10:00:00Z'])
    await days('2027-01-01')
    await use(line, ['v2', 1n, '2026-12-02T10:00:00Z'])
    await days('2027-02-01')
    expect(await used(line)).toHaveLength(1)
    await use(line, ['v3', 500n, '2026-12-02T10:00:00Z'])
    await days('2027-03-01')
    const charged =
      await isp.raw`select sum(total_minor)::text as total from invoice_lines where subscription_id = ${line.subscriptionId} and component = 'data'`
    expect(charged).toEqual([{ total: '60100' }])
    await sound()
  })

  it('sells a data bundle: its price is claimed and its units are drawn, and prepaid buys it with credit', async () => {
    const bundle = await createDataBundle(isp.deps, isp.organisationId, {
      ...{ code: 'DATA5', title: '5 MB for a day', unit: 'MB', units: 5n, validDays: 1, amount: kes(1_160n) },
      ...{ category: 'internet', taxClass: 'internet', pricing: 'inclusive', actor },
    })
    const sell = ({ subscriptionId }: Line) => sellDataBundle(isp.deps, isp.organisationId, subscriptionId, { dataBundleId: bundle, actor })
    isp.day('2027-03-02')
    const line = await sold('SHOP', { ...graduated, includedUnits: 0n, blockUnits: 1n }, '2027-03-02')
    const done = await sell(line)
    if (done.outcome !== 'done') throw new Error('nothing was sold')
    expect(await isp.raw`select kind, total_minor from invoices where id = ${done.result.invoiceId}`).toEqual([
      { kind: 'debit_note', total_minor: '1160' },
    ])
    await use(line, ['s1', 7n, '2027-03-02T12:00:00Z'], ['s2', 1n, '2027-03-03T09:00:00Z'])
    expect(await isp.raw`select units, covered_units from usage_days where subscription_id = ${line.subscriptionId} order by day`).toEqual([
      { units: '7', covered_units: '5' },
      { units: '1', covered_units: '0' },
    ])
    const planId = await createPlan(isp.deps, isp.organisationId, { code: 'PRE', name: 'Pre', actor, price: priceOf('500', 'prepaid', 0) })
    const prepaid = await isp.subscribe({ planId })
    await expect(sell(prepaid)).rejects.toMatchObject({ code: 'not_enough_credit' })
    expect(await isp.raw`select from invoices where subscriber_id = ${prepaid.subscriberId}`).toHaveLength(0)
    const voiding = (invoiceId: InvoiceId) => voidInvoice(isp.deps, isp.organisationId, { invoiceId, reason: 'sold by mistake', actor })
    await expect(voiding(done.result.invoiceId)).rejects.toMatchObject({ code: 'allowance_used' })
    const other = await sold('OTHER', { ...graduated, includedUnits: 0n, blockUnits: 1n }, '2027-03-02')
    const mistaken = await sell(other)
    if (mistaken.outcome !== 'done') throw new Error('nothing was sold')
    await voiding(mistaken.result.invoiceId)
    await use(other, ['s3', 2n, '2027-03-02T13:00:00Z'])
    expect(await isp.raw`select units, covered_units from usage_days where subscription_id = ${other.subscriptionId}`).toEqual([
      { units: '2', covered_units: '0' },
    ])
    expect(await isp.raw`select withdrawn_at is not null as gone from allowances where invoice_id = ${mistaken.result.invoiceId}`).toEqual([
      { gone: true },
    ])
    await withdrawDataBundle(isp.deps, isp.organisationId, bundle, { actor })
    await expect(sell(line)).rejects.toMatchObject({ code: 'data_bundle_withdrawn' })
    await days('2027-04-02')
    expect(await used(other)).toHaveLength(1)
    await sound()
  })
})
