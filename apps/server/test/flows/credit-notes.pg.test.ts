import { civilDate, type InvoiceId, money, type Period } from '@nyuzi/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { issueCreditNote, type NewCreditNote } from '../../src/flows/credits/issue-credit-note.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { recordManualPayment } from '../../src/flows/payments/record-manual-payment.ts'
import { type Isp, type Line, openIsp } from '../isp.ts'

const kes = (amountMinor: bigint) => money(amountMinor, 'KES')
const days = (start: string, end: string): Period => ({ start: civilDate(start), end: civilDate(end) })

describe('A credit note', () => {
  let isp: Isp
  let line: Line
  let invoiceId: InvoiceId
  const credit = (input: Partial<NewCreditNote>) =>
    issueCreditNote(isp.deps, isp.organisationId, { invoiceId, reason: 'test', actor: 'test', ...input })
  const pay = (amountMinor: bigint) =>
    recordManualPayment(isp.deps, isp.organisationId, {
      branchId: isp.branchId,
      subscriberId: line.subscriberId,
      amount: kes(amountMinor),
      reference: `SLIP-${isp.deps.ids.next()}`,
      paidAt: isp.clock.now(),
      actor: 'test',
    })
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
})
