import nock from 'nock'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { promptQueryPath } from '../src/client/prompt.ts'
import { answers, fixture, install, lookUpQuery, mints, never, production } from './daraja.ts'

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

async function lookUp(id: string) {
  const { payments } = install()
  mints()
  answers(promptQueryPath, id)
  return payments.lookUpPayment(lookUpQuery)
}

describe('a look-up', () => {
  it('asks about the prompt under a fresh timestamp', async () => {
    const { payments, clock } = install()
    clock.set(new Date('2026-11-14T07:31:15Z'))
    mints()
    const asked = answers(promptQueryPath, 'stk-query-success', (body) => {
      expect(body).toEqual(fixture('stk-query-request').body)
      return true
    })
    await payments.lookUpPayment(lookUpQuery)
    expect(asked.isDone()).toBe(true)
  })

  it.each([
    ['stk-query-success', 'succeeded'],
    ['stk-query-result-code-number', 'succeeded'],
    ['stk-query-cancelled', 'failed'],
    ['stk-query-pending-4999', 'pending'],
    ['stk-query-pending-500-being-processed', 'pending'],
    ['error-200-with-error-envelope', 'pending'],
    ['stk-query-500-does-not-exist', 'unknown'],
    ['stk-query-500-empty-message', 'unknown'],
    ['error-500-001-1001-unable-to-lock-subscriber', 'unknown'],
    ['error-500-003-1001-internal-server-error', 'unknown'],
    ['error-400-002-05-invalid-request-payload', 'unknown'],
    ['error-503-html', 'unknown'],
  ])('answered by %s is %s', async (id, status) => {
    expect(await lookUp(id)).toMatchObject({ status, evidence: 'status_query', providerReference: lookUpQuery.providerReference })
  })

  it.each([
    ['{"ResponseCode":"0","ResultCode":"4108"}', 'unknown'],
    ['{"ResponseCode":"0"}', 'unknown'],
    ['{}', 'unknown'],
    ['', 'unknown'],
    [JSON.stringify({ ...fixture('stk-query-cancelled').body, CheckoutRequestID: 'ws_CO_of_another' }), 'unknown'],
  ])('answered by %s is never a failure', async (body, status) => {
    const { payments } = install()
    mints()
    nock(production).post(promptQueryPath).reply(200, body)
    expect(await payments.lookUpPayment(lookUpQuery)).toMatchObject({ status })
  })

  it.each([
    ['error-500-003-02-spike-arrest', 'provider_rate_limited'],
    ['error-500-001-1001-wrong-credentials', 'provider_misconfigured'],
  ])('answered by %s says so: %s', async (id, code) => {
    await expect(lookUp(id)).rejects.toMatchObject({ code })
  })

  it('that is not answered is unclear, and one that cannot be sent is unavailable', async () => {
    const { payments } = install()
    mints()
    nock(production).post(promptQueryPath).reply(never)
    await expect(payments.lookUpPayment(lookUpQuery)).rejects.toMatchObject({ code: 'provider_unclear' })
    const away = install()
    nock(production).get('/oauth/v1/generate?grant_type=client_credentials').replyWithError({ code: 'ECONNREFUSED' })
    await expect(away.payments.lookUpPayment(lookUpQuery)).rejects.toMatchObject({ code: 'provider_unavailable' })
  })
})
