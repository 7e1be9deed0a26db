import { type CivilDate, civilDate, money, type SubscriptionId } from '@nyuzi/core'
import { describe, expect, it } from 'vitest'
import { createPrice, type NewPrice } from '../../src/flows/catalog/create-price.ts'
import { createCoupon } from '../../src/flows/discounts/create-coupon.ts'
import { redeemCoupon } from '../../src/flows/discounts/redeem-coupon.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { amountToPay } from '../../src/flows/payments/amount-to-pay.ts'
import { requestPayment } from '../../src/flows/payments/request-payment.ts'
import { requestExtension } from '../../src/flows/receivables/request-extension.ts'
import { cancelSubscription } from '../../src/flows/subscribers/cancel-subscription.ts'
import { changeSubscriptionPlan } from '../../src/flows/subscribers/change-plan.ts'
import { createSubscription } from '../../src/flows/subscribers/create-subscription.ts'
import { pauseSubscription } from '../../src/flows/subscribers/pause-subscription.ts'
import { resumeSubscription } from '../../src/flows/subscribers/resume-subscription.ts'
import { setParent } from '../../src/flows/subscribers/set-parent.ts'
import { type Line, priceOf } from '../isp.ts'
import { isp, on, openPrepaidIsp, pays, planOf } from '../prepaid-isp.ts'

const actor = 'test'
openPrepaidIsp()

const prepaid = async (changes: Partial<NewPrice> = {}) => await isp.subscribe({ planId: await planOf(changes) })

/** `2026-07-01: 1500, 400 missing` */
const renewal = async (id: SubscriptionId) => {
  const found = await isp.deps.store.inOrganisation(isp.organisationId, (tx) => tx.readings.subscription(id, isp.clock.now()))
  return found?.renewal && `${found.renewal.on}: ${found.renewal.amountMinor / 100n}, ${found.renewal.missingMinor / 100n} missing`
}

const toPay = async ({ subscriberId }: Pick<Line, 'subscriberId'>) => {
  const found = await isp.deps.store.inOrganisation(isp.organisationId, (tx) => amountToPay(tx, subscriberId, isp.clock.now()))
  return found && Number(found.amountMinor / 100n)
}

/** `renewal_due before_due sent`, in the order in which they were owed. */
const told = async ({ subscriberId }: Pick<Line, 'subscriberId'>) =>
  (
    await isp.raw<{ kind: string; key: string; status: string }[]>`
      select kind, case when source_noun = 'service' then 'cut_off' else split_part(dedupe_key, ':', 3) end as key, status
        from messages where subscriber_id = ${subscriberId} and kind <> 'receipt' order by created_at, id`
  ).map(({ kind, key, status }) => `${kind} ${key} ${status}`)

const texts = async ({ subscriberId }: Pick<Line, 'subscriberId'>) =>
  (
    await isp.raw<{ text: string }[]>`
      select text from messages where subscriber_id = ${subscriberId} and kind <> 'receipt' and text is not null order by created_at, id`
  ).map(({ text }) => text)

describe('What a prepaid subscription costs next', () => {
  it('is known while it waits for the first time, once it is bought, and when it waits again', async () => {
    const line = await prepaid()
    expect(await renewal(line.subscriptionId)).toBe('2026-06-01: 1500, 1500 missing')
    await pays(line, 400)
    expect(await renewal(line.subscriptionId)).toBe('2026-06-01: 1500, 1100 missing')
    await pays(line, 1_300)
    expect(await renewal(line.subscriptionId)).toBe('2026-07-01: 1500, 1300 missing')
    await on('2026-07-01')
    await on('2026-07-20')
    expect(await renewal(line.subscriptionId)).toBe('2026-07-01: 1500, 1300 missing')
    await pays(line, 1_300)
    expect(await renewal(line.subscriptionId)).toBe('2026-08-20: 1500, 1500 missing')
  })

  it('is known ahead of a first day that lies ahead, ends with a cancellation and is cut by one that comes later', async () => {
    const later = await isp.subscribe({ planId: await planOf(), startsOn: civilDate('2026-06-20') })
    expect(await renewal(later.subscriptionId)).toBe('2026-06-20: 1500, 1500 missing')
    const line = await prepaid()
    await pays(line, 1_500)
    await cancelSubscription(isp.deps, isp.organisationId, line.subscriptionId, { on: civilDate('2026-07-11'), actor })
    expect(await renewal(line.subscriptionId)).toBe('2026-07-01: 483, 483 missing')
    const other = await prepaid()
    await pays(other, 1_500)
    await cancelSubscription(isp.deps, isp.organisationId, other.subscriptionId, { on: civilDate('2026-07-01'), actor })
    expect(await renewal(other.subscriptionId)).toBeNull()
  })

  it('follows a change of plan and a pause', async () => {
    const line = await prepaid()
    await pays(line, 1_500)
    const { subscriptionId } = line
    const to = { planId: await planOf({ amount: money(250_000n, 'KES') }) }
    await changeSubscriptionPlan(isp.deps, isp.organisationId, subscriptionId, { to, when: 'at_period_end', actor })
    expect(await renewal(subscriptionId)).toBe('2026-07-01: 2500, 2500 missing')
    const away = { from: civilDate('2026-07-01'), until: civilDate('2026-08-01'), reason: 'Upcountry', actor }
    await pauseSubscription(isp.deps, isp.organisationId, subscriptionId, away)
    expect(await renewal(subscriptionId)).toBe('2026-08-01: 2500, 2500 missing')
    await on('2026-07-01')
    expect(await told(line)).toEqual([])
    await resumeSubscription(isp.deps, isp.organisationId, subscriptionId, { actor })
    expect(await renewal(subscriptionId)).toBe('2026-07-01: 2500, 2500 missing')
  })

  it('is lowered by a discount, and bought by the next run when credit covers it then', async () => {
    const line = await prepaid()
    await pays(line, 1_300)
    const value = { kind: 'percentage', rateBp: 2_000 } as const
    const coupon = { code: 'KARIBU', title: 'Karibu', value, exclusive: false, newSubscribersOnly: false, periodsMax: 1 }
    await createCoupon(isp.deps, isp.organisationId, { ...coupon, actor })
    await redeemCoupon(isp.deps, isp.organisationId, line.subscriptionId, { code: 'KARIBU', actor })
    expect(await renewal(line.subscriptionId)).toBe('2026-06-01: 1200, 0 missing')
    await isp.cycle()
    expect(await renewal(line.subscriptionId)).toBe('2026-07-01: 1500, 1400 missing')
  })

  it('is lowered by a version of the price that it moves to, and bought by the next run', async () => {
    const planId = await planOf()
    const line = await isp.subscribe({ planId })
    await pays(line, 1_300)
    const version = { ...priceOf('1200', 'prepaid', 0), existing: 'move', actor } as const
    await createPrice(isp.deps, isp.organisationId, planId, version)
    await isp.settled()
    expect(await renewal(line.subscriptionId)).toBe('2026-06-01: 1200, 0 missing')
    await isp.cycle()
    expect(await renewal(line.subscriptionId)).toBe('2026-07-01: 1200, 1100 missing')
  })

  it('is nothing for one that is postpaid', async () => {
    const line = await isp.subscribe()
    await isp.cycle()
    expect(await renewal(line.subscriptionId)).toBeNull()
  })

  it('of a parent who pays for several is told for each, with the credit used by the first', async () => {
    const parent = await prepaid()
    const child = await prepaid({ amount: money(50_000n, 'KES') })
    await setParent(isp.deps, isp.organisationId, child.subscriberId, { parentId: parent.subscriberId, pays: true, actor })
    await pays(parent, 100)
    expect(await renewal(parent.subscriptionId)).toBe('2026-06-01: 1500, 1400 missing')
    expect(await renewal(child.subscriptionId)).toBe('2026-06-01: 500, 500 missing')
    expect(await toPay(parent)).toBe(1_900)
    expect(await toPay(child)).toBe(0)
    await pays(parent, 1_900)
    expect(await renewal(parent.subscriptionId)).toBe('2026-07-01: 1500, 1500 missing')
    expect(await renewal(child.subscriptionId)).toBe('2026-07-01: 500, 500 missing')
  })
})

describe('What a subscriber is asked for', () => {
  it('is the debts with the renewals that wait or come within the lead days, less free credit', async () => {
    const line = await isp.subscribe()
    await isp.cycle()
    expect(await toPay(line)).toBe(1_500)
    await createSubscription(isp.deps, isp.organisationId, {
      subscriberId: line.subscriberId,
      sold: { planId: await planOf({ amount: money(50_000n, 'KES') }) },
      actor,
    })
    expect(await toPay(line)).toBe(2_000)
    await pays(line, 1_600)
    expect(await toPay(line)).toBe(400)
    await pays(line, 400)
    expect(await toPay(line)).toBe(0)
    isp.day('2026-06-23')
    expect(await toPay(line)).toBe(0)
    // Seven days ahead the postpaid month is invoiced, and the prepaid one is asked for.
    isp.day('2026-06-24')
    await isp.cycle()
    expect(await toPay(line)).toBe(2_000)
  })

  it('is the amount of a prompt that names none', async () => {
    const line = await prepaid()
    await pays(line, 400)
    await requestPayment(isp.deps, isp.organisationId, { subscriberId: line.subscriberId, actor })
    const [intent] = await isp.raw`select amount_minor::text from payment_intents where subscriber_id = ${line.subscriberId}`
    expect(intent).toEqual({ amount_minor: '110000' })
  })
})

describe('A prepaid line whose paid days end', () => {
  const days = async (from: CivilDate, until: CivilDate) => {
    for (let day = new Date(`${from}T09:00:00Z`); day <= new Date(`${until}T09:00:00Z`); day = new Date(day.getTime() + 86_400_000)) {
      await on(day.toISOString().slice(0, 10))
    }
  }
  const june = [civilDate('2026-06-24'), civilDate('2026-07-03')] as const

  it('is reminded by the same steps, is told when it goes off, and is left alone afterwards', async () => {
    const line = await prepaid()
    await pays(line, 1_500)
    await days(...june)
    expect(await told(line)).toEqual([
      'renewal_due before_due sent',
      'expired cut_off sent',
      'renewal_due due skipped',
      'expired after_due sent',
    ])
    expect(await texts(line)).toEqual([
      `Amina, your Savanna Fibre line needs KES 1,500 by 1 Jul to go on. Pay Paybill 400123, account ${line.accountNumber}. It goes on by itself once paid.`,
      `Amina, your paid time at Savanna Fibre ended on 30 Jun. Pay KES 1,500 to Paybill 400123, account ${line.accountNumber}. The line comes back by itself once paid.`,
      `Amina, your paid time at Savanna Fibre ended on 30 Jun. Pay KES 1,500 to Paybill 400123, account ${line.accountNumber}. The line comes back by itself once paid.`,
    ])
  })

  it('is reminded again of the next renewal, and asked for what credit leaves over', async () => {
    const line = await prepaid()
    await pays(line, 1_500)
    await on('2026-06-27')
    await pays(line, 1_800)
    await days(civilDate('2026-06-28'), civilDate('2026-07-27'))
    expect(await told(line)).toEqual(['renewal_due before_due sent', 'renewal_due before_due sent'])
    expect((await texts(line))[1]).toContain('needs KES 1,200 by 1 Aug')
  })

  it('is not reminded when credit covers it, when it was never bought, or when it ends then', async () => {
    const [covered, never, ends] = [await prepaid(), await prepaid(), await prepaid()]
    await pays(covered, 3_000)
    await pays(ends, 1_500)
    await cancelSubscription(isp.deps, isp.organisationId, ends.subscriptionId, { on: civilDate('2026-07-01'), actor })
    await days(...june)
    for (const line of [covered, never, ends]) expect(await told(line)).toEqual([])
  })

  it('that is renewed before its text went out is told nothing', async () => {
    await changeOrganisation(isp.deps, isp.organisationId, { quietHours: { from: '21:00', until: '07:00' }, actor })
    const line = await prepaid()
    await pays(line, 1_500)
    // 22:30 in Nairobi, on the day of the reminder.
    isp.clock.moveTo(new Date('2026-06-26T19:30:00Z'))
    await isp.cycle()
    await isp.settled()
    expect(await told(line)).toEqual(['renewal_due before_due queued'])
    await pays(line, 1_500)
    isp.clock.moveTo(new Date('2026-06-27T04:00:00Z'))
    await isp.until('the reminder', async () => (await told(line))[0]?.endsWith('skipped'))
    await changeOrganisation(isp.deps, isp.organisationId, { quietHours: null, actor })
  })

  it('is not reminded while an extension holds, and keeps its line', async () => {
    const line = await prepaid({ graceDays: 2 })
    await pays(line, 1_500)
    await days(civilDate('2026-06-26'), civilDate('2026-07-01'))
    expect(await told(line)).toEqual(['renewal_due before_due sent', 'renewal_due due sent'])
    await requestExtension(isp.deps, isp.organisationId, line.subscriberId, { until: civilDate('2026-07-05'), reason: 'payday', actor })
    await isp.raw`update extensions set status = 'approved', holds_until = until where subscriber_id = ${line.subscriberId}`
    await days(civilDate('2026-07-02'), civilDate('2026-07-04'))
    expect(await told(line)).toHaveLength(2)
    await days(civilDate('2026-07-05'), civilDate('2026-07-06'))
    expect(await told(line)).toEqual([
      'renewal_due before_due sent',
      'renewal_due due sent',
      'expired after_due sent',
      'expired cut_off sent',
    ])
  })

  it('with others of one payer is told of in one text, which names the sum, and so is that they went off', async () => {
    const [parent, ...children] = [await prepaid(), await prepaid(), await prepaid()]
    for (const { subscriberId } of children)
      await setParent(isp.deps, isp.organisationId, subscriberId, { parentId: parent.subscriberId, pays: true, actor })
    await pays(parent, 4_500)
    await on('2026-06-26')
    expect(await told(parent)).toEqual(['renewal_due before_due sent', 'renewal_due before_due skipped', 'renewal_due before_due skipped'])
    await pays(parent, 200)
    await days(civilDate('2026-06-27'), civilDate('2026-07-01'))
    await pays(parent, 1_300)
    await on('2026-07-02')
    const names = (
      await isp.raw`select username from services where subscriber_id = any(${[parent, ...children].map(({ subscriberId }) => subscriberId)}) order by id`
    ).map(({ username }) => username)
    expect(await texts(parent)).toEqual([
      expect.stringContaining('Amina, your 3 Savanna Fibre lines need KES 4,500 by 1 Jul to go on.'),
      expect.stringContaining('your paid time at Savanna Fibre ended on 30 Jun. Pay KES 4,300'),
      expect.stringContaining('your paid time at Savanna Fibre ended on 30 Jun. Pay KES 3,000'),
    ])
    expect((await texts(parent))[1]).toContain(`Lines ${names.join(', ')}.`)
    for (const child of children) expect(await told(child)).toEqual([])
    // Each is recorded, so that none of them is told again.
    await on('2026-07-03')
    expect(await texts(parent)).toHaveLength(3)
  })

  it('that a parent pays for is told to the parent, with the account of the parent', async () => {
    const [parent, child] = [await prepaid(), await prepaid()]
    await setParent(isp.deps, isp.organisationId, child.subscriberId, { parentId: parent.subscriberId, pays: true, actor })
    await pays(parent, 4_500)
    await on('2026-06-26')
    expect(await told(child)).toEqual([])
    expect(await told(parent)).toEqual(['renewal_due before_due sent'])
    expect((await texts(parent))[0]).toContain(`account ${parent.accountNumber}`)
  })
})
