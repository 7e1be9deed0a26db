import { type CivilDate, type LateFeePolicy, money } from '@nyuzi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runDailyCycle } from '../../src/flows/billing/run-daily-cycle.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { recordManualPayment } from '../../src/flows/payments/record-manual-payment.ts'
import { answerExtension } from '../../src/flows/receivables/answer-extension.ts'
import { requestExtension } from '../../src/flows/receivables/request-extension.ts'
import { type Isp, type Line, openIsp } from '../isp.ts'
import { wordsOf } from '../line-words.ts'

const actor = 'test'
const civil = (text: string) => text as CivilDate

/** Lines of 1500 a month, due on 5 June 2026. */
describe('Late fees', () => {
  let isp: Isp
  let late: Line
  let early: Line

  const set = (lateFee: Partial<LateFeePolicy> | null) =>
    changeOrganisation(isp.deps, isp.organisationId, {
      lateFee: lateFee && { amount: { kind: 'percentage', rateBp: 500 }, graceDays: 2, countMax: 3, taxClass: 'exempt', ...lateFee },
      actor,
    })
  const runOn = async (day: string) => {
    isp.day(day)
    return await isp.cycle()
  }
  const feesOf = async ({ subscriberId }: Line) =>
    (
      await isp.raw`
        select l.description, l.category, l.total_minor, i.number, i.issued_on, i.due_on from invoices i join invoice_lines l on l.invoice_id = i.id
         where i.subscriber_id = ${subscriberId} and i.kind = 'debit_note' order by i.sequence, l.position`
    ).map(({ description, category, ...row }) => [wordsOf({ description, category }), ...Object.values(row)].join(' | '))

  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z', log: 'silent' })
    late = await isp.subscribe({ startsOn: civil('2026-06-05'), anchorDay: 5 })
    early = await isp.subscribe({ startsOn: civil('2026-06-03'), anchorDay: 3 })
    await isp.cycle()
    await set({ from: civil('2026-06-04'), repeatEveryDays: 10 })
  })
  afterAll(() => isp.close())

  it('fall after their grace, once, on what is due since the policy holds', async () => {
    expect(await runOn('2026-06-07')).toMatchObject({ lateFeesCharged: 0 })
    const planned = await runDailyCycle(isp.deps, isp.organisationId, { dryRun: true, date: civil('2026-06-08') })
    expect(planned).toMatchObject({ lateFeesCharged: 1 })
    expect(await feesOf(late)).toEqual([])
    expect(await runOn('2026-06-08')).toMatchObject({ lateFeesCharged: 1 })
    expect(await isp.cycle()).toMatchObject({ lateFeesCharged: 0 })
    expect(await feesOf(late)).toEqual(['Late fee 1 on NRB-000001: 1500.00 × 5 % | 7500 | NRB-DN-000001 | 2026-06-08 | 2026-06-08'])
    expect(await feesOf(early)).toEqual([])
  })

  it('come again after their days, on what is open then, and a late run charges those it missed on one debit note', async () => {
    const facts = { branchId: isp.branchId, subscriberId: late.subscriberId, amount: money(50_000n, 'KES'), reference: 'SLIP-1' }
    await recordManualPayment(isp.deps, isp.organisationId, { ...facts, paidAt: isp.clock.now(), actor })
    await runOn('2026-06-29')
    expect(await feesOf(late)).toEqual([
      expect.stringContaining('7500'),
      'Late fee 2 on NRB-000001: 1000.00 × 5 % | 5000 | NRB-DN-000002 | 2026-06-29 | 2026-06-29',
      'Late fee 3 on NRB-000001: 1000.00 × 5 % | 5000 | NRB-DN-000002 | 2026-06-29 | 2026-06-29',
    ])
    expect(await isp.raw`select number, falls_on from late_fees order by number`).toEqual([
      { number: 1, falls_on: '2026-06-08' },
      { number: 2, falls_on: '2026-06-18' },
      { number: 3, falls_on: '2026-06-28' },
    ])
    expect(await runOn('2026-07-02')).toMatchObject({ lateFeesCharged: 0 })
  })

  it('wait while an extension holds the invoice, and are charged when it was broken', async () => {
    await set({ amount: { kind: 'fixed', amountMinor: 10_000n }, countMax: 1, graceDays: 0, from: civil('2026-07-04') })
    isp.day('2026-07-05')
    const id = await requestExtension(isp.deps, isp.organisationId, late.subscriberId, { until: civil('2026-07-09'), reason: 'x', actor })
    await answerExtension(isp.deps, isp.organisationId, id, { answer: 'approve', actor })
    expect(await runOn('2026-07-06')).toMatchObject({ lateFeesCharged: 0 })
    expect(await runOn('2026-07-09')).toMatchObject({ lateFeesCharged: 1, promisesBroken: 1 })
    expect((await feesOf(late)).at(-1)).toBe('Late fee 1 on NRB-000004: 100.00 | 10000 | NRB-DN-000003 | 2026-07-09 | 2026-07-09')
  })

  it('are charged once by two runs at once, and never without a policy', async () => {
    const lines = await Promise.all(Array.from({ length: 5 }, () => isp.subscribe({ startsOn: civil('2026-07-10') })))
    await runOn('2026-07-10')
    isp.day('2026-07-12')
    await Promise.all([isp.cycle(), isp.cycle(), isp.cycle()])
    for (const line of lines) expect(await feesOf(line)).toHaveLength(1)
    await set(null)
    expect(await runOn('2026-08-20')).toMatchObject({ lateFeesCharged: 0 })
  })

  it('leave books in which nothing is in doubt', async () => {
    expect((await isp.verify()).doubts).toEqual([])
    const [revenue] = await isp.raw`
      select (-sum(p.amount_minor))::text as earned from postings p join ledger_accounts a on a.id = p.account_id where a.kind = 'revenue' and a.owner = 'late_fee'`
    expect(revenue?.['earned']).toBe(String(7_500 + 5_000 + 5_000 + 10_000 + 5 * 10_000))
  })
})
