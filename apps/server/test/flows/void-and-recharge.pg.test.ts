import { asId, civilDate, type InvoiceId, money, type Price } from '@nyuzi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recomputeIssued } from '../../src/flows/billing/recompute-issued.ts'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { createCharge } from '../../src/flows/charges/create-charge.ts'
import { voidInvoice } from '../../src/flows/credits/void-invoice.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { recordUsage } from '../../src/flows/usage/record-usage.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'

const actor = 'test'
const installation = {
  key: 'install',
  title: 'Installation',
  category: 'installation',
  taxClass: 'installation',
  kind: 'one_time',
} as const
const usage: Price['usage'] = [
  {
    key: 'data',
    title: 'Data',
    category: 'usage',
    taxClass: 'internet',
    tariff: { scheme: 'per_unit', unit: 'MB', blockUnits: 100n, includedUnits: 0n, tiers: [{ price: money(500n, 'KES') }] },
  },
]

/** 1500 a month from 10 June 2026, with what is charged once and what is measured; issued a week ahead. */
describe('An invoice that was a mistake', () => {
  let isp: Isp
  let line: Line
  let other: Line

  const linesOf = async ({ subscriptionId }: Line) =>
    (
      await isp.raw`
        select i.status, n.component, n.period_start, n.period_end, n.total_minor, n.total_minor - n.net_minor as taxes
          from invoice_lines n join invoices i on i.id = n.invoice_id where n.subscription_id = ${subscriptionId} order by i.sequence, n.position`
    ).map((row) => Object.values(row).join(' '))
  const lastOf = async ({ subscriberId }: Line): Promise<InvoiceId> =>
    asId(
      'invoice',
      (await isp.raw`select id from invoices where subscriber_id = ${subscriberId} order by sequence desc limit 1`)[0]?.['id'],
    )
  const firstOf = async ({ subscriberId }: Line): Promise<InvoiceId> =>
    asId('invoice', (await isp.raw`select id from invoices where subscriber_id = ${subscriberId} order by sequence limit 1`)[0]?.['id'])
  const undo = (invoiceId: InvoiceId, recharge?: boolean) =>
    voidInvoice(isp.deps, isp.organisationId, { invoiceId, reason: 'no tax was charged', actor, ...(recharge && { recharge }) })
  const runOn = async (day: string) => {
    isp.day(day)
    return await isp.cycle()
  }

  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-10T06:00:00Z', graceDays: 40 })
    const extras = [{ ...installation, amount: money(200_000n, 'KES') }]
    const price = { ...priceOf('1500', 'postpaid', 40), extras, usage }
    const planId = await createPlan(isp.deps, isp.organisationId, { code: 'ALL', name: 'All', actor, price })
    line = await isp.subscribe({ planId, startsOn: civilDate('2026-06-10'), anchorDay: 10 })
    other = await isp.subscribe({ startsOn: civilDate('2026-06-10'), anchorDay: 10 })
    await isp.cycle()
  })
  afterAll(() => isp?.close())

  it('is charged again, once and with the taxes of today, when it is voided so', async () => {
    await changeOrganisation(isp.deps, isp.organisationId, { taxPack: 'KE', actor })
    await undo(await firstOf(line), true)
    expect(await runOn('2026-06-11')).toMatchObject({ invoicesIssued: 1 })
    expect(await isp.cycle()).toMatchObject({ invoicesIssued: 0 })
    expect(await linesOf(line)).toEqual([
      'void base 2026-06-10 2026-07-10 150000 0',
      'void install 2026-06-10 2026-06-11 200000 0',
      'open base 2026-06-10 2026-07-10 150000 37557',
      'open install 2026-06-10 2026-06-11 200000 27586',
    ])
  })

  it('is not charged again otherwise', async () => {
    await undo(await firstOf(other))
    expect(await runOn('2026-06-12')).toMatchObject({ invoicesIssued: 0 })
    expect(await linesOf(other)).toEqual(['void base 2026-06-10 2026-07-10 150000 0'])
  })

  it('is not charged again while days behind it are decided: those go first', async () => {
    const first = await lastOf(line)
    await runOn('2026-07-03')
    const second = await lastOf(line)
    expect(second).not.toBe(first)
    await expect(undo(first, true)).rejects.toMatchObject({ code: 'not_rechargeable' })
    expect((await isp.raw`select status from invoices where id = ${first}`)[0]?.['status']).toBe('open')
    await undo(second, true)
    await undo(first, true)
    expect(await isp.cycle()).toMatchObject({ invoicesIssued: 2 })
    expect((await linesOf(line)).filter((text) => text.startsWith('open'))).toEqual([
      'open base 2026-06-10 2026-07-10 150000 37557',
      'open install 2026-06-10 2026-06-11 200000 27586',
      'open base 2026-07-10 2026-08-10 150000 37557',
    ])
  })

  it('has its use rated again', async () => {
    const record = { subscriptionId: line.subscriptionId, key: 'r1', unit: 'MB', quantity: 1_000n, occurredAt: isp.clock.now() }
    await recordUsage(isp.deps, isp.organisationId, { source: 'meter', records: [record], actor })
    await runOn('2026-07-10')
    const used = await lastOf(line)
    const usedLines = async () => (await linesOf(line)).filter((text) => text.includes('data'))
    expect(await usedLines()).toEqual(['open data 2026-06-10 2026-07-10 5000 1252'])
    await undo(used, true)
    await isp.cycle()
    expect(await usedLines()).toEqual(['void data 2026-06-10 2026-07-10 5000 1252', 'open data 2026-06-10 2026-07-10 5000 1252'])
    await isp.cycle()
    expect(await usedLines()).toHaveLength(2)
  })

  it('does not take a charge that a person made on it for days', async () => {
    const third = await isp.subscribe({ startsOn: civilDate('2026-07-14'), anchorDay: 14 })
    const { subscriberId, subscriptionId } = third
    const visit = {
      description: 'Visit',
      category: 'repair',
      taxClass: 'equipment',
      pricing: 'inclusive',
      amount: money(50_000n, 'KES'),
    } as const
    const charge = { subscriberId, subscriptionId, ...visit, when: 'next_invoice', actor } as const
    await createCharge(isp.deps, isp.organisationId, charge)
    await isp.cycle()
    await undo(await lastOf(third), true)
    await isp.cycle()
    expect((await linesOf(third)).map((text) => text.split(' ').slice(0, 4).join(' '))).toEqual([
      expect.stringMatching(/^void/),
      expect.stringMatching(/^void/),
      'open base 2026-07-14 2026-08-14',
    ])
  })

  it('leaves books and second calculations in order', async () => {
    expect(await recomputeIssued(isp.deps, isp.organisationId)).toMatchObject({ differing: 0 })
    expect((await isp.verify()).doubts).toEqual([])
  })
})
