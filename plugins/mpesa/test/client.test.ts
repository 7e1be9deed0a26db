import nock from 'nock'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { promptPath, promptQueryPath } from '../src/client/prompt.ts'
import { answers, collectRequest, fixture, install, lookUpQuery, mints, never, production, settings, token } from './daraja.ts'

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  const pending = nock.pendingMocks()
  nock.cleanAll()
  nock.enableNetConnect()
  expect(pending).toEqual([])
})

describe('the access token', () => {
  it('is asked for with the app’s keys and used for more than one call', async () => {
    const { payments } = install()
    nock(production, { reqheaders: { authorization: 'Basic Y2tfUXc3ZVIydFl1STlvUDNhUzpjc19aeDhjVjRiTm0xTGtKNmhH' } })
      .get('/oauth/v1/generate?grant_type=client_credentials')
      .reply(200, fixture('oauth-response-expires-number').rawBody)
    nock(production, { reqheaders: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } })
      .post(promptQueryPath)
      .times(2)
      .reply(200, fixture('stk-query-success').rawBody)
    expect(await payments.lookUpPayment(lookUpQuery)).toMatchObject({ status: 'succeeded' })
    expect(await payments.lookUpPayment(lookUpQuery)).toMatchObject({ status: 'succeeded' })
  })

  it('is minted anew a minute before it ends', async () => {
    const { payments, clock } = install()
    mints(2)
    nock(production).post(promptQueryPath).times(3).reply(200, fixture('stk-query-success').rawBody)
    await payments.lookUpPayment(lookUpQuery)
    clock.advanceMs(3_538_000)
    await payments.lookUpPayment(lookUpQuery)
    clock.advanceMs(2_000)
    await payments.lookUpPayment(lookUpQuery)
  })

  it.each(['error-404-001-03-invalid-access-token', 'error-400-003-01-invalid-access-token', 'error-401-002-01-invalid-access-token'])(
    'that is refused (%s) is minted once and the call repeated once',
    async (refusal) => {
      const { payments } = install()
      mints(1)
      mints(1, 'a-new-token-of-some-length00')
      answers(promptPath, refusal)
      nock(production, { reqheaders: { authorization: 'Bearer a-new-token-of-some-length00' } })
        .post(promptPath)
        .reply(200, fixture('stk-response-accepted').rawBody)
      expect(await payments.collect.request(collectRequest)).toMatchObject({ outcome: 'accepted' })
    },
  )

  it('that is refused twice calls a person, and is never seen in the error', async () => {
    const { payments, log } = install()
    mints(2)
    answers(promptPath, 'error-401-002-01-invalid-access-token')
    answers(promptPath, 'error-401-002-01-invalid-access-token')
    const failure = await payments.collect.request(collectRequest).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'provider_misconfigured', providerCode: '401.002.01' })
    expect(`${failure}${log.lines.join('\n')}`).not.toContain(token)
  })

  it('is not blamed when the app lacks the product', async () => {
    const { payments } = install()
    mints(1)
    answers(promptPath, 'error-401-002-01-no-apiproduct')
    await expect(payments.collect.request(collectRequest)).rejects.toThrow(/add the product to the app/)
  })

  it.each([
    [400, fixture('oauth-error-invalid-auth-type').rawBody, 'provider_misconfigured'],
    [401, '', 'provider_misconfigured'],
    [400, '', 'provider_misconfigured'],
    [500, fixture('error-500-003-02-spike-arrest').rawBody, 'provider_rate_limited'],
    [429, '', 'provider_rate_limited'],
    [500, fixture('error-500-003-1001-internal-server-error').rawBody, 'provider_unavailable'],
    [503, fixture('error-503-html').rawBody, 'provider_unavailable'],
    [200, '{}', 'provider_unavailable'],
  ])('that is not issued (HTTP %i %s) leaves nothing unclear: %s', async (status, body, code) => {
    const { payments } = install()
    nock(production).get('/oauth/v1/generate?grant_type=client_credentials').reply(status, body)
    const failure = await payments.collect.request(collectRequest).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code })
    for (const secret of [settings.consumerKey, settings.consumerSecret, settings.passkey]) expect(String(failure)).not.toContain(secret)
  })

  it('that does not come in time means that no payment call was sent', async () => {
    const { payments } = install()
    nock(production).get('/oauth/v1/generate?grant_type=client_credentials').reply(never)
    await expect(payments.collect.request(collectRequest)).rejects.toMatchObject({ code: 'provider_unavailable' })
  })
})

describe('a gateway’s fault object', () => {
  const fault = (errorcode: string) => ({ fault: { faultstring: 'no', detail: { errorcode } } })

  it('for too many calls is a rate limit, for a token a reason to mint, else by its status', async () => {
    const { payments } = install()
    mints(2)
    nock(production).post(promptPath).reply(500, fault('policies.ratelimit.SpikeArrestViolation'))
    await expect(payments.collect.request(collectRequest)).rejects.toMatchObject({ code: 'provider_rate_limited' })
    nock(production).post(promptPath).reply(401, fault('keymanagement.service.invalid_access_token'))
    nock(production).post(promptPath).reply(200, fixture('stk-response-accepted').rawBody)
    expect(await payments.collect.request(collectRequest)).toMatchObject({ outcome: 'accepted' })
    nock(production).post(promptPath).reply(502, fault('messaging.adaptors.http.flow.GatewayTimeout'))
    await expect(payments.collect.request(collectRequest)).rejects.toMatchObject({ code: 'provider_unclear' })
  })
})
