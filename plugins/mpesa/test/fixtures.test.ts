import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { type CallbackRequest, money, type PaymentNotice, type Phone, ProviderError, parseMoney, parsePhone, phoneDigits } from '@nyuzi/sdk'
import { callbackRequest } from '@nyuzi/sdk/testing'
import { describe, expect, it } from 'vitest'
import { type Answer, errorKind, raise, readAnswer } from '../src/client/answer.ts'
import { registerPath, registerRequest } from '../src/client/c2b.ts'
import { readToken } from '../src/client/client.ts'
import { toMsisdn } from '../src/client/payer.ts'
import { promptPath, promptQuery, promptQueryPath, promptRequest, proof } from '../src/client/prompt.ts'
import { acceptReply, confirmationReply, promptReply, type RejectReason, rejectReply } from '../src/client/replies.ts'
import { fromWireTime, toWireTime } from '../src/client/time.ts'
import { readPromptAnswer } from '../src/collect.ts'
import { answerEnquiry, translateEnquiry } from '../src/enquiry.ts'
import { readQueryAnswer } from '../src/lookup.ts'
import { readRegisterAnswer } from '../src/register.ts'
import { translateCallback } from '../src/translate-callback.ts'
import { createVerify } from '../src/verify-callback.ts'
import * as wire from '../src/wire/index.ts'

type Fixture = {
  readonly id: string
  readonly api: string
  readonly kind: string
  readonly http?: { readonly status?: number; readonly method?: string; readonly path?: string; readonly headers?: Record<string, string> }
  readonly rawBody?: string
  // biome-ignore lint/suspicious/noExplicitAny: fixtures hold every shape the provider uses.
  readonly body?: any
  readonly meaning?: { readonly outcome: string; readonly terminal: boolean; readonly money: string; readonly next: string }
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly derivation?: any
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly cases?: any
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly expected?: any
  readonly duplicateOf?: string
}

const folder = new URL('./fixtures/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
const fixture = (name: string): Fixture => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
const fixtures = files.map(fixture)
const byId = (id: string): Fixture => fixture(`${id}.json`)

const answerOf = ({ http, rawBody }: Fixture): Answer => readAnswer(http?.status ?? 200, rawBody ?? '')
const errorOf = (one: Fixture): Exclude<Answer, { kind: 'fields' }> => {
  const answer = answerOf(one)
  if (answer.kind === 'fields') throw new Error(`${one.id} reads as a plain answer`)
  return answer
}
const meaningOf = ({ meaning }: Fixture) => ({ outcome: meaning?.outcome, terminal: meaning?.terminal })
const callOf = (channel: string, { rawBody }: Fixture): CallbackRequest => callbackRequest({ channel, body: rawBody ?? '' })
const verify = createVerify({ peerAddresses: [] })
const checkout = 'ws_CO_141120261030152700111222'
const mainInstant = new Date('2026-11-14T07:30:15Z')

describe('every fixture means to our readers what it says', () => {
  it.each(fixtures.map((one) => [one.id, one] as const))('%s', (_, one) => {
    expect.hasAssertions()
    const check = checks[`${one.api} ${one.kind}`]
    expect(check, `no assertion for ${one.api} ${one.kind}`).toBeDefined()
    check?.(one)
  })

  it('none is left over and no assertion is left without a fixture', () => {
    expect(fixtures).toHaveLength(158)
    expect(Object.keys(checks).sort()).toEqual([...new Set(fixtures.map(({ api, kind }) => `${api} ${kind}`))].sort())
  })
})

/** What must hold for a notice of that meaning; returns it for more. */
function expectNotice(notice: PaymentNotice | undefined, { meaning }: Fixture): PaymentNotice | undefined {
  expect(notice?.status).toBe(meaning?.outcome)
  if (meaning?.money === 'not-moved') expect(notice?.status).not.toBe('succeeded')
  if (notice?.status === 'failed') expect(meaning?.terminal).toBe(true)
  if (notice?.status === 'pending' || notice?.status === 'unknown') expect(meaning?.terminal).toBe(false)
  return notice
}

/** An error answer, and the error it raises for the host. */
function expectError(one: Fixture): void {
  const answer = errorOf(one)
  expect(wire.errorOutcome(answer)).toEqual(meaningOf(one))
  const raised = failureOf(() => raise('call', answer))
  expect(raised).toBeInstanceOf(ProviderError)
  expect(String((raised as Error).message)).not.toContain('Zk3vQ8mT1yB6nR0pX4wL9sD2hJ7c')
  const { next = '' } = one.meaning ?? {}
  const kind = answer.kind === 'error' ? errorKind(answer) : 'unreadable'
  if (/mint once/.test(next)) expect(kind).toBe('token')
  if (/^configuration/.test(next)) expect((raised as ProviderError).code).toBe('provider_misconfigured')
  if (/back off/.test(next)) expect((raised as ProviderError).code).toBe('provider_rate_limited')
  if (/query before/.test(next)) expect((raised as ProviderError).code).toBe('provider_unclear')
}

function failureOf(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

const checks: Readonly<Record<string, (one: Fixture) => void>> = {
  'oauth request': ({ http }) => {
    // That the client sends it so is asserted in client.test.ts; here its shape.
    expect(http).toMatchObject({ method: 'GET', path: '/oauth/v1/generate?grant_type=client_credentials' })
    expect(http?.headers?.Authorization).toMatch(/^Basic /)
  },
  'oauth response': (one) => {
    const answer = answerOf(one)
    if (one.meaning?.outcome === 'error') {
      expect(wire.errorOutcome(errorOf(one))).toEqual(meaningOf(one))
      expect(failureOf(() => readToken(answer, mainInstant))).toMatchObject({ code: 'provider_misconfigured' })
      return
    }
    const { value, expiresAt } = readToken(answer, mainInstant)
    expect(value).toBe('Zk3vQ8mT1yB6nR0pX4wL9sD2hJ7c')
    expect((expiresAt.getTime() - mainInstant.getTime()) / 1000).toBe(3599 - 60)
  },
  'stk-push request': ({ id, rawBody, http, body, derivation }) => {
    const receiver =
      id === 'stk-request-till'
        ? ({ kind: 'till', shortcode: '5123456', storeNumber: '7654321' } as const)
        : ({ kind: 'paybill', shortcode: '400123' } as const)
    const built = promptRequest({
      receiver,
      passkey: derivation.passkey,
      now: mainInstant,
      amount: '1500',
      msisdn: '254700111222',
      callbackUrl: body.CallBackURL,
      accountReference: 'FN10023',
      description: 'Internet',
    })
    expect(JSON.stringify(built)).toBe(rawBody)
    expect(http?.path).toBe(promptPath)
  },
  'stk-push response': (one) => {
    if (one.meaning?.outcome !== 'accepted') {
      expectError(one)
      const answer = errorOf(one)
      const answered = failureOf(() => readPromptAnswer(answer)) ?? readPromptAnswer(answer)
      // Nothing that is not plainly accepted may look accepted, and a payer's open prompt is a refusal with a reason.
      expect(answered).not.toMatchObject({ outcome: 'accepted' })
      if (one.id.includes('unable-to-lock')) expect(answered).toMatchObject({ outcome: 'refused', code: '1001' })
      return
    }
    expect(readPromptAnswer(answerOf(one))).toMatchObject({ outcome: 'accepted', providerReference: one.body.CheckoutRequestID })
    expect(one.meaning.terminal).toBe(false)
  },
  'stk-push callback': (one) => {
    const call = callOf('stk', one)
    const [notice] = translateCallback(call)
    expectNotice(notice, one)
    expect(notice).toMatchObject({ evidence: 'callback', providerReference: checkout })
    const { dedupeKey } = verify(call)
    if (one.duplicateOf) expect(dedupeKey).toBe(verify(callOf('stk', byId(one.duplicateOf))).dedupeKey)
    if (one.id === 'stk-callback-success-no-metadata') {
      expect(notice).toEqual({
        evidence: 'callback',
        status: 'succeeded',
        providerReference: checkout,
        payer: { kind: 'absent' },
      })
      expect(one.meaning?.terminal).toBe(false)
    } else if (notice?.status === 'succeeded') {
      expect(notice).toMatchObject({
        providerTransaction: 'UKE4T7Q2XM',
        amount: money(150_000n, 'KES'),
        paidAt: new Date('2026-11-14T07:30:41Z'),
        payer: { kind: 'clear', phone: '+254700111222' },
      })
      expect(one.meaning?.terminal).toBe(true)
      expect(dedupeKey).toBe(`stk:${checkout}:0:UKE4T7Q2XM`)
    }
    if (notice?.status === 'failed') {
      expect(notice.failure.code).toBe(String(one.body.Body.stkCallback.ResultCode))
      expect(notice.failure.class).toBe(promptFailureClasses[notice.failure.code])
    }
  },
  'stk-push callback-reply': ({ rawBody }) => expect(promptReply.body).toBe(rawBody),
  'stk-push vector': ({ derivation }) => {
    const now = new Date(derivation.nairobiInstantUtc)
    expect(proof(derivation.shortCode, derivation.passkey, now)).toEqual({ Password: derivation.password, Timestamp: derivation.timestamp })
  },
  'stk-query request': ({ rawBody, http, derivation }) => {
    const receiver = { kind: 'paybill', shortcode: '400123' } as const
    const built = promptQuery(receiver, derivation.passkey, new Date('2026-11-14T07:31:15Z'), checkout)
    expect(JSON.stringify(built)).toBe(rawBody)
    expect(http?.path).toBe(promptQueryPath)
  },
  'stk-query response': (one) => {
    const notice = expectNotice(readQueryAnswer(checkout, answerOf(one)), one)
    expect(notice).toMatchObject({ evidence: 'status_query', providerReference: checkout, payer: { kind: 'absent' } })
    if (notice?.status === 'succeeded') expect(notice).not.toHaveProperty('providerTransaction')
    if (notice?.status === 'failed') expect(notice.failure.code).toBe(String(one.body.ResultCode))
  },
  'any response': expectError,
  'any vector': ({ id, cases }) => {
    for (const { in: typed, out } of id === 'vector-phone-normalisation' ? cases : []) {
      const phone = parsePhone(typed, 'KE')
      expect(phone === undefined ? null : phoneDigits(phone), typed).toBe(out)
      if (phone) expect(toMsisdn(phone)).toBe(out)
    }
    for (const { wire: written, utc } of id === 'vector-time-conversion' ? cases : []) {
      expect(fromWireTime(written), written).toEqual(new Date(utc))
      if (/^\d{14}$/.test(written)) expect(toWireTime(new Date(utc))).toBe(written)
    }
  },
  'c2b callback': (one) => {
    if (one.http?.path?.includes('/check/')) {
      const typed = one.body.BillRefNumber
      expect(meaningOf(one)).toEqual({ outcome: 'pending', terminal: false })
      expect(translateEnquiry(callOf('validation', one))).toEqual({ accountReference: typed, amount: money(150_000n, 'KES') })
      expect(verify(callOf('validation', one)).dedupeKey).toBe(`enquiry:${one.body.TransID}`)
      return
    }
    const call = callOf('confirmation', one)
    const [notice] = translateCallback(call)
    expectNotice(notice, one)
    expect(notice).toMatchObject({ providerTransaction: one.body.TransID, amount: parseMoney(one.body.TransAmount, 'KES') })
    expect(notice).toMatchObject({ paidAt: fromWireTime(one.body.TransTime) })
    expect(notice?.accountReference).toBe(one.body.BillRefNumber || undefined)
    expect(notice?.payerName).toBe(one.body.LastName ? 'AMINA WANJIRU ODHIAMBO' : one.body.FirstName)
    expect(notice?.payer).toEqual(confirmationPayers[one.id] ?? { kind: 'masked', pattern: '2547*****222' })
    expect(verify(call).dedupeKey).toBe(`c2b:${one.body.TransID}`)
    if (one.duplicateOf) expect(verify(call)).toEqual(verify(callOf('confirmation', byId(one.duplicateOf))))
    if (one.id === 'c2b-confirmation-of-stk-payment') {
      const [prompted] = translateCallback(callOf('stk', byId('stk-callback-success')))
      expect(prompted).toMatchObject({ providerTransaction: one.body.TransID })
    }
  },
  'c2b callback-reply': ({ id, rawBody, body }) => {
    if (id === 'c2b-confirmation-ack') return expect(confirmationReply.body).toBe(rawBody)
    if (body.ResultCode === '0') return expect(acceptReply(body.ThirdPartyTransID).body).toBe(rawBody)
    const reason = rejectReasons[body.ResultCode]
    expect(reason).toBeDefined()
    if (reason) expect(rejectReply(reason).body).toBe(rawBody)
    if (reason === 'account') expect(answerEnquiry({ accept: false, reason: 'unknown_account' }).body).toBe(rawBody)
  },
  'c2b vector': ({ cases }) => {
    for (const { msisdn, hash } of cases) {
      expect(createHash('sha256').update(msisdn).digest('hex')).toBe(hash)
      const [notice] = translateCallback(
        callbackRequest({ channel: 'confirmation', body: { TransID: 'UKE8B3M7LN', TransAmount: '1', MSISDN: hash } }),
      )
      expect(notice?.payer).toEqual({ kind: 'hashed', sha256: hash })
    }
  },
  'c2b-register request': ({ rawBody, http, body, id }) => {
    const version = id.endsWith('v1') ? 'v1' : 'v2'
    const built = registerRequest({
      version,
      shortcode: '400123',
      responseType: version === 'v1' ? 'Cancelled' : 'Completed',
      confirmationUrl: body.ConfirmationURL,
      validationUrl: body.ValidationURL,
    })
    expect(JSON.stringify(built)).toBe(rawBody)
    expect(http?.path).toBe(registerPath(version))
  },
  'c2b-register response': (one) => {
    if (one.meaning?.outcome === 'accepted') return expect(readRegisterAnswer(answerOf(one))).toEqual({ outcome: 'registered' })
    expect(meaningOf(one)).toEqual({ outcome: 'error', terminal: true })
    if (one.id.endsWith('already-registered')) return expect(readRegisterAnswer(answerOf(one))).toEqual({ outcome: 'already_registered' })
    expect(failureOf(() => readRegisterAnswer(answerOf(one)))).toMatchObject({ code: 'provider_refused', providerCode: '500.003.1001' })
  },
  'c2b-simulate request': ({ rawBody }) => {
    const built = wire.simulateRequest({ shortcode: '600984', amount: '1500', msisdn: '254708374149', accountReference: 'FN10023' })
    expect(JSON.stringify(built)).toBe(rawBody)
  },
  'c2b-simulate response': (one) => expect(wire.acknowledgementOutcome(answerOf(one)).outcome).toBe('accepted'),
  'b2c request': ({ rawBody, body }) => {
    const payout = { ...asked(body, 'refund'), ownId: body.OriginatorConversationID, amount: '1500', shortcode: '400777' }
    expect(JSON.stringify(wire.b2cRequest({ ...payout, msisdn: '254700111222' }))).toBe(rawBody)
  },
  'b2c response': expectAcknowledgement,
  'b2c callback': (one) => {
    const result = expectResult('b2c', one)
    if (one.meaning?.outcome !== 'succeeded') return expect(result?.receipt).toBeUndefined()
    expect(result?.receipt).toBe('UKE7P4W8NB')
    expect(fromWireTime(result?.parameters.get('TransactionCompletedDateTime')?.[0])).toEqual(new Date('2026-11-14T09:48:52Z'))
  },
  'reversal request': ({ rawBody, body }) => {
    const reversal = { ...asked(body, 'paid twice'), receipt: 'UKE8B3M1ZD', amount: '1500', shortcode: '400123' }
    expect(JSON.stringify(wire.reversalRequest(reversal))).toBe(rawBody)
  },
  'reversal response': (one) => (one.meaning?.outcome === 'error' ? expectError(one) : expectAcknowledgement(one)),
  'reversal callback': (one) => {
    const result = expectResult('reversal', one)
    if (one.meaning?.outcome === 'succeeded') {
      expect(result?.receipt).toBe('UKE9R1V5TA')
      expect(result?.parameters.get('OriginalTransactionID')).toEqual(['UKE8B3M1ZD'])
      expect(result?.parameters.get('Amount')).toEqual(['1500.00'])
    } else expect(wire.resultReason(result?.code ?? '')).toBe(reversalReasons[one.id.replace('reversal-result-failed-', '')])
  },
  'transaction-status request': ({ rawBody, body, id }) => {
    const question = { ...asked(body, 'reconcile'), shortcode: '400123' }
    const about = id.endsWith('by-receipt') ? { receipt: 'UKE4T7Q2XM' } : { originatorConversation: body.OriginalConversationID }
    expect(JSON.stringify(wire.statusRequest({ ...question, ...about }))).toBe(rawBody)
  },
  'transaction-status response': (one) => expectAcknowledgement(one),
  'transaction-status callback': (one) => {
    const result = expectResult('transaction-status', one)
    if (one.meaning?.outcome === 'succeeded') {
      expect(result?.parameters.get('ReceiptNo')).toEqual(['UKE4T7Q2XM'])
      expect(parseMoney(result?.parameters.get('Amount')?.[0] ?? '', 'KES')).toEqual(money(150_000n, 'KES'))
    }
    if (one.id.endsWith('completed')) expect(result?.parameters.get('DebitPartyName')).toHaveLength(2)
    if (one.id.endsWith('2033') && result)
      expect(wire.resultOutcome('transaction-status', 'result', result).trustedForMs).toBe(48 * 60 * 60 * 1000)
  },
  'account-balance request': ({ rawBody, body }) =>
    expect(JSON.stringify(wire.balanceRequest({ ...asked(body, 'ok'), shortcode: '400123' }))).toBe(rawBody),
  'account-balance callback': ({ rawBody }) => {
    const result = wire.readResult(rawBody ?? '')
    if (!result) throw new Error('the balance result is not read')
    expect(wire.resultOutcome('account-balance', 'result', result)).toEqual({ outcome: 'succeeded', terminal: true })
    const balances = wire.readBalances(result)
    expect(balances).toHaveLength(5)
    expect(balances[3]).toMatchObject({ name: 'Charges Paid Account', current: money(-154_000n, 'KES'), reserved: money(0n, 'KES') })
  },
  'bill-manager callback': (one) => {
    const notice = expectNotice(wire.readBillPush(one.rawBody ?? ''), one)
    expect(notice).toMatchObject({ providerTransaction: 'UKE8B3M1ZD', amount: money(150_000n, 'KES'), accountReference: 'FN10023' })
  },
  'pull request': ({ rawBody, id, body }) => {
    const from = new Date('2026-11-14T07:00:00Z')
    const until = new Date('2026-11-14T09:00:00Z')
    const built =
      id === 'pull-query-request'
        ? wire.pullRequest({ shortcode: '400123', from, until, offset: 0 })
        : wire.pullRegisterRequest({ shortcode: '400123', nominatedMsisdn: '254700555666', callbackUrl: body.CallBackURL })
    expect(JSON.stringify(built)).toBe(rawBody)
  },
  'pull response': (one) => {
    if (one.id.startsWith('pull-register'))
      return expect(wire.pullRegistration(answerOf(one))).toEqual({ outcome: 'succeeded', terminal: true })
    const page = wire.readPullPage(answerOf(one))
    expect(page).toMatchObject(one.meaning ? meaningOf(one) : { outcome: 'succeeded', terminal: true })
    expect(page.unreadable).toBe(0)
    expect(page.notices.map((notice) => notice.status === 'succeeded' && notice.providerTransaction)).toEqual(pulled[one.id] ?? [])
    for (const notice of page.notices) expect(notice).toMatchObject({ evidence: 'provider_list', payer: { kind: 'clear' } })
    if (one.id === 'pull-query-response')
      expect(page.notices[2]).toMatchObject({ amount: money(80_000n, 'KES'), accountReference: 'HOUSE 4' })
  },
  'standing-order request': ({ rawBody, body }) => {
    const built = wire.standingOrderRequest({
      name: body.StandingOrderName,
      startsAt: new Date('2026-11-30T21:00:00Z'),
      endsAt: new Date('2027-11-30T21:00:00Z'),
      shortcode: '400123',
      amount: '1500',
      msisdn: '254700111222',
      callbackUrl: body.CallBackURL,
      accountReference: 'FN10023',
      description: 'Internet',
    })
    expect(JSON.stringify(built)).toBe(rawBody)
  },
  'standing-order response': (one) => expect(wire.standingOrderAcknowledgement(answerOf(one))).toEqual(meaningOf(one)),
  'standing-order callback': (one) => {
    expect(wire.standingOrderOutcome(one.rawBody ?? '')).toEqual(meaningOf(one))
    const succeeded = one.meaning?.outcome === 'succeeded'
    expect(wire.standingOrderItems(one.rawBody ?? '').get('transactionid')).toBe(succeeded ? 'UKE2S0R4AB' : '0000000000')
  },
  'dynamic-qr request': ({ rawBody }) => {
    const code = { merchantName: 'UWANJA FIBRE', accountReference: 'FN10023', amount: '1500', shortcode: '400123', sizePx: 300 }
    expect(JSON.stringify(wire.qrRequest(code))).toBe(rawBody)
  },
  'dynamic-qr response': (one) => {
    expect([...(wire.readQrCode(answerOf(one))?.png.slice(0, 4) ?? [])]).toEqual([0x89, 0x50, 0x4e, 0x47])
  },
  'statement statement': ({ rawBody, expected }) => {
    const statement = wire.readStatement(rawBody ?? '')
    const bytes = wire.readStatement(new TextEncoder().encode(rawBody))
    expect(bytes).toEqual(statement)
    const rows = statement?.rows ?? []
    const payments = rows.filter(({ kind }) => kind === 'payment')
    if (expected.payments) expect(payments.map(({ receipt }) => receipt)).toEqual(expected.payments)
    if (expected.chargeRows !== undefined) expect(rows.filter(({ kind }) => kind === 'charge')).toHaveLength(expected.chargeRows)
    if (expected.totalPaidIn)
      expect(payments.reduce((sum, { amount }) => sum + amount.amountMinor, 0n)).toBe(parseMoney(expected.totalPaidIn, 'KES')?.amountMinor)
    if (expected.timeZone) expect(payments[1]?.completedAt).toEqual(new Date('2026-11-14T08:15:02Z'))
    if (expected.reversals) {
      const reversals = rows.filter(({ kind }) => kind === 'reversal')
      expect(Object.fromEntries(reversals.map(({ receipt, linkedReceipt }) => [receipt, linkedReceipt]))).toEqual(expected.reversals)
    }
    for (const receipt of expected.notCustomerPayments ?? []) expect(rows.find((row) => row.receipt === receipt)?.kind).toBe('settlement')
    if (expected.ignored) expect(statement?.ignored.map(({ receipt }) => receipt)).toEqual(['UKE8B3MFAA', 'TOTALS'])
    if (expected.accountFromDetails) expect(payments[0]?.accountReference).toBe(expected.accountFromDetails)
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length)
  },
}

function expectAcknowledgement(one: Fixture): void {
  const answer = answerOf(one)
  if (answer.kind === 'fields') expect(wire.acknowledgementOutcome(answer)).toEqual(meaningOf(one))
  else expectError(one)
}

function expectResult(api: wire.ResultApi, one: Fixture): wire.Result | undefined {
  const result = wire.readResult(one.rawBody ?? '')
  expect(result).toBeDefined()
  const address = one.http?.path?.includes('/timeout/') ? 'timeout' : 'result'
  expect(result && wire.resultOutcome(api, address, result)).toMatchObject(meaningOf(one))
  return result
}

// biome-ignore lint/suspicious/noExplicitAny: a request body of any of the calls with an initiator.
const asked = (body: any, remarks: string) => ({
  initiator: { name: 'uwanjaapi', securityCredential: body.SecurityCredential },
  urls: { resultUrl: body.ResultURL, timeoutUrl: body.QueueTimeOutURL },
  remarks,
})

const promptFailureClasses: Readonly<Record<string, string>> = {
  1: 'payer',
  2: 'amount',
  3: 'amount',
  4: 'payer',
  8: 'operator',
  17: 'wait',
  26: 'wait',
  1001: 'wait',
  1019: 'payer',
  1025: 'technical',
  1032: 'payer',
  1037: 'payer',
  2001: 'payer',
  2028: 'configuration',
  8006: 'payer',
  9999: 'technical',
  SFC_IC0003: 'configuration',
}

const confirmationPayers: Readonly<Record<string, PaymentNotice['payer']>> = {
  'c2b-confirmation-clear-msisdn': { kind: 'clear', phone: '+254700111222' as Phone },
  'c2b-confirmation-hashed-msisdn': {
    kind: 'hashed',
    sha256: '88808c030864a34b293083bcf24d20dced50bb17ba9af10ca302a6b4014cab8c',
  },
  'c2b-confirmation-masked-four-star': { kind: 'masked', pattern: '2547****1222' },
  'c2b-confirmation-masked-tight-format': { kind: 'masked', pattern: '25470****222' },
  'c2b-confirmation-organisation-to-organisation': { kind: 'absent' },
}

const rejectReasons: Readonly<Record<string, RejectReason>> = {
  C2B00011: 'msisdn',
  C2B00012: 'account',
  C2B00013: 'amount',
  C2B00014: 'kyc',
  C2B00015: 'shortcode',
  C2B00016: 'other',
}

const reversalReasons: Readonly<Record<string, wire.ResultReason>> = {
  'already-reversed': 'already_reversed',
  'bad-credential': 'initiator',
  'credential-locked': 'initiator_locked',
  insufficient: 'own_funds',
  'invalid-original': 'original_invalid',
  'no-role': 'role',
}

const pulled: Readonly<Record<string, readonly string[]>> = {
  'pull-query-response': ['UKE4T7Q2XM', 'UKE8B3M1ZD', 'UKE8B3MEVA'],
  'pull-query-response-flat': ['UKE8B3M1ZD'],
}
