import { asId, type IntentId } from '@nyuzi/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { requestPayment } from '../../src/flows/payments/request-payment.ts'
import { type Isp, type Line, openIsp } from '../isp.ts'
import { call, channelUrl, confirmationOf, masked, promptPaidOf, promptUrl, quiet, receiptsSent } from './wire.ts'

/** One prompt on a phone of its own, accepted by the provider and not answered yet. */
async function openPrompt(isp: Isp, line: Line): Promise<{ intentId: IntentId; checkout: string }> {
  const done = await requestPayment(isp.deps, isp.organisationId, {
    subscriberId: line.subscriberId,
    amount: { amountMinor: 150_000n, currency: 'KES' },
    actor: 'test',
  })
  if (done.outcome !== 'done') throw new Error('no prompt was asked for')
  const { intentId } = done.result
  const row = await isp.until(
    'the prompt to be accepted',
    async () => (await isp.raw`select provider_reference from payment_intents where id = ${intentId} and status = 'pending'`)[0],
  )
  return { intentId, checkout: row.provider_reference }
}

const books = async (isp: Isp, receipt: string) => {
  const [row] = await isp.raw`
    select (select count(*)::int from payments where provider_transaction = ${receipt}) as payments,
           (select count(*)::int from journal_entries e join payments p on e.source_id = p.id::text where p.provider_transaction = ${receipt}) as entries,
           (select count(*)::int from messages m join payments p on m.source_id = p.id::text where p.provider_transaction = ${receipt}) as receipts`
  return row
}

describe('The same report, brought to two servers', () => {
  let isp: Isp
  let line: Line

  beforeAll(async () => {
    isp = await openIsp({ servers: 2 })
    line = await isp.subscribe()
  })
  afterAll(() => isp.close())

  it('twenty times at once is one payment, one entry and one receipt, and the repeats are counted', async () => {
    const body = confirmationOf({
      receipt: 'TWENTY0001',
      amount: '1500.00',
      at: isp.clock.now(),
      account: line.accountNumber,
      msisdn: masked(line.phone),
    })
    const urls = await Promise.all([0, 1].map((server) => channelUrl(isp, 'confirmation', { server })))
    const statuses = await Promise.all(Array.from({ length: 20 }, (_, index) => call(urls[index % 2] as string, body)))
    expect(statuses).toEqual(Array(20).fill(200))
    await quiet(isp)
    expect(await books(isp, 'TWENTY0001')).toEqual({ payments: 1, entries: 1, receipts: 1 })
    expect(await isp.raw`select repeats, status from callbacks where dedupe_key = 'c2b:TWENTY0001'`).toEqual([
      { repeats: 19, status: 'processed' },
    ])
    await isp.until('the receipt to be sent', () => receiptsSent(isp, 'TWENTY0001').length > 0)
    expect(await isp.raw`select status, attempts from messages where source_noun = 'payment'`).toEqual([{ status: 'sent', attempts: 1 }])
    expect(receiptsSent(isp, 'TWENTY0001')).toHaveLength(1)
  })

  it('hours later changes nothing but the count', async () => {
    const body = confirmationOf({ receipt: 'LATER00001', amount: '1500.00', at: isp.clock.now(), account: line.accountNumber })
    const [first, second] = [await channelUrl(isp, 'confirmation'), await channelUrl(isp, 'confirmation', { server: 1 })]
    await call(first, body)
    await quiet(isp)
    expect(await call(second, body)).toBe(200)
    expect(await call(second, body)).toBe(200)
    await quiet(isp)
    expect(await books(isp, 'LATER00001')).toEqual({ payments: 1, entries: 1, receipts: 1 })
    expect(await isp.raw`select repeats from callbacks where dedupe_key = 'c2b:LATER00001'`).toEqual([{ repeats: 2 }])
  })

  it('with other content is kept beside the first, and a person is told', async () => {
    const [first, second] = [await channelUrl(isp, 'confirmation'), await channelUrl(isp, 'confirmation', { server: 1 })]
    const bodies = ['1500.00', '9500.00'].map((amount) =>
      confirmationOf({ receipt: 'DIFFER0001', amount, at: isp.clock.now(), account: line.accountNumber }),
    )
    expect(await call(first, bodies[0] as string)).toBe(200)
    expect(await call(second, bodies[1] as string)).toBe(200)
    expect(await call(first, bodies[1] as string)).toBe(200)
    await quiet(isp)
    const kept =
      await isp.raw`select status, repeats, convert_from(body, 'UTF8') as body from callbacks where dedupe_key like 'c2b:DIFFER0001%' order by status`
    expect(kept).toEqual([
      { status: 'conflict', repeats: 1, body: bodies[1] },
      { status: 'processed', repeats: 0, body: bodies[0] },
    ])
    expect(await isp.raw`select amount_minor from payments where provider_transaction = 'DIFFER0001'`).toEqual([{ amount_minor: '150000' }])
    expect(await isp.raw`select kind, subject_noun, done_at from tasks where subject_id = 'c2b:DIFFER0001'`).toEqual([
      { kind: 'callback_conflict', subject_noun: 'callback', done_at: null },
    ])
  })

  it('with other content at the very same moment keeps both, too', async () => {
    const urls = await Promise.all([0, 1].map((server) => channelUrl(isp, 'confirmation', { server })))
    const bodies = ['100.00', '200.00'].map((amount) =>
      confirmationOf({ receipt: 'DIFFER0002', amount, at: isp.clock.now(), account: line.accountNumber }),
    )
    await Promise.all(Array.from({ length: 8 }, (_, index) => call(urls[(index >> 1) % 2] as string, bodies[index % 2] as string)))
    await quiet(isp)
    const kept =
      await isp.raw`select status, convert_from(body, 'UTF8') as body, repeats from callbacks where dedupe_key like 'c2b:DIFFER0002%' order by status`
    expect(kept.map(({ status }) => status)).toEqual(['conflict', 'processed'])
    expect(kept.map(({ body }) => body).sort()).toEqual([...bodies].sort())
    expect(kept.map(({ repeats }) => repeats)).toEqual([3, 3])
    expect((await isp.raw`select 1 from payments where provider_transaction = 'DIFFER0002'`).length).toBe(1)
    expect((await isp.raw`select 1 from tasks where subject_id = 'c2b:DIFFER0002'`).length).toBe(1)
  })

  it('with other content in one write with a repeat of the first keeps two, and counts the repeat', async () => {
    const bodies = ['100.00', '200.00'].map((amount) =>
      confirmationOf({ receipt: 'DIFFER0003', amount, at: isp.clock.now(), account: line.accountNumber }),
    )
    const callbackOf = (body: string | undefined) => ({
      id: asId('callback', isp.deps.ids.next()),
      organisationId: isp.organisationId,
      installationId: isp.installations.paybill,
      channel: 'confirmation',
      dedupeKey: 'c2b:DIFFER0003',
      body: new TextEncoder().encode(body),
      headers: {},
      query: {},
      receivedAt: isp.clock.now(),
    })
    const keep = (...order: readonly number[]) =>
      isp.deps.store.keepCallbacks(
        isp.organisationId,
        order.map((index) => callbackOf(bodies[index])),
      )
    expect(await keep(0)).toEqual(['stored'])
    expect(await keep(1, 0, 1, 0)).toEqual(['conflict', 'repeat', 'conflict', 'repeat'])
    expect(
      await isp.raw`select repeats, convert_from(body, 'UTF8') as body from callbacks where dedupe_key like 'c2b:DIFFER0003%' order by dedupe_key`,
    ).toEqual([
      { repeats: 2, body: bodies[0] },
      { repeats: 1, body: bodies[1] },
    ])
    await quiet(isp)
  })

  it('leaves books in which nothing is in doubt', async () => {
    expect((await isp.verify()).doubts).toEqual([])
  })
})

describe('A prompt that is reported by its own callback and by the confirmation', () => {
  let isp: Isp
  let line: Line
  let made = 0

  beforeAll(async () => {
    isp = await openIsp({ servers: 2, daraja: { confirmation: 'never' } })
  })
  beforeEach(async () => {
    line = await isp.subscribe()
  })
  afterAll(() => isp.close())

  const reports = async () => {
    const { intentId, checkout } = await openPrompt(isp, line)
    const receipt = `BOTH${String(++made).padStart(6, '0')}`
    const facts = { receipt, amount: '1500.00', at: isp.clock.now(), msisdn: line.phone }
    const [callbackUrl, confirmationUrl] = [await promptUrl(isp, intentId), await channelUrl(isp, 'confirmation', { server: 1 })]
    return {
      receipt,
      intentId,
      callback: () => call(callbackUrl, promptPaidOf(checkout, facts)),
      confirmation: () => call(confirmationUrl, confirmationOf({ ...facts, account: line.accountNumber, msisdn: masked(line.phone) })),
    }
  }
  const isOnePayment = async (receipt: string, intentId: string) => {
    expect(await books(isp, receipt)).toEqual({ payments: 1, entries: 1, receipts: 1 })
    const [payment] = await isp.raw`select id, intent_id, status, subscriber_id from payments where provider_transaction = ${receipt}`
    expect(payment).toMatchObject({ intent_id: intentId, status: 'matched', subscriber_id: line.subscriberId })
    expect(await isp.raw`select status, payment_id from payment_intents where id = ${intentId}`).toEqual([
      { status: 'succeeded', payment_id: payment?.id },
    ])
    expect((await isp.verify()).doubts).toEqual([])
  }

  it('is one payment with prompt and receipt when the callback comes first', async () => {
    const { receipt, intentId, callback, confirmation } = await reports()
    await callback()
    await quiet(isp)
    await confirmation()
    await quiet(isp)
    await isOnePayment(receipt, intentId)
  })

  it('is one payment with prompt and receipt when the confirmation comes first', async () => {
    const { receipt, intentId, callback, confirmation } = await reports()
    await confirmation()
    await quiet(isp)
    await callback()
    await quiet(isp)
    await isOnePayment(receipt, intentId)
  })

  it('is one payment when both come at once, to two servers, three times each', async () => {
    const { receipt, intentId, callback, confirmation } = await reports()
    await Promise.all([callback(), confirmation(), callback(), confirmation(), confirmation(), callback()])
    await quiet(isp)
    await isOnePayment(receipt, intentId)
  })

  it('is one payment when both wait in one batch', async () => {
    const { receipt, intentId } = await reports()
    const common = { installationId: isp.installations.paybill, receivedAt: isp.clock.now() }
    const notice = {
      status: 'succeeded',
      evidence: 'callback',
      providerTransaction: receipt,
      amount: { amountMinor: 150_000n, currency: 'KES' },
      payer: { kind: 'absent' },
      paidAt: isp.clock.now(),
    } as const
    await isp.deps.store.inOrganisation(isp.organisationId, (tx) =>
      tx.notices.add([
        { ...common, id: asId('notice', isp.deps.ids.next()), notice: { ...notice, accountReference: line.accountNumber } },
        { ...common, id: asId('notice', isp.deps.ids.next()), intentId, notice },
      ]),
    )
    await quiet(isp)
    await isOnePayment(receipt, intentId)
  })

  it('opens a task when the two tell different amounts, whether they come together or apart', async () => {
    for (const apart of [true, false]) {
      const { receipt, intentId } = await reports()
      const common = { installationId: isp.installations.paybill, receivedAt: isp.clock.now() }
      const notice = (amountMinor: bigint) =>
        ({
          status: 'succeeded',
          evidence: 'callback',
          providerTransaction: receipt,
          amount: { amountMinor, currency: 'KES' },
          payer: { kind: 'absent' },
        }) as const
      const both = [
        { ...common, id: asId('notice', isp.deps.ids.next()), intentId, notice: notice(150_000n) },
        { ...common, id: asId('notice', isp.deps.ids.next()), notice: { ...notice(950_000n), accountReference: line.accountNumber } },
      ]
      for (const batch of apart ? both.map((one) => [one]) : [both]) {
        await isp.deps.store.inOrganisation(isp.organisationId, (tx) => tx.notices.add(batch))
        await quiet(isp)
      }
      const payments = await isp.raw`select id, amount_minor from payments where provider_transaction = ${receipt}`
      expect(payments).toEqual([{ id: expect.any(String), amount_minor: '150000' }])
      expect(await isp.raw`select kind from tasks where subject_id = ${payments[0]?.id}`).toEqual([{ kind: 'payment_conflict' }])
      line = await isp.subscribe()
    }
  })
})

describe('A prompt for a till, whose confirmation names nobody', () => {
  let isp: Isp
  let line: Line
  let made = 0

  beforeAll(async () => {
    isp = await openIsp({ servers: 2, daraja: { confirmation: 'never' } })
  })
  beforeEach(async () => {
    line = await isp.subscribe()
  })
  afterAll(() => isp.close())

  it.each(['callback first', 'confirmation first', 'both at once', 'both in one batch'])(
    'is one payment of the prompted subscriber: %s',
    async (order) => {
      const { intentId, checkout } = await openPrompt(isp, line)
      const receipt = `TILL${String(++made).padStart(6, '0')}`
      const facts = { receipt, amount: '1500.00', at: isp.clock.now(), msisdn: line.phone }
      const [callbackUrl, confirmationUrl] = [await promptUrl(isp, intentId), await channelUrl(isp, 'confirmation', { server: 1 })]
      const callback = () => call(callbackUrl, promptPaidOf(checkout, facts))
      const confirmation = () => call(confirmationUrl, confirmationOf({ ...facts, msisdn: masked(line.phone) }))
      if (order === 'both at once') await Promise.all([callback(), confirmation()])
      else if (order === 'both in one batch') {
        const common = { installationId: isp.installations.paybill, receivedAt: isp.clock.now() }
        const notice = {
          status: 'succeeded',
          evidence: 'callback',
          providerTransaction: receipt,
          amount: { amountMinor: 150_000n, currency: 'KES' },
          payer: { kind: 'absent' },
        } as const
        await isp.deps.store.inOrganisation(isp.organisationId, (tx) =>
          tx.notices.add([
            { ...common, id: asId('notice', isp.deps.ids.next()), notice },
            { ...common, id: asId('notice', isp.deps.ids.next()), intentId, notice },
          ]),
        )
      } else {
        for (const report of order === 'callback first' ? [callback, confirmation] : [confirmation, callback]) {
          await report()
          await quiet(isp)
        }
      }
      await quiet(isp)
      expect(await isp.raw`select intent_id, status, subscriber_id from payments where provider_transaction = ${receipt}`).toEqual([
        { intent_id: intentId, status: 'matched', subscriber_id: line.subscriberId },
      ])
      expect(await isp.raw`select status from payment_intents where id = ${intentId}`).toEqual([{ status: 'succeeded' }])
      await isp.until('the receipt', () => receiptsSent(isp, receipt).length > 0)
      expect(receiptsSent(isp, receipt)).toHaveLength(1)
      expect((await isp.verify()).doubts).toEqual([])
    },
  )

  it('opens a task when the phone that paid is another subscriber’s, whose payment it was taken for', async () => {
    const neighbour = await isp.subscribe()
    const { intentId, checkout } = await openPrompt(isp, line)
    const facts = { receipt: 'NEIGHBOUR1', amount: '1500.00', at: isp.clock.now(), msisdn: neighbour.phone }
    await call(await channelUrl(isp, 'confirmation'), confirmationOf({ ...facts, msisdn: neighbour.phone.slice(1) }))
    await quiet(isp)
    await call(await promptUrl(isp, intentId), promptPaidOf(checkout, facts))
    await quiet(isp)
    const [payment] = await isp.raw`select id, subscriber_id from payments where provider_transaction = 'NEIGHBOUR1'`
    expect(payment).toMatchObject({ subscriber_id: neighbour.subscriberId })
    expect(await isp.raw`select kind from tasks where subject_id = ${payment?.id}`).toEqual([{ kind: 'payment_conflict' }])
  })
})

describe('A call that is not what it should be', () => {
  let isp: Isp
  let line: Line
  const kept = async () => (await isp.raw`select status, channel, status_reason from callbacks order by id`).map((row) => ({ ...row }))

  beforeAll(async () => {
    isp = await openIsp()
    line = await isp.subscribe()
  })
  afterAll(() => isp.close())

  const good = () => confirmationOf({ receipt: 'GOOD000001', amount: '1500.00', at: isp.clock.now(), account: line.accountNumber })

  it('with a wrong token is not found, and nothing of it is kept', async () => {
    const url = await channelUrl(isp, 'confirmation')
    const wrong = url.replace(/[0-9a-f]{32}$/, 'f'.repeat(32))
    expect(await call(wrong, good())).toBe(404)
    expect(await call(url.slice(0, -1), good())).toBe(404)
    expect(await call(`${url}00`, good())).toBe(404)
    const { intentId } = await openPrompt(isp, line)
    expect(
      await call(
        (await promptUrl(isp, intentId)).replace(/[0-9a-f]{32}$/, 'f'.repeat(32)),
        promptPaidOf('ws_CO_1', { receipt: 'FORGED0001', amount: '1500.00', at: isp.clock.now() }),
      ),
    ).toBe(404)
    expect(await kept()).toEqual([])
  })

  it('to an installation that does not exist, or has no such channel, is not found', async () => {
    const url = await channelUrl(isp, 'confirmation')
    expect(await call(url.replace(/callbacks\/[0-9a-f]{32}/, `callbacks/${'a'.repeat(32)}`), good())).toBe(404)
    expect(await call(url.replace('/confirmation/', '/constructor/'), good())).toBe(404)
    expect(await call(url.replace('/confirmation/', '/delivery/'), good())).toBe(404)
    const sms = await channelUrl(isp, 'confirmation', { installation: isp.installations.sms })
    expect(await call(sms, good())).toBe(404)
    const router = await channelUrl(isp, 'confirmation', { installation: isp.installations.routers[0] as never })
    expect(await call(router, good())).toBe(404)
    expect(await kept()).toEqual([])
  })

  it('with the token of a prompt on the channel of the installation, or the reverse, is not found', async () => {
    const other = await isp.subscribe()
    const { intentId, checkout } = await openPrompt(isp, other)
    const [confirmation, prompt] = [await channelUrl(isp, 'confirmation'), await promptUrl(isp, intentId)]
    expect(await call(prompt.replace('/stk/', '/confirmation/'), good())).toBe(404)
    expect(
      await call(
        confirmation.replace('/confirmation/', '/stk/'),
        promptPaidOf(checkout, { receipt: 'FORGED0002', amount: '1500.00', at: isp.clock.now() }),
      ),
    ).toBe(404)
    expect(await kept()).toEqual([])
  })

  it('of more than a mebibyte is refused, and one of just a mebibyte is kept', async () => {
    const url = await channelUrl(isp, 'confirmation')
    expect(await call(url, new Uint8Array(1024 * 1024 + 1))).toBe(413)
    expect(await kept()).toEqual([])
    expect(await call(url, new Uint8Array(1024 * 1024).fill(32))).toBe(200)
    await quiet(isp)
    expect(await kept()).toMatchObject([{ status: 'quarantined' }])
  })

  it.each([
    ['that is no text', Uint8Array.from([0xff, 0xfe, 0x00, 0x01, 0x80])],
    ['that is empty', ''],
    ['that is a page of HTML', '<html><body>503</body></html>'],
    ['of a negative amount', '{"TransID":"NEGATIVE01","TransAmount":"-5.00"}'],
    ['with a NUL in it', '{"TransID":"NULNUL0001","TransAmount":"10.00","BillRefNumber":"\\u0000\\u0000","FirstName":"\\u0000"}'],
    ['of an amount beyond belief', '{"TransID":"HUGE000001","TransAmount":"99999999999999999999999.00"}'],
  ])('%s is kept byte for byte and judged, never lost', async (_what, body) => {
    const url = await channelUrl(isp, 'confirmation')
    expect(await call(url, body)).toBe(200)
    await quiet(isp)
    const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body)
    const [row] = await isp.raw`select id, status, status_reason, body from callbacks where body = ${bytes}`
    expect(row).toBeDefined()
    if (row?.status === 'quarantined')
      expect(await isp.raw`select kind, done_at from tasks where subject_id = ${row.id}`).toEqual([
        { kind: 'callback_unreadable', done_at: null },
      ])
    else expect((await isp.raw`select 1 from payments where status = 'unmatched'`).length).toBeGreaterThan(0)
  })

  it('leaves the good ones alone', async () => {
    expect(await call(await channelUrl(isp, 'confirmation'), good())).toBe(200)
    await quiet(isp)
    expect(await isp.raw`select status from payments where provider_transaction = 'GOOD000001'`).toEqual([{ status: 'matched' }])
    expect((await isp.verify()).doubts).toEqual([])
  })
})
