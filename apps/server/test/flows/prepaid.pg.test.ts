import { addDays, type CivilDate, civilDate, money, type RenewalPolicy, type SuspensionPolicy, written } from '@nyuzi/core'
import { describe, expect, it } from 'vitest'
import { grantCredit } from '../../src/flows/credits/grant-credit.ts'
import { issueDebitNote } from '../../src/flows/credits/issue-debit-note.ts'
import { createSubscription } from '../../src/flows/subscribers/create-subscription.ts'
import type { Line } from '../isp.ts'
import { isp, on, openPrepaidIsp, pays, planOf } from '../prepaid-isp.ts'

openPrepaidIsp()

const prepaid = async (lateRenewal: RenewalPolicy = 'from_payment') =>
  await isp.subscribe({ planId: await planOf({ policy: { lateRenewal } }) })

const access = async ({ serviceId }: Line) => {
  const [row] = await isp.raw`select wanted_state, wanted_reason from access_states where service_id = ${serviceId}`
  return `${row?.['wanted_state']} ${row?.['wanted_reason']}`
}

const standing = async ({ subscriptionId }: Pick<Line, 'subscriptionId'>) => {
  const [row] = await isp.raw`select billed_until, next_invoice_on, awaits from subscriptions where id = ${subscriptionId}`
  return [row?.['billed_until'], row?.['next_invoice_on'], row?.['awaits']]
}

const charged = async ({ subscriberId }: Line) =>
  (
    await isp.raw`
      select n.period_start, n.period_end, n.total_minor, i.status from invoice_lines n join invoices i on i.id = n.invoice_id
       where i.subscriber_id = ${subscriberId} order by n.period_start, n.position`
  ).map((row) => Object.values(row).join(' '))

const freeCredit = async ({ subscriberId }: Line) => {
  const [row] =
    await isp.raw`select coalesce(sum(amount_minor - allocated_minor), 0)::text as free from payments where subscriber_id = ${subscriberId}`
  return Number(row?.['free'])
}

describe('A prepaid subscription', () => {
  it('is off and owes nothing until its credit covers a period, then is bought in the transaction of the payment', async () => {
    const line = await prepaid()
    expect(await access(line)).toBe('suspended expired')
    expect(await standing(line)).toEqual(['2026-06-01', null, 'credit'])
    await pays(line, 1_000)
    expect(await charged(line)).toEqual([])
    expect(await access(line)).toBe('suspended expired')
    await pays(line, 600)
    expect(await charged(line)).toEqual(['2026-06-01 2026-07-01 150000 paid'])
    expect(await access(line)).toBe('active paid')
    expect(await standing(line)).toEqual(['2026-07-01', '2026-07-01', null])
    expect(await freeCredit(line)).toBe(10_000)
  })

  it('is renewed on the first day after the paid ones with the credit there is, and expires without', async () => {
    const line = await prepaid()
    await pays(line, 3_000)
    await on('2026-06-30')
    expect(await charged(line)).toHaveLength(1)
    await on('2026-07-01')
    expect(await charged(line)).toEqual(['2026-06-01 2026-07-01 150000 paid', '2026-07-01 2026-08-01 150000 paid'])
    await on('2026-08-01')
    expect(await access(line)).toBe('suspended expired')
    expect(await standing(line)).toEqual(['2026-08-01', null, 'credit'])
    await on('2026-10-01')
    expect(await charged(line)).toHaveLength(2)
  })

  it.each([
    ['from_payment', '2026-09-12 2026-10-12 150000 paid', '2026-10-12'],
    ['from_old_end', '2026-09-01 2026-10-01 150000 paid', '2026-10-01'],
  ] as const)('that is renewed months late counts %s, and the months without service are not charged', async (policy, bought, until) => {
    const line = await prepaid(policy)
    await pays(line, 1_500)
    await on('2026-07-01')
    await on('2026-09-12')
    await pays(line, 1_500)
    expect(await charged(line)).toEqual(['2026-06-01 2026-07-01 150000 paid', bought])
    expect(await standing(line)).toEqual([until, until, null])
    expect(await access(line)).toBe('active paid')
  })

  it('that is paid before the run of its day has come is bought once', async () => {
    const line = await prepaid()
    await pays(line, 1_500)
    isp.day('2026-07-02')
    await pays(line, 1_500)
    await isp.cycle()
    expect(await charged(line)).toEqual(['2026-06-01 2026-07-01 150000 paid', '2026-07-02 2026-08-02 150000 paid'])
  })

  it('is bought with credit of any kind', async () => {
    const line = await prepaid()
    await grantCredit(isp.deps, isp.organisationId, {
      subscriberId: line.subscriberId,
      kind: 'goodwill',
      amount: money(150_000n, 'KES'),
      reason: 'Sorry for the outage',
      actor: 'test',
    })
    expect(await charged(line)).toEqual(['2026-06-01 2026-07-01 150000 paid'])
    expect(await access(line)).toBe('active paid')
  })

  it('stands beside a postpaid one of the same subscriber: debts take the money first', async () => {
    const line = await isp.subscribe({ planId: isp.planId })
    await isp.cycle()
    await createSubscription(isp.deps, isp.organisationId, {
      subscriberId: line.subscriberId,
      sold: { planId: await planOf({ amount: money(50_000n, 'KES') }) },
      actor: 'test',
    })
    await pays(line, 1_900)
    expect(await charged(line)).toEqual(['2026-06-01 2026-07-01 150000 paid'])
    await pays(line, 100)
    expect(await charged(line)).toEqual(['2026-06-01 2026-07-01 150000 paid', '2026-06-01 2026-07-01 50000 paid'])
  })
})

describe('A postpaid subscription that a debt keeps off', () => {
  const postpaid = async (suspension: SuspensionPolicy) =>
    await isp.subscribe({
      planId: await planOf({ billing: 'postpaid', graceDays: 3, policy: { suspension } }),
      startsOn: civilDate('2026-06-01'),
    })

  /** Owes from 1 June, is off from 5 June and pays on a day of July. */
  async function paysLate(suspension: SuspensionPolicy, payOn: CivilDate): Promise<Line> {
    const line = await postpaid(suspension)
    await isp.cycle()
    for (const day of ['2026-06-04', '2026-06-05', '2026-06-24', '2026-07-01']) await on(day)
    expect(await access(line)).toBe('suspended overdue')
    await on(payOn)
    await pays(line, 1_500)
    await isp.cycle()
    return line
  }

  it('is charged for every period when its price bills such days', async () => {
    const line = await paysLate('bill', civilDate('2026-07-20'))
    expect(await charged(line)).toEqual(['2026-06-01 2026-07-01 150000 paid', '2026-07-01 2026-08-01 150000 open'])
  })

  it('skips the days it was off and keeps the billing day', async () => {
    const line = await paysLate('skip', civilDate('2026-07-20'))
    expect(await charged(line)).toEqual(['2026-06-01 2026-07-01 150000 paid', '2026-07-20 2026-08-01 58065 open'])
    expect(await access(line)).toBe('active paid')
  })

  it('gets the days it was off given back when its price extends, and the billing day moves', async () => {
    const line = await paysLate('extend', civilDate('2026-07-20'))
    // Of the paid month 5 to 30 June were not served: 26 days from 20 July on.
    expect(await standing(line)).toEqual([addDays(civilDate('2026-07-20'), 26), '2026-08-08', null])
    await on('2026-08-08')
    expect(await charged(line)).toEqual(['2026-06-01 2026-07-01 150000 paid', '2026-08-15 2026-09-15 150000 open'])
  })

  it('gets them back also when it pays before the next period is invoiced, and once', async () => {
    const line = await postpaid('extend')
    await isp.cycle()
    for (const day of ['2026-06-05', '2026-06-20']) await on(day)
    expect(await access(line)).toBe('suspended overdue')
    await pays(line, 1_500)
    await on('2026-06-21')
    // 5 to 30 June, from 20 June on.
    expect(await standing(line)).toEqual(['2026-07-16', '2026-07-09', null])
    for (const day of ['2026-07-01', '2026-07-09']) await on(day)
    expect(await charged(line)).toEqual(['2026-06-01 2026-07-01 150000 paid', '2026-07-16 2026-08-16 150000 open'])
    expect(await access(line)).toBe('active paid')
  })

  it('in arrears is charged for the days it was on, whenever it pays, unless its price bills all of them', async () => {
    const ways = await Promise.all(
      (['bill', 'skip', 'extend'] as const).map(async (suspension) => {
        const planId = await planOf({ billing: 'postpaid', graceDays: 3, timing: 'arrears', policy: { suspension } })
        return await isp.subscribe({ planId, startsOn: civilDate('2026-06-01') })
      }),
    )
    const owes = { description: written('Router'), category: 'equipment', taxClass: 'exempt', pricing: 'inclusive' } as const
    for (const { subscriberId } of ways) {
      const charges = [{ ...owes, amount: money(100_000n, 'KES') }]
      await issueDebitNote(isp.deps, isp.organisationId, { subscriberId, reason: 'test', charges, actor: 'test' })
    }
    for (const day of ['2026-06-05', '2026-06-20']) await on(day)
    for (const line of ways) await pays(line, 1_000)
    for (const day of ['2026-06-21', '2026-07-01', '2026-07-02']) await on(day)
    const days = await Promise.all(ways.map(async (line) => (await charged(line)).filter((row) => row.startsWith('2026'))))
    const served = ['2026-06-01 2026-06-05 20000 open', '2026-06-20 2026-07-01 55000 open']
    expect(days).toEqual([['2026-06-01 2026-07-01 150000 open'], served, served])
  })
})
