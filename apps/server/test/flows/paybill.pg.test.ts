import type { PaymentId } from '@nyuzi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resolveSuspense } from '../../src/flows/payments/resolve-suspense.ts'
import { cancelSubscription } from '../../src/flows/subscribers/cancel-subscription.ts'
import { changeSubscriber } from '../../src/flows/subscribers/change-subscriber.ts'
import { type Isp, type Line, openIsp } from '../isp.ts'
import { call, channelUrl, confirmationOf, hashed, masked, quiet, receiptsSent } from './wire.ts'

describe('A payment to the Paybill', () => {
  let isp: Isp
  let amina: Line
  let baraka: Line

  beforeAll(async () => {
    isp = await openIsp({ graceDays: 3 })
    amina = await isp.subscribe({ name: 'Amina Wanjiru' })
    baraka = await isp.subscribe({ name: 'Baraka Otieno' })
  })
  afterAll(() => isp.close())

  const pay = async (accountReference: string, phone = '+254799000999', amount = '100') => {
    const result = await isp.daraja.pay({ phone, amount, accountReference, firstName: 'SOMEONE' })
    if (result.outcome !== 'paid') throw new Error('the simulator took no money')
    const { receipt } = result.entry
    const row = await isp.until(
      `payment ${receipt}`,
      async () => (await isp.raw`select * from payments where provider_transaction = ${receipt}`)[0],
    )
    return row as Record<string, unknown> & { candidates: { subscriberId: string }[] }
  }

  it('finds its subscriber by the account number', async () => {
    expect(await pay(amina.accountNumber)).toMatchObject({
      status: 'matched',
      subscriber_id: amina.subscriberId,
      match_rule: 'account_number',
      amount_minor: '10000',
    })
  })

  it.each([
    ['with spaces', (number: string) => ` ${number.slice(0, 3)} ${number.slice(3)} `],
    ['with dashes and dots', (number: string) => `${number.slice(0, 2)}-${number.slice(2, 4)}.${number.slice(4)}`],
    ['with the letter O for zero', (number: string) => number.replaceAll('0', 'O')],
    ['with a small o for zero', (number: string) => number.replaceAll('0', 'o')],
    ['with the letter I for one', (number: string) => number.replaceAll('1', 'I')],
    ['with a small l for one', (number: string) => number.replaceAll('1', 'l')],
  ])('finds its subscriber by the account number %s', async (_form, typed) => {
    expect(typed(amina.accountNumber)).not.toBe(amina.accountNumber)
    expect(await pay(typed(amina.accountNumber))).toMatchObject({
      status: 'matched',
      subscriber_id: amina.subscriberId,
      match_rule: 'account_number',
    })
  })

  it.each([
    ['ISP-00/7 b', 'isp007B'],
    ['KB/2019/114', 'kb 2019 114'],
    ['Wanjiru', 'WANJIRU'],
    ['44', '44'],
  ])('finds a subscriber whose imported number is %s when %s is typed', async (accountNumber, typed) => {
    const imported = await isp.subscribe({ accountNumber })
    expect(await pay(typed)).toMatchObject({ status: 'matched', subscriber_id: imported.subscriberId, match_rule: 'account_number' })
  })

  it('goes to suspense when one digit is wrong, with the right subscriber as the first candidate', async () => {
    const last = Number(amina.accountNumber.at(-1))
    for (const typed of [
      `${amina.accountNumber.slice(0, -1)}${(last + 1) % 10}`,
      `${amina.accountNumber.slice(0, 3)}9${amina.accountNumber.slice(4)}`,
    ]) {
      const payment = await pay(typed, amina.phone)
      expect(payment).toMatchObject({
        status: 'unmatched',
        suspense_reason: 'wrong_check_digit',
        subscriber_id: null,
        account_reference: typed,
      })
      expect(payment.candidates[0]).toMatchObject({
        subscriberId: amina.subscriberId,
        reasons: expect.arrayContaining(['near_account_number', 'payer_pattern']),
      })
    }
  })

  it('goes to suspense when nobody has the account, and names nobody', async () => {
    expect(await pay('SHOP 12')).toMatchObject({ status: 'unmatched', suspense_reason: 'unknown_account', candidates: [] })
  })

  it('finds its subscriber by a phone typed as the account, in any form', async () => {
    const national = `0${baraka.phone.slice(4)}`
    for (const typed of [national, baraka.phone.slice(1), `${national.slice(0, 4)} ${national.slice(4)}`])
      expect(await pay(typed)).toMatchObject({ status: 'matched', subscriber_id: baraka.subscriberId, match_rule: 'phone_as_reference' })
  })

  it('goes to suspense when two subscribers have the phone that was typed', async () => {
    const phone = '+254722000111'
    const [first, second] = [await isp.subscribe({ phone }), await isp.subscribe({ phone })]
    const payment = await pay('0722000111')
    expect(payment).toMatchObject({ status: 'unmatched', suspense_reason: 'ambiguous' })
    expect(payment.candidates.map(({ subscriberId }: { subscriberId: string }) => subscriberId).sort()).toEqual(
      [first.subscriberId, second.subscriberId].sort(),
    )
  })

  it('for a closed subscriber goes to suspense, and says whose it was', async () => {
    const closed = await isp.subscribe()
    await cancelSubscription(isp.deps, isp.organisationId, closed.subscriptionId, { on: '2026-06-01' as never, actor: 'test' })
    await changeSubscriber(isp.deps, isp.organisationId, closed.subscriberId, { status: 'closed', actor: 'test' })
    const payment = await pay(closed.accountNumber)
    expect(payment).toMatchObject({ status: 'unmatched', suspense_reason: 'closed_account' })
    expect(payment.candidates[0]).toMatchObject({ subscriberId: closed.subscriberId })
  })

  it('stands in the books whether it matched or not', async () => {
    await quiet(isp)
    const [sums] = await isp.raw`select (select sum(amount_minor) from payments)::text as posted`
    expect(sums?.posted).toBe(String(isp.daraja.book.reduce((sum, { amount }) => sum + Number(amount) * 100, 0)))
    expect((await isp.verify()).doubts).toEqual([])
  })
})

describe('A payment without a reference, to a till', () => {
  let isp: Isp
  let amina: Line
  let url: string
  let made = 0

  beforeAll(async () => {
    isp = await openIsp()
    amina = await isp.subscribe({ phone: '+254712345678' })
    // Its digits agree with Amina's masked number, so a mask alone could not tell them apart.
    await isp.subscribe({ phone: '+254798765678' })
    const till = await isp.install('mpesa', 'Till 5123456', { ...isp.daraja.settings('5123456'), c2bVersion: 'v1' })
    await isp.engine.pluginHost.refresh()
    url = await channelUrl(isp, 'confirmation', { installation: till })
  })
  afterAll(() => isp.close())

  const payAs = async (msisdn: string, account = '') => {
    const receipt = `TIL${String(++made).padStart(7, '0')}`
    expect(await call(url, confirmationOf({ receipt, amount: '250.00', at: isp.clock.now(), msisdn, account }))).toBe(200)
    return await isp.until(
      `payment ${receipt}`,
      async () => (await isp.raw`select * from payments where provider_transaction = ${receipt}`)[0],
    )
  }

  it('matches by the hash of the phone that paid', async () => {
    expect(await payAs(hashed(amina.phone))).toMatchObject({
      status: 'matched',
      subscriber_id: amina.subscriberId,
      match_rule: 'payer_phone',
    })
  })

  it('matches by a phone in clear', async () => {
    expect(await payAs(amina.phone.slice(1))).toMatchObject({
      status: 'matched',
      subscriber_id: amina.subscriberId,
      match_rule: 'payer_phone',
    })
  })

  it('takes a dash for no reference at all', async () => {
    expect(await payAs(hashed(amina.phone), '-')).toMatchObject({ status: 'matched', match_rule: 'payer_phone' })
  })

  it('never matches by a masked phone, however well it agrees', async () => {
    expect(await payAs(masked(amina.phone))).toMatchObject({ status: 'unmatched', suspense_reason: 'no_reference', subscriber_id: null })
  })

  it('never matches by the phone when an account was typed: people pay for their neighbours', async () => {
    expect(await payAs(amina.phone.slice(1), 'NEIGHBOUR')).toMatchObject({ status: 'unmatched', suspense_reason: 'unknown_account' })
  })

  it('waits in suspense when it comes from a stranger, or from an organisation without a phone', async () => {
    expect(await payAs(hashed('+254700000001'))).toMatchObject({ status: 'unmatched', suspense_reason: 'no_reference' })
    expect(await payAs('')).toMatchObject({ status: 'unmatched', suspense_reason: 'no_reference' })
    expect((await isp.verify()).doubts).toEqual([])
  })
})

describe('A line that was suspended', () => {
  let isp: Isp
  let line: Line
  let other: Line

  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z', graceDays: 3 })
    line = await isp.subscribe({ startsOn: '2026-06-05' as never, anchorDay: 5 })
    other = await isp.subscribe({ startsOn: '2026-06-05' as never, anchorDay: 5 })
    isp.day('2026-06-01')
    await isp.cycle()
    isp.day('2026-06-09')
    await isp.cycle()
    for (const one of [line, other]) await isp.until('the line to be seen off', () => isSeen(one, 'suspended'))
  })
  afterAll(() => isp.close())

  const isSeen = async ({ serviceId }: Line, state: string) =>
    (await isp.raw`select 1 from access_states where service_id = ${serviceId} and observed_state = ${state} and status = 'in_sync'`)
      .length === 1
  const pay = async (accountReference: string, amount: string) => {
    const result = await isp.daraja.pay({ phone: '+254799000999', amount, accountReference })
    if (result.outcome !== 'paid') throw new Error('the simulator took no money')
    await quiet(isp)
    return result.entry.receipt
  }
  const wanted = async ({ serviceId }: Line) =>
    (await isp.raw`select wanted_state, wanted_version from access_states where service_id = ${serviceId}`)[0]

  it('stays off after a part of what is owed, and the part is not lost', async () => {
    const before = await wanted(line)
    await pay(line.accountNumber, '700')
    expect(await wanted(line)).toEqual(before)
    expect(await isp.raw`select allocated_minor, status from invoices where subscriber_id = ${line.subscriberId}`).toEqual([
      { allocated_minor: '70000', status: 'open' },
    ])
  })

  it('comes back by itself with the second part', async () => {
    await pay(line.accountNumber, '800')
    await isp.until('the line to be on', () => isSeen(line, 'active'))
    expect(isp.router.book.secret(line.username)).toMatchObject({ disabled: false })
    expect(await isp.raw`select allocated_minor, status from invoices where subscriber_id = ${line.subscriberId}`).toEqual([
      { allocated_minor: '150000', status: 'paid' },
    ])
  })

  it('comes back by itself when its payment is found in suspense, and its receipt goes out', async () => {
    const receipt = await pay('WRONG 77', '1500')
    const [payment] = await isp.raw`select id, status from payments where provider_transaction = ${receipt}`
    expect(payment).toMatchObject({ status: 'unmatched' })
    expect(await wanted(other)).toMatchObject({ wanted_state: 'suspended' })
    expect(receiptsSent(isp, receipt)).toEqual([])

    await resolveSuspense(isp.deps, isp.organisationId, {
      paymentId: payment?.id as PaymentId,
      subscriberId: other.subscriberId,
      actor: 'clerk',
    })
    await isp.until('the line to be on', () => isSeen(other, 'active'))
    const message = await isp.until('the receipt', () => receiptsSent(isp, receipt)[0])
    expect(message).toMatchObject({ to: other.phone.slice(1) })
    expect(await isp.raw`select status, subscriber_id, resolved_by from payments where id = ${payment?.id}`).toEqual([
      { status: 'matched', subscriber_id: other.subscriberId, resolved_by: 'clerk' },
    ])
    await expect(
      resolveSuspense(isp.deps, isp.organisationId, {
        paymentId: payment?.id as PaymentId,
        subscriberId: line.subscriberId,
        actor: 'clerk',
      }),
    ).rejects.toMatchObject({ code: 'payment_already_matched' })
    expect((await isp.verify()).doubts).toEqual([])
  })

  it('takes what was paid too much as credit, which pays the next invoice when it is issued', async () => {
    await pay(line.accountNumber, '2000')
    expect(
      await isp.raw`select sum(amount_minor - allocated_minor)::text as credit from payments where subscriber_id = ${line.subscriberId}`,
    ).toEqual([{ credit: '200000' }])
    isp.day('2026-06-28')
    await isp.cycle()
    expect(
      await isp.raw`select number, status, allocated_minor from invoices where subscriber_id = ${line.subscriberId} and due_on = '2026-07-05'`,
    ).toEqual([{ number: expect.stringMatching(/^NRB-/), status: 'paid', allocated_minor: '150000' }])
    expect(
      await isp.raw`select sum(amount_minor - allocated_minor)::text as credit from payments where subscriber_id = ${line.subscriberId}`,
    ).toEqual([{ credit: '50000' }])
    const balances = await isp.raw`select kind, balance_minor from ledger_accounts where owner = ${line.subscriberId} order by kind`
    expect(balances).toEqual([
      { kind: 'credit', balance_minor: '-50000' },
      { kind: 'receivable', balance_minor: '0' },
    ])
    expect((await isp.verify()).doubts).toEqual([])
  })
})

describe('A provider that asks before it takes a payment', () => {
  let isp: Isp
  let line: Line

  beforeAll(async () => {
    isp = await openIsp({ daraja: { shortcodes: [{ shortcode: '400123', kind: 'paybill', validation: true }] } })
    line = await isp.subscribe()
  })
  afterAll(() => isp.close())

  const pay = (accountReference: string) => isp.daraja.pay({ phone: '+254799000999', amount: '300', accountReference })

  it('is told yes for an account that somebody has, in any form, and the payment is posted', async () => {
    expect(await pay(` ${line.accountNumber.replaceAll('0', 'o')}`)).toMatchObject({ outcome: 'paid' })
    expect(await pay(`0${line.phone.slice(4)}`)).toMatchObject({ outcome: 'paid' })
    await quiet(isp)
    expect(await isp.raw`select status from payments`).toEqual([{ status: 'matched' }, { status: 'matched' }])
  })

  it('is told no for an account that nobody has, and no money moves', async () => {
    const before = isp.daraja.book.length
    const last = Number(line.accountNumber.at(-1))
    expect(await pay('NOBODY')).toEqual({ outcome: 'rejected', code: 'C2B00012' })
    expect(await pay(`${line.accountNumber.slice(0, -1)}${(last + 1) % 10}`)).toEqual({ outcome: 'rejected', code: 'C2B00012' })
    expect(isp.daraja.book).toHaveLength(before)
  })

  it('is told yes where the money has an owner but it is not sure which: it waits in suspense', async () => {
    const phone = '+254722000111'
    await isp.subscribe({ phone })
    const second = await isp.subscribe({ phone })
    expect(await pay('0722000111')).toMatchObject({ outcome: 'paid' })
    await cancelSubscription(isp.deps, isp.organisationId, second.subscriptionId, { on: '2026-06-01' as never, actor: 'test' })
    await changeSubscriber(isp.deps, isp.organisationId, second.subscriberId, { status: 'closed', actor: 'test' })
    expect(await pay(second.accountNumber)).toMatchObject({ outcome: 'paid' })
    await quiet(isp)
    expect(await isp.raw`select suspense_reason from payments where status = 'unmatched' order by recorded_at`).toEqual([
      { suspense_reason: 'ambiguous' },
      { suspense_reason: 'closed_account' },
    ])
  })

  it('keeps nothing of what it asked', async () => {
    expect(await isp.raw`select distinct channel from callbacks`).toEqual([{ channel: 'confirmation' }])
  })
})
