import { addDays, type CivilDate, civilDate, type InvoiceId, money, type SubscriberId, written } from '@nyuzi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issueCreditNote } from '../../src/flows/credits/issue-credit-note.ts'
import { issueDebitNote } from '../../src/flows/credits/issue-debit-note.ts'
import { recoverInvoice } from '../../src/flows/credits/recover-invoice.ts'
import { refundCredit } from '../../src/flows/credits/refund-credit.ts'
import { takeDeposit } from '../../src/flows/credits/take-deposit.ts'
import { transferCredit } from '../../src/flows/credits/transfer-credit.ts'
import { voidInvoice } from '../../src/flows/credits/void-invoice.ts'
import { writeOffInvoice } from '../../src/flows/credits/write-off-invoice.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { createBranch } from '../../src/flows/organisations/create-branch.ts'
import { type Ageing, ageingGroupings, type RevenueGrouping, revenueGroupings } from '../../src/flows/reports/ports.ts'
import { reportAgeing } from '../../src/flows/reports/report-ageing.ts'
import { reportJournal } from '../../src/flows/reports/report-journal.ts'
import { type RevenueFigures, reportRevenue } from '../../src/flows/reports/report-revenue.ts'
import { type Isp, type Line, openIsp } from '../isp.ts'

const kes = (amountMinor: bigint) => money(amountMinor, 'KES')
const told = { reason: 'test', actor: 'test' }
const [first, last] = [civilDate('2026-06-01'), civilDate('2026-10-01')]
const span = { from: first, until: last }
const bucketsOf = ({ notDueMinor, days1To30Minor, days31To60Minor, days61To90Minor, over90Minor }: Omit<Ageing, 'claims'>) =>
  [notDueMinor, days1To30Minor, days31To60Minor, days61To90Minor, over90Minor].map(Number)

/** Four months with something of everything that moves a claim, twice earned by day and twice at once. */
describe('The reports of an ISP', () => {
  let isp: Isp
  let lines: readonly Line[]
  let mombasa: string

  const pay = (subscriberId: SubscriberId, amountMinor: bigint, paidAt = isp.clock.now()) => isp.pay({ subscriberId }, amountMinor, paidAt)
  const invoicesOf = async (subscriberId: SubscriberId) =>
    (
      await isp.raw<
        { id: InvoiceId }[]
      >`select id from invoices where subscriber_id = ${subscriberId} and kind = 'invoice' order by sequence`
    ).map(({ id }) => id)
  const on = async (day: string) => {
    isp.day(day)
    await isp.cycle()
  }
  const ledger = async (where: string) =>
    Number(
      (
        await isp.raw.unsafe(
          `select coalesce(sum(p.amount_minor), 0) as sum from postings p join ledger_accounts a on a.id = p.account_id join journal_entries e on e.id = p.entry_id where ${where}`,
        )
      )[0]?.['sum'],
    )
  const ageing = (day: CivilDate, by: (typeof ageingGroupings)[number] = 'subscriber') =>
    reportAgeing(isp.deps, isp.organisationId, { on: day, by })
  const revenue = (by: RevenueGrouping, days = span) => reportRevenue(isp.deps, isp.organisationId, { by, ...days })

  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    await changeOrganisation(isp.deps, isp.organisationId, {
      taxPack: 'KE',
      invoiceLeadDays: 3,
      revenueRecognition: 'by_day',
      actor: 'test',
    })
    mombasa = await createBranch(isp.deps, isp.organisationId, { code: 'MBA', name: 'Mombasa', actor: 'test' })
    lines = await Promise.all(
      [1, 5, 12, 31].map((anchorDay) =>
        isp.subscribe({ startsOn: civilDate(`2026-06-${String(Math.min(anchorDay, 30)).padStart(2, '0')}`), anchorDay }),
      ),
    )
    const [a, b, c, d] = lines.map(({ subscriberId }) => subscriberId) as [SubscriberId, SubscriberId, SubscriberId, SubscriberId]
    await isp.raw`update subscribers set branch_id = ${mombasa}, segment = 'business' where id = any(${[c, d]})`
    await on('2026-06-01')
    await on('2026-06-12')
    await pay(a, 100_000n)
    await on('2026-06-20')
    await pay(b, 400_000n)
    await issueCreditNote(isp.deps, isp.organisationId, {
      invoiceId: (await invoicesOf(b))[0] as InvoiceId,
      ...told,
      lines: [{ position: 1, total: kes(40_000n) }],
    })
    await transferCredit(isp.deps, isp.organisationId, { from: b, to: a, amount: kes(10_000n), ...told })
    await on('2026-07-10')
    await changeOrganisation(isp.deps, isp.organisationId, { revenueRecognition: 'on_invoice', actor: 'test' })
    await voidInvoice(isp.deps, isp.organisationId, { invoiceId: (await invoicesOf(c))[1] as InvoiceId, ...told })
    await takeDeposit(isp.deps, isp.organisationId, { subscriberId: d, amount: kes(300_000n), description: 'Router', ...told })
    await issueDebitNote(isp.deps, isp.organisationId, {
      subscriberId: d,
      ...told,
      charges: [{ description: written('Broken'), category: 'damage', taxClass: 'equipment', pricing: 'exclusive', amount: kes(50_000n) }],
    })
    await on('2026-08-15')
    await writeOffInvoice(isp.deps, isp.organisationId, { invoiceId: (await invoicesOf(c))[0] as InvoiceId, ...told })
    await on('2026-09-02')
    await changeOrganisation(isp.deps, isp.organisationId, { revenueRecognition: 'by_day', actor: 'test' })
    // Money of an earlier day, which settles claims that came after it.
    await pay(d, 500_000n, new Date('2026-07-01T09:00:00Z'))
    await pay(c, 1_000_000n)
    await recoverInvoice(isp.deps, isp.organisationId, { invoiceId: (await invoicesOf(c))[0] as InvoiceId, ...told })
    await refundCredit(isp.deps, isp.organisationId, { subscriberId: c, branchId: isp.branchId, amount: kes(20_000n), ...told })
    await on('2026-09-20')
    await issueCreditNote(isp.deps, isp.organisationId, { invoiceId: (await invoicesOf(a)).at(-1) as InvoiceId, ...told })
    await on('2026-10-01')
    expect((await isp.verify()).doubts).toEqual([])
  })
  afterAll(() => isp.close())

  it('say on every day what the ledger says that is owed, however it is grouped', async () => {
    for (let day = addDays(first, -1); day <= last; day = addDays(day, 1)) {
      const owed = await ledger(`a.kind = 'receivable' and e.effective_on <= '${day}'`)
      const { rows, total } = await ageing(day)
      expect([Number(total.totalMinor), bucketsOf(total).reduce((sum, one) => sum + one, 0)], day).toEqual([owed, owed])
      for (const { key, totalMinor } of rows)
        expect(Number(totalMinor), `${day} ${key}`).toBe(
          await ledger(`a.kind = 'receivable' and a.owner = '${key}' and e.effective_on <= '${day}'`),
        )
    }
    for (const by of ageingGroupings) {
      const { rows, total } = await ageing(civilDate('2026-08-20'), by)
      expect([by, rows.reduce((sum, { totalMinor }) => sum + totalMinor, 0n)]).toEqual([by, total.totalMinor])
    }
  })

  it('put each claim by the days that it is past due', async () => {
    const { rows } = await ageing(civilDate('2026-08-20'), 'branch')
    expect(rows.map(({ code, claims, ...row }) => [code, claims, bucketsOf(row)])).toMatchInlineSnapshot(`
      [
        [
          "NRB",
          4,
          [
            0,
            170000,
            150000,
            40000,
            0,
          ],
        ],
        [
          "MBA",
          3,
          [
            0,
            300000,
            8000,
            0,
            0,
          ],
        ],
      ]
    `)
    const all = await ageing(civilDate('2026-08-20'), 'subscriber')
    const [one] = all.rows
    expect(await reportAgeing(isp.deps, isp.organisationId, { on: all.on, by: 'subscriber', after: one?.key, limit: 1 })).toMatchObject({
      rows: [all.rows[1]],
      total: all.total,
    })
  })

  it('say what was invoiced, credited, earned, taxed and paid as the ledger does', async () => {
    const claims = `e.kind in ('invoice_issued', 'debit_note_issued', 'invoice_voided')`
    const earning = `a.kind in ('revenue', 'deferred_revenue')`
    const { total } = await revenue('month')
    expect(Number(total.invoicedMinor)).toBe(0 - (await ledger(`${earning} and ${claims}`)))
    expect(Number(total.creditedMinor)).toBe(await ledger(`${earning} and e.kind = 'credit_note_issued'`))
    expect(Number(total.recognisedMinor)).toBe(0 - (await ledger(`a.kind = 'revenue'`)))
    expect(Number(total.receivedMinor)).toBe(100_000 + 400_000 + 500_000 + 1_000_000)
    expect(Number(total.outstandingMinor)).toBe(await ledger(`a.kind = 'receivable'`))
    for (const code of ['vat', 'excise'])
      expect(Number(total.taxes.get(code))).toBe(0 - (await ledger(`a.kind = 'tax_payable' and a.owner = '${code}'`)))
    const months = (await revenue('month')).rows
    expect(months.map(({ key }) => key)).toEqual(['2026-06', '2026-07', '2026-08', '2026-09', '2026-10'])
    for (const { key, recognisedMinor, outstandingMinor } of months) {
      expect(Number(recognisedMinor), key).toBe(0 - (await ledger(`a.kind = 'revenue' and e.effective_on::text like '${key}%'`)))
      expect(Number(outstandingMinor), key).toBe(await ledger(`a.kind = 'receivable' and left(e.effective_on::text, 7) <= '${key}'`))
    }
  })

  it.each([
    span,
    { from: civilDate('2026-06-15'), until: civilDate('2026-07-20') },
    { from: civilDate('2026-07-11'), until: civilDate('2026-09-10') },
  ])('come to the same by month, day, branch, category and plan: %j', async (days) => {
    const { total } = await revenue('day', days)
    const shown = ({ invoicedMinor, creditedMinor, recognisedMinor, taxes }: RevenueFigures) => [
      invoicedMinor,
      creditedMinor,
      recognisedMinor,
      ...taxes,
    ]
    for (const by of revenueGroupings) {
      const other = await revenue(by, days)
      if (by === 'category') expect(shown({ ...other.total, taxes: total.taxes }), by).toEqual(shown(total))
      else expect(shown(other.total), by).toEqual(shown(total))
      if (by === 'branch') expect(other.rows.reduce((sum, { receivedMinor = 0n }) => sum + receivedMinor, 0n)).toBe(total.receivedMinor)
      if (by === 'branch' || by === 'plan')
        expect(other.rows.reduce((sum, { outstandingMinor = 0n }) => sum + outstandingMinor, 0n)).toBe(total.outstandingMinor)
    }
  })

  it('come to the same while days are still to be earned', async () => {
    isp.day('2026-10-08')
    const days = { from: civilDate('2026-09-25'), until: civilDate('2026-10-08') }
    const [ofLedger, ofLines] = [await revenue('day', days), await revenue('plan', days)]
    expect(ofLines.total.recognisedMinor).toBe(ofLedger.total.recognisedMinor)
  })

  it('give each day as many debits as credits', async () => {
    const journal = await reportJournal(isp.deps, isp.organisationId, span)
    const days = new Set(journal.lines.map(({ day }) => day))
    expect(days.size).toBeGreaterThan(60)
    for (const day of days) {
      const theirs = journal.lines.filter((line) => line.day === day)
      const sum = (side: 'debitMinor' | 'creditMinor') => theirs.reduce((total, line) => total + line[side], 0n)
      expect(sum('debitMinor'), day).toBe(sum('creditMinor'))
    }
    expect(journal.lines.filter(({ kind, owner }) => kind === 'receivable' && owner !== '')).toEqual([])
  })

  it('refuse a span that ends before it begins, or is longer than two years', async () => {
    await expect(revenue('day', { from: last, until: first })).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(revenue('day', { from: civilDate('2020-01-01'), until: first })).rejects.toMatchObject({ code: 'invalid_input' })
  })
})
