import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type IntentId, money, type PaymentProvider, type Phone, parsePhone } from '@nyuzi/sdk'
import { createFakeHost } from '@nyuzi/sdk/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mpesa } from '../src/index.ts'
import { type DarajaSimulator, type DarajaSimulatorOptions, startDarajaSimulator } from '../src/simulator/index.ts'

type Received = { readonly channel: string; readonly body: string }

const phone = parsePhone('0700111222', 'KE') as Phone
const intentId = '019a8c00-0000-7000-8000-00000000a001' as IntentId

let receiver: Server
let receiverUrl: string
let received: Received[]
let answerValidation: () => string
let simulator: DarajaSimulator

beforeEach(async () => {
  received = []
  answerValidation = () => '{"ResultCode":"0","ResultDesc":"Accepted"}'
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const channel = request.url?.split('/')[1] ?? ''
    received.push({ channel, body: Buffer.concat(chunks).toString() })
    response.end(channel === 'validation' ? answerValidation() : '{}')
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
})

afterEach(async () => {
  await simulator.stop()
  receiver.closeAllConnections()
  await new Promise((resolve) => receiver.close(resolve))
})

/** Starts a simulator and installs the plugin against it, with callbacks that come to our receiver. */
async function start(options: DarajaSimulatorOptions = {}, settings: Record<string, unknown> = {}) {
  simulator = await startDarajaSimulator(options)
  const { host } = createFakeHost({ plugin: mpesa, settings: { ...simulator.settings(), ...settings } })
  const callbackUrl = (channel: string) => `${receiverUrl}/${channel}/5f0c2a9e7b1d4c83`
  const payments = mpesa.setup({ ...host, callbackUrl }).payments as Required<PaymentProvider>
  const collect = (shillings = 1500n) =>
    payments.collect.request({
      intentId,
      amount: money(shillings * 100n, 'KES'),
      phone,
      accountReference: 'FN10023',
      description: 'Internet',
      callbackUrl: callbackUrl('stk'),
    })
  const lookUp = (providerReference: string) =>
    payments.lookUpPayment({ intentId, providerReference, amount: money(150_000n, 'KES'), phone, requestedAt: host.clock.now() })
  const notices = () => received.filter(({ channel }) => channel !== 'validation').map((one) => translate(payments, one))
  return { payments, collect, lookUp, notices }
}

const translate = (payments: Required<PaymentProvider>, { channel, body }: Received) =>
  payments.translateCallback({ channel, method: 'POST', rawBody: new TextEncoder().encode(body), headers: {}, query: {} })[0]

async function accepted(answer: Promise<{ outcome: string; providerReference?: string }>): Promise<string> {
  const { outcome, providerReference } = await answer
  expect(outcome).toBe('accepted')
  return providerReference as string
}

describe('a prompt', () => {
  it('that is approved moves money once and is reported with its receipt', async () => {
    const { collect, lookUp, notices } = await start()
    const reference = await accepted(collect())
    expect(simulator.prompts).toMatchObject([{ phone: '254700111222', amount: '1500', accountReference: 'FN10023', state: 'open' }])
    expect(await lookUp(reference)).toMatchObject({ status: 'pending', evidence: 'status_query' })
    const entry = await simulator.answerPrompt(reference, 'approve')
    expect(entry?.receipt).toMatch(/^[A-Z0-9]{10}$/)
    expect(notices()).toMatchObject([
      {
        status: 'succeeded',
        providerTransaction: entry?.receipt,
        providerReference: reference,
        amount: money(150_000n, 'KES'),
        payer: { kind: 'clear', phone: '+254700111222' },
      },
    ])
    expect(await lookUp(reference)).toEqual({
      status: 'succeeded',
      evidence: 'status_query',
      providerReference: reference,
      payer: { kind: 'absent' },
    })
    await expect(simulator.answerPrompt(reference, 'approve')).rejects.toThrow('paid already')
  })

  it.each([
    ['cancel', '1032'],
    ['wrongPin', '2001'],
    ['insufficient', '1'],
    ['timeout', '1037'],
  ] as const)('answered by %s fails with code %s in callback and query, and moves nothing', async (outcome, code) => {
    const { collect, lookUp, notices } = await start()
    const reference = await accepted(collect())
    await simulator.answerPrompt(reference, outcome)
    expect(notices()).toMatchObject([{ status: 'failed', failure: { code } }])
    expect(await lookUp(reference)).toMatchObject({ status: 'failed', failure: { code } })
    expect(simulator.book).toHaveLength(0)
  })

  it('can be paid late, after it was reported as failed', async () => {
    const { collect, notices } = await start()
    const reference = await accepted(collect())
    await simulator.answerPrompt(reference, 'timeout')
    await simulator.answerPrompt(reference, 'approve')
    expect(notices().map((notice) => notice?.status)).toEqual(['failed', 'succeeded'])
  })

  it('that nobody answers stays open in queries, and in the other wording too', async () => {
    const { collect, lookUp } = await start({ openQueryAnswer: 'error500' })
    const reference = await accepted(collect())
    await simulator.answerPrompt(reference, 'noAnswer')
    expect(await lookUp(reference)).toMatchObject({ status: 'pending' })
    expect(await lookUp('ws_CO_never')).toMatchObject({ status: 'unknown' })
    expect(received).toHaveLength(0)
  })

  it('is refused while another is open on the phone', async () => {
    const { collect } = await start()
    await accepted(collect())
    expect(await collect()).toMatchObject({ outcome: 'refused', code: '1001' })
  })

  it('answers itself as told: by phone, next only, or always', async () => {
    const { collect } = await start({ autoAnswer: { outcome: 'approve', afterMs: 1 } })
    simulator.behave('next', 'cancel')
    await accepted(collect())
    await simulator.settled()
    await accepted(collect())
    await simulator.settled()
    simulator.behave({ phone: '254700111222' }, { code: 'SFC_IC0003', text: 'The operator does not exist.' })
    await accepted(collect())
    await simulator.settled()
    expect(simulator.prompts.map(({ result }) => result?.code)).toEqual(['1032', '0', 'SFC_IC0003'])
    expect(simulator.book).toHaveLength(1)
  })

  it('for a till goes out in the name of the store', async () => {
    const { collect, notices } = await start({}, { shortcode: '5123456', kind: 'till', storeNumber: '7654321' })
    const reference = await accepted(collect())
    await simulator.answerPrompt(reference, 'approve')
    expect(simulator.prompts).toMatchObject([{ shortcode: '5123456', kind: 'till' }])
    expect(notices()).toMatchObject([{ status: 'succeeded' }])
  })

  it('with paybill and till mixed up is accepted and then fails as a matter of configuration', async () => {
    const { collect, notices } = await start({}, { kind: 'till', storeNumber: '400123' })
    const reference = await accepted(collect())
    await simulator.answerPrompt(reference, 'approve')
    expect(notices()).toMatchObject([{ status: 'failed', failure: { code: '2028', class: 'configuration' } }])
  })
})

describe('faults of the operator', () => {
  it('a lost callback leaves the query as the only witness', async () => {
    const { collect, lookUp } = await start()
    simulator.faults.loseCallbacks(1)
    const reference = await accepted(collect())
    await simulator.answerPrompt(reference, 'approve')
    expect(received).toHaveLength(0)
    expect(simulator.deliveries).toMatchObject([{ channel: 'stk', lost: true }])
    expect(await lookUp(reference)).toMatchObject({ status: 'succeeded' })
  })

  it('repeats are byte for byte the same and carry one dedupe key', async () => {
    const { collect, payments } = await start()
    simulator.faults.repeatCallbacks(2)
    const reference = await accepted(collect())
    await simulator.answerPrompt(reference, 'approve')
    expect(received).toHaveLength(3)
    const keys = received.map(({ channel, body }) =>
      payments.verifyCallback({ channel, method: 'POST', rawBody: new TextEncoder().encode(body), headers: {}, query: {} }),
    )
    expect(new Set(keys.map(({ dedupeKey }) => dedupeKey)).size).toBe(1)
    expect(new Set(received.map(({ body }) => body)).size).toBe(1)
  })

  it('the connection cut after the prompt was sent is unclear, and the payment is still taken', async () => {
    const { collect, notices } = await start()
    simulator.faults.dropNext('unanswered', 'push')
    await expect(collect()).rejects.toMatchObject({ code: 'provider_unclear' })
    const [prompt] = simulator.prompts
    await simulator.answerPrompt(prompt?.checkoutRequestId ?? '', 'approve')
    expect(notices()).toMatchObject([{ status: 'succeeded' }])
  })

  it.each([
    ['spikeArrest', 'provider_rate_limited'],
    ['quota', 'provider_rate_limited'],
    ['internalError', 'provider_unclear'],
    ['html503', 'provider_unclear'],
    ['wrongCredentials', 'provider_misconfigured'],
    ['merchantUnknown', 'provider_misconfigured'],
  ] as const)('%s on a push raises %s and opens no prompt', async (refusal, code) => {
    const { collect } = await start()
    simulator.faults.refuseNext(refusal)
    await expect(collect()).rejects.toMatchObject({ code })
    expect(simulator.prompts).toHaveLength(0)
    await accepted(collect())
  })

  it('no token means that nothing was sent', async () => {
    const { collect } = await start()
    simulator.faults.refuseNext('html503', { at: 'token' })
    await expect(collect()).rejects.toMatchObject({ code: 'provider_unavailable' })
    simulator.faults.dropNext('unread', 'token')
    await expect(collect()).rejects.toMatchObject({ code: 'provider_unavailable' })
  })

  it('a token that another process replaced is minted once more and the call goes through', async () => {
    const { collect, lookUp } = await start()
    const reference = await accepted(collect())
    simulator.faults.expireToken()
    expect(await lookUp(reference)).toMatchObject({ status: 'pending' })
    expect(simulator.mintedTokens).toBe(2)
  })

  it('a token refused twice is a matter of configuration', async () => {
    const { collect } = await start()
    simulator.faults.refuseNext('invalidToken', { times: 2 })
    await expect(collect()).rejects.toMatchObject({ code: 'provider_misconfigured' })
  })

  it('concurrent calls share one token', async () => {
    const { lookUp } = await start()
    await Promise.all(Array.from({ length: 8 }, (_, index) => lookUp(`ws_CO_${index}`)))
    expect(simulator.mintedTokens).toBe(1)
  })

  it('a query that says failed though paid is contradicted by the later callback', async () => {
    const { collect, lookUp } = await start()
    simulator.faults.misreportQueries(1)
    const reference = await accepted(collect())
    await simulator.answerPrompt(reference, 'approve')
    expect(await lookUp(reference)).toMatchObject({ status: 'failed', failure: { code: '1037' } })
    expect(await lookUp(reference)).toMatchObject({ status: 'succeeded' })
  })

  it('limits the pace of calls', async () => {
    const { lookUp } = await start()
    simulator.faults.limitCallsPerSecond(2)
    const answers = await Promise.allSettled([1, 2, 3, 4].map(() => lookUp('ws_CO_1')))
    expect(answers.some((answer) => answer.status === 'rejected' && answer.reason.code === 'provider_rate_limited')).toBe(true)
  })

  it('a callback can come before the answer to its push', async () => {
    const { collect } = await start({ autoAnswer: { outcome: 'approve', afterMs: 0 } })
    simulator.faults.delayAnswers(60)
    const asked = collect()
    await expect.poll(() => received.length).toBe(1)
    expect(await Promise.race([asked, 'still waiting'])).toBe('still waiting')
    await accepted(asked)
  })

  it('late callbacks wait', async () => {
    const { collect } = await start()
    simulator.faults.delayCallbacks(30)
    const reference = await accepted(collect())
    const startedMs = performance.now()
    await simulator.answerPrompt(reference, 'cancel')
    expect(performance.now() - startedMs).toBeGreaterThan(25)
  })
})

describe('payments that payers start', () => {
  it('are confirmed to the registered address with a masked number', async () => {
    const { payments, notices } = await start()
    expect(await payments.registerCallbacks()).toEqual({ outcome: 'registered' })
    expect(await payments.registerCallbacks()).toEqual({ outcome: 'already_registered' })
    const paid = await simulator.pay({ phone: '254700111222', amount: '800.50', accountReference: ' house 4' })
    expect(paid).toMatchObject({ outcome: 'paid', entry: { amount: '800.50' } })
    expect(notices()).toMatchObject([
      {
        status: 'succeeded',
        providerTransaction: simulator.book[0]?.receipt,
        amount: money(80_050n, 'KES'),
        accountReference: ' house 4',
        payer: { kind: 'masked', pattern: '2547*****222' },
      },
    ])
  })

  it('are taken even when no address is registered', async () => {
    await start()
    await simulator.pay({ phone: '254700111222', amount: '800' })
    expect(simulator.book).toHaveLength(1)
    expect(simulator.deliveries).toHaveLength(0)
  })

  it('come hashed under v1, and with a name alone from an organisation', async () => {
    const { payments, notices } = await start({}, { c2bVersion: 'v1' })
    await payments.registerCallbacks()
    await simulator.pay({ phone: '254700111222', amount: '800' })
    await simulator.pay({ phone: '', organisation: 'BARAKA TRADERS LTD', amount: '12500', accountReference: 'FN10023' })
    expect(notices()).toMatchObject([
      { payer: { kind: 'hashed', sha256: '88808c030864a34b293083bcf24d20dced50bb17ba9af10ca302a6b4014cab8c' } },
      { payer: { kind: 'absent' }, payerName: 'BARAKA TRADERS LTD' },
    ])
  })

  it.each(['before', 'after'] as const)(
    'a paid prompt also raises a confirmation, here %s its callback, with one receipt',
    async (order) => {
      const { payments, collect, notices } = await start({ confirmation: order })
      await payments.registerCallbacks()
      await simulator.answerPrompt(await accepted(collect()), 'approve')
      expect(received.map(({ channel }) => channel)).toEqual(order === 'before' ? ['confirmation', 'stk'] : ['stk', 'confirmation'])
      expect(new Set(notices().map((notice) => notice?.status === 'succeeded' && notice.providerTransaction)).size).toBe(1)
    },
  )

  it('can arrive in reverse order', async () => {
    const { payments, notices } = await start()
    await payments.registerCallbacks()
    simulator.faults.reorderCallbacks(2)
    await Promise.all(['100', '200'].map((amount) => simulator.pay({ phone: '254700111222', amount })))
    expect(notices()).toMatchObject([{ amount: money(20_000n, 'KES') }, { amount: money(10_000n, 'KES') }])
  })

  it('are asked about first where validation is on, and are not taken when we refuse', async () => {
    const { payments } = await start({ shortcodes: [{ shortcode: '400123', kind: 'paybill', validation: true }] })
    await payments.registerCallbacks()
    answerValidation = () => payments.enquiries.answerEnquiry({ accept: false, reason: 'unknown_account' }).body
    expect(await simulator.pay({ phone: '254700111222', amount: '800' })).toEqual({ outcome: 'rejected', code: 'C2B00012' })
    expect(simulator.book).toHaveLength(0)
    answerValidation = () => payments.enquiries.answerEnquiry({ accept: true }).body
    expect(await simulator.pay({ phone: '254700111222', amount: '800' })).toMatchObject({ outcome: 'paid' })
    const [asked] = received
    const enquiry = { channel: 'validation', method: 'POST', headers: {}, query: {}, rawBody: new TextEncoder().encode(asked?.body) }
    expect(payments.enquiries.translateEnquiry(enquiry)).toEqual({ accountReference: '', amount: money(80_000n, 'KES') })
  })

  it('fall back to ResponseType when validation is not answered', async () => {
    const { payments } = await start(
      { shortcodes: [{ shortcode: '400123', kind: 'paybill', validation: true }] },
      { responseType: 'Cancelled' },
    )
    await payments.registerCallbacks()
    answerValidation = () => 'not json'
    expect(await simulator.pay({ phone: '254700111222', amount: '800' })).toEqual({ outcome: 'rejected', code: 'no_answer' })
  })
})

describe('the book', () => {
  it('survives a restart and a torn last line, and gives no receipt twice', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nyuzi-book-'))
    const journalPath = join(folder, 'book.jsonl')
    try {
      await start({ journalPath })
      await simulator.pay({ phone: '254700111222', amount: '800' })
      await simulator.stop()
      const line = readFileSync(journalPath, 'utf8')
      expect(line).toContain('"amount":"800.00"')
      appendFileSync(journalPath, '{"receipt":"UKE0')
      await start({ journalPath })
      for (let turn = 0; turn < 200; turn += 1) await simulator.pay({ phone: '254700111222', amount: '1' })
      expect(simulator.book).toHaveLength(201)
      expect(new Set(simulator.book.map(({ receipt }) => receipt)).size).toBe(201)
      expect(simulator.book[0]?.takenAt).toBeInstanceOf(Date)
      await simulator.stop()
      await start({ journalPath })
      expect(simulator.book).toHaveLength(201)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
