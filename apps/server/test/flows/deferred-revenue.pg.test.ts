import { addDays, type CivilDate, civilDate, type InvoiceId, money, type Period } from '@nyuzi/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runDailyCycle } from '../../src/flows/billing/run-daily-cycle.ts'
import { issueCreditNote } from '../../src/flows/credits/issue-credit-note.ts'
import { voidInvoice } from '../../src/flows/credits/void-invoice.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { recogniseRevenue } from '../../src/flows/revenue/recognise-revenue.ts'
import { type Isp, openIsp } from '../isp.ts'

const kes = (amountMinor: bigint) => money(amountMinor, 'KES')
const days = (start: string, end: string): Period => ({ start: civilDate(start), end: civilDate(end) })
const told = { reason: 'test', actor: 'test' }
/** Of KES 1,500 with the taxes of Kenya. */
const net = 112_443

describe('Revenue by day', () => {
  let isp: Isp
  let invoiceId: InvoiceId

  const balances = async () => {
    const rows = await isp.raw<{ kind: string; sum: number }[]>`
      select a.kind, -sum(p.amount_minor)::int as sum from postings p join ledger_accounts a on a.id = p.account_id
       where a.kind in ('revenue', 'deferred_revenue') and a.owner = 'internet' group by 1`
    const of = (kind: string) => rows.find((row) => row.kind === kind)?.sum ?? 0
    return { revenue: of('revenue'), deferred: of('deferred_revenue') }
  }
  const entries = async (kind: string) => {
    const rows = await isp.raw<{ day: CivilDate }[]>`select effective_on as day from journal_entries where kind = ${kind} order by 1`
    return rows.map(({ day }) => day)
  }
  const cycleOn = async (day: string) => {
    isp.day(day)
    return await isp.cycle()
  }
  const issue = async (startsOn: string) => {
    const { subscriberId } = await isp.subscribe({ startsOn: civilDate(startsOn), anchorDay: 1 })
    await isp.cycle()
    const [row] = await isp.raw<{ id: InvoiceId }[]>`select id from invoices where subscriber_id = ${subscriberId} order by sequence`
    return row?.id as InvoiceId
  }
  const credit = (input: { days?: Period; net?: bigint }) =>
    issueCreditNote(isp.deps, isp.organisationId, {
      invoiceId,
      ...told,
      lines: [
        {
          position: 1,
          ...(input.days === undefined ? {} : { days: input.days }),
          ...(input.net === undefined ? {} : { net: kes(input.net) }),
        },
      ],
    })

  beforeEach(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    await changeOrganisation(isp.deps, isp.organisationId, {
      taxPack: 'KE',
      invoiceLeadDays: 0,
      revenueRecognition: 'by_day',
      actor: 'test',
    })
    invoiceId = await issue('2026-06-01')
  })
  afterEach(async () => {
    expect((await isp.verify()).doubts).toEqual([])
    await isp.close()
  })

  it('waits on the day of the invoice, and is earned as the days pass, one entry a day', async () => {
    expect(await balances()).toEqual({ revenue: 0, deferred: net })
    expect(await cycleOn('2026-06-02')).toMatchObject({ daysRecognised: 1 })
    expect(await balances()).toEqual({ revenue: 3_748, deferred: net - 3_748 })
    expect(await isp.cycle()).toMatchObject({ daysRecognised: 0 })
    await cycleOn('2026-06-16')
    expect(await balances()).toEqual({ revenue: 56_221, deferred: net - 56_221 })
    expect(await entries('revenue_recognised')).toEqual(Array.from({ length: 15 }, (_, index) => addDays(civilDate('2026-06-01'), index)))
    await cycleOn('2026-06-30')
    await recogniseRevenue(isp.deps, isp.organisationId, civilDate('2026-07-01'))
    expect(await balances()).toEqual({ revenue: net, deferred: 0 })
  })

  it('ends in the same books whether the server ran each day or stood still', async () => {
    for (const day of ['2026-06-02', '2026-06-03', '2026-06-04', '2026-06-05']) await cycleOn(day)
    const daily = await balances()
    const posted = await entries('revenue_recognised')
    const still = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    const [running, ran] = [isp, await balances()]
    isp = still
    try {
      await changeOrganisation(isp.deps, isp.organisationId, {
        taxPack: 'KE',
        invoiceLeadDays: 0,
        revenueRecognition: 'by_day',
        actor: 'test',
      })
      await isp.subscribe({ startsOn: civilDate('2026-06-01'), anchorDay: 1 })
      expect(await cycleOn('2026-06-05')).toMatchObject({ invoicesIssued: 1 })
      // Its invoice came late, so the days before it are earned with it.
      expect(await balances()).toEqual(daily)
    } finally {
      await still.close()
      isp = running
    }
    expect([ran, posted.length]).toEqual([daily, 4])
  })

  it('of a day is earned once by many that run at once', async () => {
    isp.day('2026-06-11')
    const done = await Promise.all(Array.from({ length: 4 }, () => recogniseRevenue(isp.deps, isp.organisationId, civilDate('2026-06-11'))))
    expect(done.reduce((sum, one) => sum + one, 0)).toBe(10)
    expect(await balances()).toEqual({ revenue: 37_481, deferred: net - 37_481 })
  })

  it('of an invoice that comes late is earned with it for the days that are over', async () => {
    await cycleOn('2026-06-11')
    await issue('2026-06-03')
    // 28 of 30 days, eight of them over.
    const [line] = await isp.raw<{ net: number }[]>`select net_minor::int as net from invoice_lines where period_start = '2026-06-03'`
    const late = line?.net ?? 0
    const earned = Math.floor((late * 8) / 28)
    expect(await balances()).toEqual({ revenue: 37_481 + earned, deferred: net - 37_481 + late - earned })
    await recogniseRevenue(isp.deps, isp.organisationId, civilDate('2026-07-01'))
    expect(await balances()).toEqual({ revenue: net + late, deferred: 0 })
  })

  it('is taken by a credit note only where nothing waits any more', async () => {
    await cycleOn('2026-06-11')
    await credit({ net: 30_000n })
    expect(await balances()).toEqual({ revenue: 37_481, deferred: net - 37_481 - 30_000 })
    await credit({ days: days('2026-06-21', '2026-07-01') })
    const [row] = await isp.raw<{ net: number }[]>`select sum(net_minor)::int as net from credit_lines`
    const credited = row?.net ?? 0
    expect(await balances()).toEqual({ revenue: 37_481, deferred: net - 37_481 - credited })
    await recogniseRevenue(isp.deps, isp.organisationId, civilDate('2026-06-21'))
    expect(await balances()).toEqual({ revenue: net - credited, deferred: 0 })
    await credit({})
    expect(await balances()).toEqual({ revenue: 0, deferred: 0 })
  })

  it('is earned at once where a credit leaves more than its days are worth', async () => {
    await cycleOn('2026-06-11')
    await credit({ net: 30_000n })
    await credit({ days: days('2026-06-11', '2026-07-01') })
    const [row] = await isp.raw<{ net: number }[]>`select sum(net_minor)::int as net from credit_lines`
    expect(await balances()).toEqual({ revenue: net - (row?.net ?? 0), deferred: 0 })
  })

  it('is nothing of an invoice that is void, whatever was earned of it', async () => {
    await cycleOn('2026-06-11')
    await voidInvoice(isp.deps, isp.organisationId, { invoiceId, ...told })
    expect(await balances()).toEqual({ revenue: 0, deferred: 0 })
    expect(await entries('recognition_withdrawn')).toEqual(['2026-06-11'])
    await recogniseRevenue(isp.deps, isp.organisationId, civilDate('2026-07-01'))
    expect(await balances()).toEqual({ revenue: 0, deferred: 0 })
  })

  it('is nothing of a void invoice either when its days were not earned in time', async () => {
    isp.day('2026-06-11')
    await voidInvoice(isp.deps, isp.organisationId, { invoiceId, ...told })
    expect((await isp.verify()).doubts).toEqual([])
    await recogniseRevenue(isp.deps, isp.organisationId, civilDate('2026-06-11'))
    expect(await balances()).toEqual({ revenue: 0, deferred: 0 })
  })

  it('ends with the policy for invoices issued from then on; the others run out', async () => {
    await cycleOn('2026-06-11')
    await changeOrganisation(isp.deps, isp.organisationId, { revenueRecognition: 'on_invoice', actor: 'test' })
    await cycleOn('2026-07-01')
    expect(await balances()).toEqual({ revenue: 2 * net, deferred: 0 })
  })

  it('is earned in a dry run of a day to come, which leaves nothing behind', async () => {
    const seen = await runDailyCycle(isp.deps, isp.organisationId, { date: civilDate('2026-06-21'), dryRun: true })
    expect(seen).toMatchObject({ daysRecognised: 20, dryRun: true })
    expect(await balances()).toEqual({ revenue: 0, deferred: net })
    expect(await cycleOn('2026-06-21')).toMatchObject({ daysRecognised: 20 })
  })

  it('waits until its own days when it is invoiced ahead, while others are earned', async () => {
    await changeOrganisation(isp.deps, isp.organisationId, { invoiceLeadDays: 10, actor: 'test' })
    isp.day('2026-06-25')
    await issue('2026-07-01')
    expect(await balances()).toEqual({ revenue: 89_954, deferred: 2 * net - 89_954 })
    await cycleOn('2026-07-01')
    expect(await balances()).toEqual({ revenue: net, deferred: 2 * net })
  })

  it('leaves out a holiday in the middle, and is exact when a credit and the run of the day meet', async () => {
    await cycleOn('2026-06-11')
    await Promise.all([credit({ net: 10_000n }), recogniseRevenue(isp.deps, isp.organisationId, civilDate('2026-06-12'))])
    await credit({ days: days('2026-06-15', '2026-06-20') })
    await recogniseRevenue(isp.deps, isp.organisationId, civilDate('2026-07-01'))
    const [row] = await isp.raw<{ net: number }[]>`select sum(net_minor)::int as net from credit_lines`
    expect(await balances()).toEqual({ revenue: net - (row?.net ?? 0), deferred: 0 })
  })

  it('can neither be changed, nor stopped before a day that is earned', async () => {
    await cycleOn('2026-06-11')
    await expect(isp.raw`update revenue_deferrals set amount_minor = amount_minor + 1`).rejects.toMatchObject({ code: 'NY001' })
    await expect(isp.raw`update revenue_deferrals set until_on = '2026-06-05', stopped_on = '2026-06-05'`).rejects.toMatchObject({
      code: 'NY001',
    })
    await expect(isp.raw`delete from recognised_days`).rejects.toMatchObject({ code: 'NY001' })
  })
})
