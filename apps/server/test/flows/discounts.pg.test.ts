import { asId, type CivilDate, civilDate, type DiscountValue, money, type PlanId } from '@nyuzi/core'
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recomputeIssued } from '../../src/flows/billing/recompute-issued.ts'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { type CreateCoupon, createCoupon } from '../../src/flows/discounts/create-coupon.ts'
import { type CreatePromotion, createPromotion } from '../../src/flows/discounts/create-promotion.ts'
import { endPromotion } from '../../src/flows/discounts/end-promotion.ts'
import { expireCoupon } from '../../src/flows/discounts/expire-coupon.ts'
import { nameReferrer } from '../../src/flows/discounts/name-referrer.ts'
import { redeemCoupon } from '../../src/flows/discounts/redeem-coupon.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { recordManualPayment } from '../../src/flows/payments/record-manual-payment.ts'
import { createSubscription } from '../../src/flows/subscribers/create-subscription.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'

const percent = (rateBp: number): DiscountValue => ({ kind: 'percentage', rateBp })
const off = (amountMinor: bigint): DiscountValue => ({ kind: 'fixed', amount: money(amountMinor, 'KES') })
const june = { startsOn: civilDate('2026-06-01'), anchorDay: 1 }

/** As if the first calculator had forgotten the discounts of some line that has this one: a line that adds up, and an invoice that does. */
async function forgetDiscount(isp: Isp, source: string, work: () => Promise<void>) {
  const asOwner = (change: (sql: postgres.TransactionSql) => Promise<unknown>) =>
    isp.raw.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      await change(sql)
    })
  const [line] = await isp.raw`
    select n.organisation_id, n.invoice_id, n.position, n.net_minor, n.total_minor, (select sum(amount_minor) from invoice_line_discounts s where s.invoice_id = n.invoice_id and s.line_position = n.position) as off
      from invoice_lines n join invoice_line_discounts d on d.invoice_id = n.invoice_id and d.line_position = n.position and d.source = ${source}
     where n.period_start = n.whole_start and n.period_end = n.whole_end limit 1`
  if (line === undefined) throw new Error(`no line has a discount of ${source}`)
  const { invoice_id: id, position, off } = line
  const kept = await isp.raw`select * from invoice_line_discounts where invoice_id = ${id} and line_position = ${position}`
  const raise = (sql: postgres.TransactionSql, by: bigint) => [
    sql`update invoice_lines set net_minor = net_minor + ${by.toString()}, total_minor = total_minor + ${by.toString()} where invoice_id = ${id} and position = ${position}`,
    sql`update invoices set total_minor = total_minor + ${by.toString()} where id = ${id}`,
  ]
  await asOwner(async (sql) => {
    await sql`delete from invoice_line_discounts where invoice_id = ${id} and line_position = ${position}`
    await Promise.all(raise(sql, BigInt(off)))
  })
  await work()
  await asOwner(async (sql) => {
    await sql`insert into invoice_line_discounts ${sql(kept)}`
    await Promise.all(raise(sql, -BigInt(off)))
  })
}

function verbsOf(isp: Isp) {
  const { deps, organisationId } = isp
  const actor = 'test'
  return {
    change: (input: Omit<Parameters<typeof changeOrganisation>[2], 'actor'>) =>
      changeOrganisation(deps, organisationId, { ...input, actor }),
    coupon: (code: string, value: DiscountValue, limits: Partial<CreateCoupon> = {}) =>
      createCoupon(deps, organisationId, { code, title: code, value, exclusive: false, newSubscribersOnly: false, ...limits, actor }),
    promotion: (code: string, value: DiscountValue, terms: Partial<CreatePromotion> = {}) =>
      createPromotion(deps, organisationId, { code, title: code, value, exclusive: false, planIds: [isp.planId], ...terms, actor }),
    redeem: ({ subscriptionId }: Pick<Line, 'subscriptionId'>, code: string) =>
      redeemCoupon(deps, organisationId, subscriptionId, { code, actor }),
    refer: ({ subscriberId }: Line, code: string) => nameReferrer(deps, organisationId, subscriberId, { code, actor }),
    pay: ({ subscriberId }: Line, amountMinor: bigint, reference: string) =>
      recordManualPayment(deps, organisationId, {
        branchId: isp.branchId,
        subscriberId,
        amount: money(amountMinor, 'KES'),
        reference,
        paidAt: isp.clock.now(),
        actor,
      }),
    /** Each line of a subscription: first day, arithmetic and total. */
    lines: async ({ subscriptionId }: Pick<Line, 'subscriptionId'>) =>
      (
        await isp.raw<{ from: string; arithmetic: string; total: string }[]>`
          select period_start as "from", arithmetic, total_minor as total from invoice_lines where subscription_id = ${subscriptionId} order by period_start`
      ).map(({ from, arithmetic, total }) => `${from} ${arithmetic}: ${total}`),
    async days(...dates: string[]) {
      for (const date of dates) {
        isp.day(date)
        await isp.cycle()
      }
    },
    async sound() {
      expect((await isp.verify()).doubts).toEqual([])
      expect(await recomputeIssued(deps, organisationId)).toMatchObject({ differing: 0 })
    },
  }
}

describe('An ISP that gives discounts', () => {
  let isp: Isp
  let on: ReturnType<typeof verbsOf>
  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    on = verbsOf(isp)
  })
  afterAll(() => isp.close())

  const missed = (source: string) =>
    forgetDiscount(isp, source, async () => {
      expect(await recomputeIssued(isp.deps, isp.organisationId), source).toMatchObject({ differing: 1 })
      const [task] = await isp.raw`select title from tasks where kind = 'invoice_differs' and done_at is null`
      expect(task?.['title']).toMatch(/discounts is none, recomputed \w+ [\d.]+ KES/)
    })

  it('lowers the price of a whole period before it divides it by days, in one order, and shows it on the line', async () => {
    const promotionId = await on.promotion('JUNE10', percent(1_000), { endsOn: civilDate('2026-07-01') })
    await on.coupon('WELCOME', off(20_000n), { periodsMax: 2 })
    const line = await isp.subscribe({ startsOn: civilDate('2026-06-16'), anchorDay: 1 })
    await on.redeem(line, ' welcome ')
    await on.days('2026-06-10', '2026-06-24', '2026-07-25')
    expect(await on.lines(line)).toEqual([
      '2026-06-16 1500.00 − JUNE10 150.00 − WELCOME 200.00 = 1150.00; 1150.00 × 15 ÷ 30: 57500',
      '2026-07-01 1500.00 − WELCOME 200.00: 130000',
      '2026-08-01 1500.00: 150000',
    ])
    expect(
      await isp.raw`select source, source_id, code, base_minor, amount_minor, working from invoice_line_discounts order by code, base_minor`,
    ).toMatchObject([
      {
        source: 'promotion',
        source_id: promotionId,
        code: 'JUNE10',
        base_minor: '150000',
        amount_minor: '15000',
        working: '1500.00 × 10 ÷ 100',
      },
      { source: 'coupon', code: 'WELCOME', base_minor: '135000', amount_minor: '20000', working: '200.00' },
      { source: 'coupon', code: 'WELCOME', base_minor: '150000', amount_minor: '20000', working: '200.00' },
    ])
    await on.sound()
  })

  it('is found out by the second calculator when a discount on a line is not what was agreed', async () => {
    await isp.raw.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      await sql`update invoice_line_discounts set amount_minor = 14000 where code = 'JUNE10'`
    })
    expect(await recomputeIssued(isp.deps, isp.organisationId)).toMatchObject({ differing: 1 })
    await isp.raw.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      await sql`update invoice_line_discounts set amount_minor = 15000 where code = 'JUNE10'`
    })
    await on.sound()
  })

  it('gives a promotion of the first periods to whoever begins while it runs, also after its end', async () => {
    isp.day('2026-08-01')
    const id = await on.promotion('START', percent(5_000), { periodsMax: 2 })
    const line = await isp.subscribe({ startsOn: civilDate('2026-08-01'), anchorDay: 1 })
    isp.day('2026-08-02')
    await endPromotion(isp.deps, isp.organisationId, id, { actor: 'test' })
    const late = await isp.subscribe({ startsOn: civilDate('2026-08-03'), anchorDay: 3 })
    await on.days('2026-08-03', '2026-09-28')
    expect(await on.lines(line)).toEqual([
      '2026-08-01 1500.00 − START 750.00: 75000',
      '2026-09-01 1500.00 − START 750.00: 75000',
      '2026-10-01 1500.00: 150000',
    ])
    expect((await on.lines(late))[0]).toBe('2026-08-03 1500.00: 150000')
    await on.sound()
  })

  it('rewards many subscriptions and long tenure by its policy', async () => {
    await on.change({ volumeSteps: [{ from: 2, rateBp: 500 }], loyaltySteps: [{ from: 3, rateBp: 200 }] })
    const first = await isp.subscribe({ startsOn: civilDate('2026-10-01'), anchorDay: 1 })
    const second = await createSubscription(isp.deps, isp.organisationId, {
      subscriberId: first.subscriberId,
      sold: { planId: isp.planId },
      startsOn: civilDate('2026-10-01'),
      anchorDay: 1,
      actor: 'test',
    })
    await on.days('2026-10-01', '2026-12-28')
    expect((await on.lines(first)).at(0)).toBe('2026-10-01 1500.00 − VOLUME 75.00: 142500')
    expect((await on.lines({ subscriptionId: second })).at(-1)).toBe('2027-01-01 1500.00 − VOLUME 75.00 − LOYALTY 28.50: 139650')
    isp.day('2026-12-29')
    await on.change({ volumeSteps: null, loyaltySteps: null })
    await on.sound()
  })

  it('claims nothing for a period that a discount makes free, and goes on after it', async () => {
    await on.coupon('FREE', percent(10_000), { periodsMax: 1 })
    const line = await isp.subscribe({ startsOn: civilDate('2027-01-01'), anchorDay: 1 })
    await on.redeem(line, 'FREE')
    await on.days('2027-01-01', '2027-01-26')
    expect(await on.lines(line)).toEqual(['2027-02-01 1500.00: 150000'])
    await on.sound()
  })

  it('is found out when one that was agreed is on no line, though the line adds up', async () => {
    for (const source of ['promotion', 'coupon', 'volume', 'loyalty']) await missed(source)
    await on.sound()
  })
})

describe('A coupon', () => {
  let isp: Isp
  let on: ReturnType<typeof verbsOf>
  let lines: Line[]
  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    on = verbsOf(isp)
    lines = []
    for (let made = 0; made < 20; made++) lines.push(await isp.subscribe(june))
  })
  afterAll(() => isp.close())

  it('is redeemed exactly as often as it allows, by twenty at once', async () => {
    const id = await on.coupon('SEVEN', percent(1_000), { redemptionsMax: 7 })
    const answers = await Promise.allSettled(lines.map((line) => on.redeem(line, 'SEVEN')))
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason.code] : []))
    expect(refused).toEqual(Array.from({ length: 13 }, () => 'coupon_used_up'))
    expect(
      await isp.raw`select redemptions, (select count(*)::int from subscription_discounts where source_id = ${id}) as given from coupons where id = ${id}`,
    ).toEqual([{ redemptions: 7, given: 7 }])
  })

  it('is redeemed once a subscription, by one subscriber as often as it allows', async () => {
    await on.coupon('ONCE', percent(1_000), { redemptionsPerSubscriberMax: 1 })
    const [line] = lines as [Line]
    const other = await createSubscription(isp.deps, isp.organisationId, {
      subscriberId: line.subscriberId,
      sold: { planId: isp.planId },
      actor: 'test',
    })
    await on.redeem(line, 'ONCE')
    await expect(on.redeem(line, 'ONCE')).rejects.toMatchObject({ code: 'coupon_redeemed_already' })
    await expect(on.redeem({ subscriptionId: other }, 'ONCE')).rejects.toMatchObject({ code: 'coupon_used_up' })
  })

  it('is for its days, its plans and new subscribers', async () => {
    const [, line] = lines as [Line, Line]
    await on.coupon('LATER', percent(1_000), { validFrom: civilDate('2026-07-01') })
    await expect(on.redeem(line, 'LATER')).rejects.toMatchObject({
      code: 'coupon_not_valid',
      message: 'LATER can be used from 2026-07-01 on.',
    })
    const planId = await createPlan(isp.deps, isp.organisationId, {
      code: 'OTHER',
      name: 'Other',
      actor: 'test',
      price: priceOf('900', 'postpaid', 3),
    })
    await on.coupon('OTHERS', percent(1_000), { planIds: [planId] })
    await expect(on.redeem(line, 'OTHERS')).rejects.toMatchObject({ code: 'coupon_not_for_you' })
    await on.coupon('NEW', percent(1_000), { newSubscribersOnly: true })
    await on.redeem(line, 'NEW')
    await isp.cycle()
    await expect(on.redeem(lines[2] as Line, 'NEW')).rejects.toMatchObject({ code: 'coupon_not_for_you' })
    await expect(on.redeem(line, 'UNKNOWN')).rejects.toMatchObject({ code: 'not_found' })
  })

  it('expires for those who come, and stays with those who have it', async () => {
    const id = await on.coupon('GONE', percent(2_000))
    const [, , , first, second] = lines as [Line, Line, Line, Line, Line]
    await on.redeem(first, 'GONE')
    await expireCoupon(isp.deps, isp.organisationId, id, { actor: 'test' })
    await expect(on.redeem(second, 'GONE')).rejects.toMatchObject({ code: 'coupon_not_valid' })
    await on.days('2026-06-25')
    expect((await on.lines(first)).at(-1)).toContain('GONE')
    await on.sound()
  })

  it('has a code of its own, and plans that exist', async () => {
    await expect(on.coupon('ONCE', percent(1))).rejects.toMatchObject({ code: 'code_taken' })
    const planIds: PlanId[] = [asId('plan', '019a6f0e-7c3b-7d10-9a52-3f1c5b8e2d47')]
    await expect(on.coupon('NOPLAN', percent(1), { planIds })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('never changes what it gives, nor what it gave', async () => {
    await expect(isp.raw`update coupons set rate_bp = 9000 where code = 'GONE'`).rejects.toMatchObject({ code: 'NY001' })
    await expect(isp.raw`delete from coupons where code = 'GONE'`).rejects.toMatchObject({ code: 'NY001' })
    await expect(isp.raw`update subscription_discounts set rate_bp = 9000`).rejects.toMatchObject({ code: 'NY001' })
    await expect(isp.raw`update invoice_line_discounts set amount_minor = 1`).rejects.toMatchObject({ code: 'NY001' })
  })
})

describe('A referral', () => {
  let isp: Isp
  let on: ReturnType<typeof verbsOf>
  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    on = verbsOf(isp)
  })
  afterAll(() => isp.close())

  it('rewards both sides once, after the first paid invoice', async () => {
    await on.change({ referralReward: { referrer: { amountMinor: '30000', periods: 1 }, referred: { rateBp: 2_000, periods: 2 } } })
    const referrer = await isp.subscribe(june)
    await on.days('2026-06-01')
    const referred = await isp.subscribe({ startsOn: civilDate('2026-06-10'), anchorDay: 10 })
    await on.refer(referred, referrer.accountNumber)
    await on.days('2026-06-10', '2026-06-12')
    expect(await isp.raw`select from subscription_discounts`).toHaveLength(0)
    await on.pay(referred, 150_000n, 'SLIP-1')
    await on.days('2026-06-13', '2026-06-14', '2026-06-25', '2026-07-25', '2026-08-28')
    expect((await on.lines(referrer)).slice(1)).toEqual([
      '2026-07-01 1500.00 − REFERRAL 300.00: 120000',
      '2026-08-01 1500.00: 150000',
      '2026-09-01 1500.00: 150000',
    ])
    await forgetDiscount(isp, 'referral', async () => {
      expect(await recomputeIssued(isp.deps, isp.organisationId)).toMatchObject({ differing: 1 })
    })
    expect((await on.lines(referred)).slice(1)).toEqual([
      '2026-07-10 1500.00 − REFERRAL 300.00: 120000',
      '2026-08-10 1500.00 − REFERRAL 300.00: 120000',
    ])
    await on.sound()
  })

  it('is named once, before the first invoice, and never for oneself', async () => {
    const [referrer, referred] = [await isp.subscribe(), await isp.subscribe({ startsOn: '2026-12-01' as CivilDate })]
    await expect(on.refer(referred, referred.accountNumber)).rejects.toMatchObject({ code: 'not_found' })
    await expect(on.refer(referred, 'nobody')).rejects.toMatchObject({ code: 'not_found' })
    await on.refer(referred, ` ${referrer.accountNumber} `)
    await expect(on.refer(referred, referrer.accountNumber)).rejects.toMatchObject({ code: 'referral_named' })
    await isp.cycle()
    await expect(on.refer(referrer, referred.accountNumber)).rejects.toMatchObject({ code: 'referral_too_late' })
  })
})
