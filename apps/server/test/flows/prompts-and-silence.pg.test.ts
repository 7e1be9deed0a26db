import { asId, type Instant, type IntentId } from '@nyuzi/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { requestPayment } from '../../src/flows/payments/request-payment.ts'
import { type Isp, type Line, openIsp } from '../isp.ts'
import { call, channelUrl, confirmationOf, masked, promptFailedOf, promptPaidOf, promptUrl, quiet, receiptsSent } from './wire.ts'

const amount = { amountMinor: 150_000n, currency: 'KES' } as const

async function ask(isp: Isp, line: Line): Promise<IntentId> {
  const done = await requestPayment(isp.deps, isp.organisationId, { subscriberId: line.subscriberId, amount, actor: 'test' })
  if (done.outcome !== 'done') throw new Error('no prompt was asked for')
  return done.result.intentId
}

const statusOf = async (isp: Isp, intentId: IntentId): Promise<string> =>
  (await isp.raw`select status from payment_intents where id = ${intentId}`)[0]?.['status']
const becomes = (isp: Isp, intentId: IntentId, status: string) =>
  isp.until(`the intent to be ${status}`, async () => (await statusOf(isp, intentId)) === status)
const referenceOf = async (isp: Isp, intentId: IntentId): Promise<string> =>
  (await isp.raw`select provider_reference from payment_intents where id = ${intentId}`)[0]?.['provider_reference']
const paymentsOf = (isp: Isp, { subscriberId }: Line) =>
  isp.raw`select id, provider_transaction, intent_id, amount_minor, evidence from payments where subscriber_id = ${subscriberId} order by recorded_at, id`
const later = (isp: Isp, ms: number) => isp.clock.moveTo(new Date(isp.clock.now().getTime() + ms))
const promptsTo = (isp: Isp, line: Line) => isp.daraja.prompts.filter(({ phone }) => phone === line.phone.slice(1))

describe('A prompt whose callback never comes', () => {
  let isp: Isp
  let line: Line

  beforeAll(async () => {
    isp = await openIsp({ daraja: { confirmation: 'never' }, sweepEveryMs: 25 })
  })
  beforeEach(async () => {
    line = await isp.subscribe()
  })
  afterAll(() => isp.close())

  /** The payer pays and nobody is told. */
  const paidInSilence = async () => {
    const intentId = await ask(isp, line)
    await becomes(isp, intentId, 'pending')
    isp.daraja.faults.loseCallbacks(1)
    const entry = await isp.daraja.answerPrompt(await referenceOf(isp, intentId), 'approve')
    if (!entry) throw new Error('the simulator took no money')
    const confirm = async (receipt = entry.receipt, at: Date = entry.takenAt) => {
      const body = confirmationOf({ receipt, amount: '1500.00', at, account: line.accountNumber, msisdn: masked(line.phone) })
      expect(await call(await channelUrl(isp, 'confirmation'), body)).toBe(200)
      await quiet(isp)
    }
    return { intentId, entry, confirm }
  }
  /** A second payment, really made, of the same amount by the same person. */
  const secondIsPosted = async (confirm: (receipt: string, at: Date) => Promise<void>) => {
    const before = await paymentsOf(isp, line)
    later(isp, 120_000)
    const receipt = `SECOND${String(isp.gateway.messages.length).padStart(4, '0')}`
    await confirm(receipt, isp.clock.now())
    expect((await paymentsOf(isp, line)).map((row) => row['provider_transaction'])).toEqual([
      ...before.map((row) => row['provider_transaction']),
      receipt,
    ])
    expect((await isp.verify()).doubts).toEqual([])
  }

  it('is found by the look-up, and its receipt joins it when the confirmation comes', async () => {
    const { intentId, entry, confirm } = await paidInSilence()
    expect(await paymentsOf(isp, line)).toEqual([])
    later(isp, 30_000)
    await becomes(isp, intentId, 'succeeded')
    expect(await paymentsOf(isp, line)).toMatchObject([
      { provider_transaction: null, intent_id: intentId, amount_minor: '150000', evidence: 'status_query' },
    ])
    await confirm()
    await confirm()
    expect(await paymentsOf(isp, line)).toMatchObject([{ provider_transaction: entry.receipt, intent_id: intentId }])
    expect(await isp.raw`select outcome from payment_notices where provider_transaction = ${entry.receipt}`).toEqual([
      { outcome: 'joined' },
    ])
    await secondIsPosted(confirm)
  })

  it('is joined with the confirmation that was posted before the look-up', async () => {
    const { intentId, entry, confirm } = await paidInSilence()
    await confirm()
    expect(await paymentsOf(isp, line)).toMatchObject([{ provider_transaction: entry.receipt, intent_id: null }])
    later(isp, 30_000)
    await becomes(isp, intentId, 'succeeded')
    expect(await paymentsOf(isp, line)).toMatchObject([{ provider_transaction: entry.receipt, intent_id: intentId }])
    await secondIsPosted(confirm)
  })

  it('does not swallow a second payment that was made after the look-up had found the first', async () => {
    const { intentId, confirm } = await paidInSilence()
    later(isp, 30_000)
    await becomes(isp, intentId, 'succeeded')
    later(isp, 180_000)
    await confirm('AFTERWARDS', isp.clock.now())
    expect((await paymentsOf(isp, line)).map((row) => row['provider_transaction'])).toEqual([null, 'AFTERWARDS'])
  })

  it('is one payment when the look-up came an hour late and the confirmation after it', async () => {
    const { intentId, entry, confirm } = await paidInSilence()
    later(isp, 3_600_000)
    await becomes(isp, intentId, 'succeeded')
    await confirm()
    expect(await paymentsOf(isp, line)).toMatchObject([{ provider_transaction: entry.receipt, intent_id: intentId }])
  })

  it('is one payment when all that is known of it waits in one batch, in any order', async () => {
    for (const order of [
      ['query', 'confirmation'],
      ['confirmation', 'query'],
      ['query', 'callback'],
      ['callback', 'query'],
      ['query', 'confirmation', 'callback'],
      ['query', 'query'],
      ['query', 'unnamed'],
    ]) {
      line = await isp.subscribe()
      const intentId = await ask(isp, line)
      await becomes(isp, intentId, 'pending')
      const receipt = `BATCH${String(Math.round(isp.clock.now().getTime() / 10) % 100_000).padStart(5, '0')}`
      const receivedAt = isp.clock.now()
      const common = { installationId: isp.installations.paybill, receivedAt }
      const paid = { status: 'succeeded', providerTransaction: receipt, amount, paidAt: receivedAt, evidence: 'callback' } as const
      const notices = {
        query: { ...common, intentId, notice: { status: 'succeeded', evidence: 'status_query', payer: { kind: 'absent' } } as const },
        callback: { ...common, intentId, notice: { ...paid, payer: { kind: 'absent' } } as const },
        confirmation: { ...common, notice: { ...paid, payer: { kind: 'absent' }, accountReference: line.accountNumber } as const },
        unnamed: { ...common, notice: { ...paid, payer: { kind: 'masked', pattern: masked(line.phone).replaceAll(' ', '') } } as const },
      }
      await isp.deps.store.inOrganisation(isp.organisationId, (tx) =>
        tx.notices.add(order.map((kind) => ({ id: asId('notice', isp.deps.ids.next()), ...notices[kind as keyof typeof notices] }))),
      )
      await quiet(isp)
      expect(await paymentsOf(isp, line), order.join(' ')).toMatchObject([
        {
          intent_id: intentId,
          provider_transaction: order.includes('confirmation') || order.includes('callback') || order.includes('unnamed') ? receipt : null,
        },
      ])
      expect(await statusOf(isp, intentId)).toBe('succeeded')
    }
    expect((await isp.verify()).doubts).toEqual([])
  })

  it('to a till takes its money out of suspense when the look-up says whose it was', async () => {
    const { intentId, entry } = await paidInSilence()
    const body = confirmationOf({ receipt: entry.receipt, amount: '1500.00', at: entry.takenAt, msisdn: masked(line.phone) })
    await call(await channelUrl(isp, 'confirmation'), body)
    await quiet(isp)
    expect(await isp.raw`select status from payments where provider_transaction = ${entry.receipt}`).toEqual([{ status: 'unmatched' }])
    later(isp, 30_000)
    await becomes(isp, intentId, 'succeeded')
    await quiet(isp)
    expect(await paymentsOf(isp, line)).toMatchObject([{ provider_transaction: entry.receipt, intent_id: intentId }])
    await isp.until('the receipt', () => receiptsSent(isp, entry.receipt).length > 0)
    expect((await isp.verify()).doubts).toEqual([])
  })

  it('to a till, found by the look-up first, gets its receipt from a confirmation that shows the phone in part', async () => {
    const { intentId, entry } = await paidInSilence()
    later(isp, 30_000)
    await becomes(isp, intentId, 'succeeded')
    await call(
      await channelUrl(isp, 'confirmation'),
      confirmationOf({ receipt: entry.receipt, amount: '1500.00', at: entry.takenAt, msisdn: masked(line.phone) }),
    )
    await quiet(isp)
    expect(await paymentsOf(isp, line)).toMatchObject([{ provider_transaction: entry.receipt, intent_id: intentId }])
    expect(await isp.raw`select 1 from payments where status = 'unmatched'`).toEqual([])
  })

  it('is paid although a query said that it failed', async () => {
    const intentId = await ask(isp, line)
    await becomes(isp, intentId, 'pending')
    isp.daraja.faults.misreportQueries(1, '1037')
    later(isp, 30_000)
    await becomes(isp, intentId, 'failed')
    const entry = await isp.daraja.answerPrompt(await referenceOf(isp, intentId), 'approve')
    await becomes(isp, intentId, 'succeeded')
    expect(await paymentsOf(isp, line)).toMatchObject([{ provider_transaction: entry?.receipt, intent_id: intentId }])
    // And a failure that comes after the money changes nothing.
    await call(await promptUrl(isp, intentId), promptFailedOf(await referenceOf(isp, intentId), '1032'))
    await quiet(isp)
    expect(await statusOf(isp, intentId)).toBe('succeeded')
    const moves = await isp.raw`select to_status from intent_moves where intent_id = ${intentId} order by id`
    expect(moves.map((row) => row['to_status'])).toEqual(['created', 'dispatching', 'pending', 'failed', 'succeeded'])
  })

  it('is posted when it is paid after the prompt had expired', async () => {
    const intentId = await ask(isp, line)
    await becomes(isp, intentId, 'pending')
    later(isp, 240_000)
    await becomes(isp, intentId, 'expired')
    const entry = await isp.daraja.answerPrompt(await referenceOf(isp, intentId), 'approve')
    await becomes(isp, intentId, 'succeeded')
    expect(await paymentsOf(isp, line)).toMatchObject([{ provider_transaction: entry?.receipt, intent_id: intentId }])
  })

  it('is asked about no more when a query says that it failed after it had expired', async () => {
    const intentId = await ask(isp, line)
    await becomes(isp, intentId, 'pending')
    later(isp, 200_000)
    await becomes(isp, intentId, 'expired')
    isp.daraja.faults.loseCallbacks(1)
    await isp.daraja.answerPrompt(await referenceOf(isp, intentId), 'cancel')
    later(isp, 61_000)
    await isp.until('the last question', async () => {
      const [row] = await isp.raw`select next_look_up_at from payment_intents where id = ${intentId}`
      return row?.['next_look_up_at'] === null
    })
    await quiet(isp)
    expect(await isp.raw`select status, outcome from payment_notices where intent_id = ${intentId}`).toEqual([
      { status: 'failed', outcome: 'failure_recorded' },
    ])
    expect(await isp.raw`select 1 from tasks where subject_id = ${intentId}`).toEqual([])
  })

  it('is a person’s matter when nobody could say for days what became of it', async () => {
    const intentId = await ask(isp, line)
    await becomes(isp, intentId, 'pending')
    for (let asked = 0; asked < 40; asked++) {
      const [row] = await isp.raw`select next_look_up_at, look_up_attempts from payment_intents where id = ${intentId}`
      if (!row?.['next_look_up_at']) break
      isp.clock.moveTo(new Date((row['next_look_up_at'] as Date).getTime() + 1))
      await isp.until(
        'the next question',
        async () =>
          (await isp.raw`select 1 from payment_intents where id = ${intentId} and look_up_attempts > ${row['look_up_attempts']}`).length ===
          1,
      )
    }
    expect(await statusOf(isp, intentId)).toBe('expired')
    expect(await isp.raw`select kind, done_at from tasks where subject_id = ${intentId}`).toEqual([
      { kind: 'intent_unresolved', done_at: null },
    ])
    expect(promptsTo(isp, line)).toHaveLength(1)
  })
})

describe('A prompt that goes wrong on its way', () => {
  let isp: Isp
  let line: Line

  beforeAll(async () => {
    isp = await openIsp({ daraja: { confirmation: 'never' }, log: 'silent', sweepEveryMs: 25 })
  })
  beforeEach(async () => {
    line = await isp.subscribe()
  })
  afterAll(() => isp.close())

  it('is never sent again when its answer was lost, and the callback settles it', async () => {
    isp.daraja.faults.dropNext('unanswered', 'push')
    const intentId = await ask(isp, line)
    await becomes(isp, intentId, 'unknown')
    for (const ms of [61_000, 61_000, 600_000]) {
      later(isp, ms)
      await isp.until(
        'the next look',
        async () =>
          (await isp.raw`select 1 from payment_intents where id = ${intentId} and next_look_up_at > ${isp.clock.now()}`).length === 1,
      )
    }
    expect(promptsTo(isp, line)).toHaveLength(1)
    expect(await isp.raw`select to_status from intent_moves where intent_id = ${intentId} and to_status = 'dispatching'`).toHaveLength(1)
    const entry = await isp.daraja.answerPrompt(promptsTo(isp, line)[0]?.checkoutRequestId ?? '', 'approve')
    await becomes(isp, intentId, 'succeeded')
    expect(await paymentsOf(isp, line)).toMatchObject([{ provider_transaction: entry?.receipt, intent_id: intentId }])
  })

  it('is settled by a callback that overtakes the provider’s own answer', async () => {
    isp.daraja.behave({ phone: line.phone.slice(1) }, 'approve')
    isp.daraja.faults.delayAnswers(150)
    const intentId = await ask(isp, line)
    await becomes(isp, intentId, 'succeeded')
    isp.daraja.faults.delayAnswers(0)
    await isp.until('the provider’s reference', () => referenceOf(isp, intentId))
    expect(await statusOf(isp, intentId)).toBe('succeeded')
    expect(await paymentsOf(isp, line)).toHaveLength(1)
  })

  it('has failed when the provider refused it, and another may be asked for after the pause', async () => {
    isp.daraja.faults.refuseNext('unableToLock', { at: 'push' })
    const intentId = await ask(isp, line)
    await becomes(isp, intentId, 'failed')
    expect(await isp.raw`select failure_code, failure_class from payment_intents where id = ${intentId}`).toMatchObject([
      { failure_code: '1001' },
    ])
    later(isp, 121_000)
    await becomes(isp, await ask(isp, line), 'pending')
    expect(promptsTo(isp, line)).toHaveLength(1)
  })

  it('has failed, sent to nobody, when the provider was away before it took anything', async () => {
    isp.daraja.faults.refuseNext('spikeArrest', { at: 'push' })
    const intentId = await ask(isp, line)
    await becomes(isp, intentId, 'failed')
    expect(promptsTo(isp, line)).toEqual([])
  })

  it('is refused within the pause after another to the same phone, and says how long to wait', async () => {
    await becomes(isp, await ask(isp, line), 'pending')
    await expect(ask(isp, line)).rejects.toMatchObject({ code: 'prompt_too_soon', retryAfterSeconds: 120 })
    later(isp, 61_000)
    await expect(ask(isp, line)).rejects.toMatchObject({ code: 'prompt_too_soon' })
    expect((await isp.raw`select 1 from payment_intents where subscriber_id = ${line.subscriberId}`).length).toBe(1)
  })

  it('is asked for once when two clerks ask at the same moment', async () => {
    const asked = await Promise.allSettled([ask(isp, line), ask(isp, line), ask(isp, line)])
    expect(asked.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
    await isp.until('the prompt', () => promptsTo(isp, line).length > 0)
    await isp.settled()
    expect(promptsTo(isp, line)).toHaveLength(1)
  })

  it('that a dead server was sending is taken over as unknown and never sent again', async () => {
    const intentId = asId('intent', isp.deps.ids.next())
    await isp.deps.store.inOrganisation(isp.organisationId, (tx) =>
      tx.intents.add({
        id: intentId,
        installationId: isp.installations.paybill,
        subscriberId: line.subscriberId,
        amountMinor: 150_000n,
        promptMinor: 150_000n,
        currency: 'KES',
        phone: line.phone as never,
        accountReference: line.accountNumber,
        status: 'dispatching',
        callbackToken: isp.deps.ids.token(),
        requestedAt: isp.clock.now(),
        lookUpAttempts: 0,
      }),
    )
    const leftAt: Instant = isp.clock.now()
    await isp.raw`update payment_intents set claimed_at = ${leftAt} where id = ${intentId}`
    later(isp, 60_000)
    isp.deps.wake('prompts', isp.organisationId)
    await isp.settled()
    expect(await statusOf(isp, intentId)).toBe('dispatching')
    later(isp, 61_000)
    await becomes(isp, intentId, 'unknown')
    later(isp, 600_000)
    isp.deps.wake('prompts', isp.organisationId)
    await isp.settled()
    expect(promptsTo(isp, line)).toEqual([])
    await call(
      await promptUrl(isp, intentId),
      promptPaidOf('ws_CO_of_the_dead_server', { receipt: 'FROMDEAD01', amount: '1500.00', at: isp.clock.now(), msisdn: line.phone }),
    )
    await becomes(isp, intentId, 'succeeded')
    expect(await paymentsOf(isp, line)).toMatchObject([{ provider_transaction: 'FROMDEAD01', intent_id: intentId }])
  })
})

describe('Keys that the provider refuses', () => {
  let isp: Isp

  beforeAll(async () => {
    isp = await openIsp({ log: 'silent' })
  })
  afterAll(() => isp.close())

  it('pause the installation with a task, and nothing is sent', async () => {
    const line = await isp.subscribe()
    isp.daraja.faults.expireToken()
    await isp.raw`delete from shared_secrets`
    later(isp, 3_600_000)
    isp.daraja.faults.refuseNext('wrongAuthType', { at: 'token', times: 5 })
    const intentId = await ask(isp, line)
    await becomes(isp, intentId, 'failed')
    const [row] = await isp.until('the pause', async () => {
      const rows =
        await isp.raw`select status, status_reason from installations where id = ${isp.installations.paybill} and status = 'paused'`
      return rows.length > 0 ? [...rows] : undefined
    })
    expect(row?.['status_reason']).toBeTruthy()
    expect(await isp.raw`select kind, done_at from tasks where subject_id = ${isp.installations.paybill}`).toEqual([
      { kind: 'installation_paused', done_at: null },
    ])
    expect(promptsTo(isp, line)).toEqual([])
    await expect(ask(isp, await isp.subscribe())).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it('do not cost the money that comes meanwhile: what was paid is reported once, and is taken', async () => {
    const line = await isp.subscribe()
    const paid = await isp.daraja.pay({ phone: line.phone, amount: '1500', accountReference: line.accountNumber })
    if (paid.outcome !== 'paid') throw new Error('the simulator took no money')
    expect(isp.daraja.deliveries.at(-1)).toMatchObject({ channel: 'confirmation', status: 200 })
    await isp.until('the payment', async () => (await paymentsOf(isp, line)).length === 1)
    expect(await paymentsOf(isp, line)).toMatchObject([{ provider_transaction: paid.entry.receipt }])
  })
})
