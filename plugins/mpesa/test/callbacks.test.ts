import { CallbackRejected, money } from '@nyuzi/sdk'
import { callbackRequest } from '@nyuzi/sdk/testing'
import { describe, expect, it } from 'vitest'
import { checkout, fixture, install } from './daraja.ts'

const { payments } = install({ peerAddresses: [] })
const stk = (body: string | object) => callbackRequest({ channel: 'stk', body })
const confirmation = (body: string | object) => callbackRequest({ channel: 'confirmation', body })
const paid = (items: readonly object[], ResultCode: unknown = 0) =>
  stk({ Body: { stkCallback: { CheckoutRequestID: checkout, ResultCode, CallbackMetadata: { Item: items } } } })
const confirmed = fixture('c2b-confirmation-masked-first-name-only').body

describe('verifying', () => {
  it('takes calls from the published addresses and rejects others, and those of no known address', () => {
    const strict = install().payments
    const call = { channel: 'confirmation', body: confirmed }
    expect(strict.verifyCallback(callbackRequest({ ...call, peerAddress: '196.201.212.69' })).dedupeKey).toBe('c2b:UKE8B3M1ZD')
    expect(strict.verifyCallback(callbackRequest({ ...call, peerAddress: '::ffff:196.201.214.208' })).reply.status).toBe(200)
    for (const peerAddress of ['203.0.113.9', '196.201.212.6', '::ffff:203.0.113.9', ''])
      expect(() => strict.verifyCallback(callbackRequest({ ...call, peerAddress }))).toThrow(CallbackRejected)
    expect(() => strict.verifyCallback(callbackRequest(call))).toThrow(/peerAddresses/)
  })

  it('rejects unknown channels and other methods', () => {
    expect(() => payments.verifyCallback(callbackRequest({ channel: 'constructor', body: confirmed }))).toThrow(CallbackRejected)
    expect(() => payments.verifyCallback(callbackRequest({ channel: 'stk', method: 'GET' }))).toThrow(CallbackRejected)
  })

  it('keys a prompt by id, code and receipt, so that a late success is new', () => {
    const key = (id: string) => payments.verifyCallback(stk(fixture(id).rawBody)).dedupeKey
    expect(key('stk-callback-failed-1037-no-response')).toBe(`stk:${checkout}:1037`)
    expect(key('stk-callback-success')).toBe(`stk:${checkout}:0:UKE4T7Q2XM`)
    expect(key('stk-callback-success-values-as-strings')).toBe(`stk:${checkout}:0:UKE4T7Q2XM`)
    expect(key('stk-callback-success-no-metadata')).toBe(`stk:${checkout}:0`)
  })

  it('keys a confirmation by its receipt, however it is written', () => {
    const key = (TransID: string) => payments.verifyCallback(confirmation({ ...confirmed, TransID })).dedupeKey
    expect(key(' uke8b3m1zd ')).toBe(key('UKE8B3M1ZD'))
  })

  it('gives no key that an index could not hold', () => {
    const call = stk({ Body: { stkCallback: { CheckoutRequestID: 'x'.repeat(5_000), ResultCode: 0 } } })
    expect(payments.verifyCallback(call).dedupeKey).toMatch(/^raw:[0-9a-f]{64}$/)
  })

  it('accepts what it cannot read under the hash of its bytes', () => {
    const { dedupeKey, reply } = payments.verifyCallback(confirmation('not json'))
    expect(dedupeKey).toMatch(/^raw:[0-9a-f]{64}$/)
    expect(reply.body).toBe('{"ResultCode":"0","ResultDesc":"Success"}')
  })
})

describe('translating a prompt’s callback', () => {
  it('reads items by name, in any order, with extra ones and one without its list', () => {
    const items = [
      { Name: 'Extra', Value: { deep: [] } },
      { Name: 'PhoneNumber', Value: 254700111222 },
      { Name: 'Balance' },
      { Name: 'MpesaReceiptNumber', Value: ' uke4t7q2xm ' },
      { Name: 'Amount', Value: '1500.5' },
    ]
    expect(payments.translateCallback(paid(items))).toMatchObject([{ providerTransaction: 'UKE4T7Q2XM', amount: money(150_050n, 'KES') }])
    const single = { Body: { stkCallback: { CheckoutRequestID: checkout, ResultCode: 0, CallbackMetadata: { Item: items[4] } } } }
    expect(payments.translateCallback(stk(single))).toMatchObject([{ status: 'succeeded', amount: money(150_050n, 'KES') }])
  })

  it('keeps the exact decimal of a JSON number', () => {
    for (const [written, minor] of [
      ['1500.00', 150_000n],
      ['8.20', 820n],
      ['1.15', 115n],
      ['90071992547409.91', 9_007_199_254_740_991n],
    ] as const) {
      const raw = `{"Body":{"stkCallback":{"CheckoutRequestID":"x","ResultCode":0,"CallbackMetadata":{"Item":[{"Name":"Amount","Value":${written}}]}}}}`
      expect(payments.translateCallback(stk(raw))[0]).toMatchObject({ amount: money(minor, 'KES') })
    }
  })

  it.each(['-1', '0', '0.00', '1e3', '1.005', 'many', '1,500'])('refuses the amount %s', (Value) => {
    expect(() => payments.translateCallback(paid([{ Name: 'Amount', Value }]))).toThrow(/Amount/)
  })

  it('leaves out an odd time, so that the time of arrival counts', () => {
    for (const Value of ['20261314103041', '0', '20260230000000', 20261114103041.5])
      expect(payments.translateCallback(paid([{ Name: 'TransactionDate', Value }]))[0]).not.toHaveProperty('paidAt')
  })

  it('believes neither side when a failure carries a receipt', () => {
    const [notice] = payments.translateCallback(paid([{ Name: 'MpesaReceiptNumber', Value: 'UKE4T7Q2XM' }], 1037))
    expect(notice).toMatchObject({ status: 'unknown' })
  })

  it('never takes an unknown code, or none, for a failure', () => {
    for (const code of [4108, '', null, 'constructor', '__proto__', { a: 1 }, 4999])
      expect(payments.translateCallback(paid([], code))[0]?.status, String(code)).toMatch(/^(unknown|pending)$/)
  })

  it('throws on anything else, without the body in the message', () => {
    for (const body of ['', 'null', '[]', '{}', '{"Body":{"stkCallback":{"ResultCode":0}}}', '{"Body":{"stkCallback":null}}'])
      expect(() => payments.translateCallback(stk(body)), body).toThrow(/CheckoutRequestID is missing/)
    expect(() => payments.translateCallback(callbackRequest({ channel: 'validation', body: confirmed }))).toThrow(/carries no payments/)
  })
})

describe('translating a confirmation', () => {
  it('keeps the reference as typed and takes a name in pieces', () => {
    const [notice] = payments.translateCallback(
      confirmation({ ...confirmed, BillRefNumber: ' house  4 ', MiddleName: null, LastName: ' ODHIAMBO ' }),
    )
    expect(notice).toMatchObject({ accountReference: ' house  4 ', payerName: 'AMINA ODHIAMBO' })
  })

  it('needs a receipt and a positive amount and nothing else', () => {
    expect(payments.translateCallback(confirmation('\uFEFF{"TransID":"UKE8B3M1ZD","TransAmount":800}'))).toEqual([
      {
        evidence: 'callback',
        status: 'succeeded',
        providerTransaction: 'UKE8B3M1ZD',
        amount: money(80_000n, 'KES'),
        payer: { kind: 'absent' },
      },
    ])
    for (const broken of [{ TransAmount: '' }, { TransAmount: '-5' }, { TransAmount: null }, { TransID: '' }, { TransID: 'a b' }])
      expect(() => payments.translateCallback(confirmation({ ...confirmed, ...broken }))).toThrow(/confirmation:/)
  })

  it('drops what no database can hold, and is not slowed by a long odd number', () => {
    const odd = { ...confirmed, BillRefNumber: 'FN\u000010023\ud800', MSISDN: `${'*'.repeat(200_000)}x` }
    const startedMs = performance.now()
    const [notice] = payments.translateCallback(confirmation(odd))
    expect(notice).toMatchObject({ accountReference: 'FN10023\ufffd', payer: { kind: 'absent' } })
    expect(performance.now() - startedMs).toBeLessThan(1_000)
  })

  it('reads a name in another encoding without losing the money', () => {
    const bytes = Buffer.from('{"TransID":"UKE8B3M1ZD","TransAmount":"800","FirstName":"JOS\xc9"}', 'latin1')
    const [notice] = payments.translateCallback(callbackRequest({ channel: 'confirmation', body: new Uint8Array(bytes) }))
    expect(notice).toMatchObject({ status: 'succeeded', amount: money(80_000n, 'KES') })
  })

  it.each([
    ['2547 ***** 126', { kind: 'masked', pattern: '2547*****126' }],
    ['25470****149', { kind: 'masked', pattern: '25470****149' }],
    ['*********222', { kind: 'masked', pattern: '*********222' }],
    ['0700111222', { kind: 'clear', phone: '+254700111222' }],
    ['12345', { kind: 'absent' }],
    ['', { kind: 'absent' }],
  ])('reads the payer %s', (MSISDN, payer) => {
    expect(payments.translateCallback(confirmation({ ...confirmed, MSISDN }))[0]?.payer).toEqual(payer)
  })
})

describe('an enquiry', () => {
  it('is answered in their words, and throws when it cannot be read', () => {
    const { answerEnquiry, translateEnquiry } = payments.enquiries
    expect(answerEnquiry({ accept: true }).body).toBe(fixture('c2b-validation-accept').rawBody)
    expect(answerEnquiry({ accept: false, reason: 'amount' }).body).toBe(fixture('c2b-validation-reject-c2b00013').rawBody)
    expect(answerEnquiry({ accept: false, reason: 'other' }).body).toBe(fixture('c2b-validation-reject-c2b00016').rawBody)
    expect(() => translateEnquiry(callbackRequest({ channel: 'validation', body: '{}' }))).toThrow(/validation:/)
  })
})
