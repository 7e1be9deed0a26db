import nock from 'nock'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { answers, install, mints } from './daraja.ts'

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

describe('registering our addresses', () => {
  it.each(['v1', 'v2'] as const)('by %s sends both, with what happens when we do not answer', async (c2bVersion) => {
    const { payments, callbackUrl } = install({ c2bVersion, responseType: 'Cancelled' })
    mints()
    const sent = answers(`/mpesa/c2b/${c2bVersion}/registerurl`, 'c2b-register-response-ok-eight-zeros', (body) => {
      expect(body).toEqual({
        ShortCode: '400123',
        ResponseType: 'Cancelled',
        ConfirmationURL: callbackUrl('confirmation'),
        ValidationURL: callbackUrl('validation'),
      })
      return true
    })
    expect(await payments.registerCallbacks()).toEqual({ outcome: 'registered' })
    expect(sent.isDone()).toBe(true)
  })

  it('a second time is fine, and says where to look if the addresses are not ours', async () => {
    const { payments, log } = install()
    mints()
    answers('/mpesa/c2b/v2/registerurl', 'c2b-register-error-already-registered')
    expect(await payments.registerCallbacks()).toEqual({ outcome: 'already_registered' })
    expect(log.lines.join()).toContain('URL management')
  })

  it.each([
    ['c2b-register-error-duplicate-notification', 'provider_refused'],
    ['error-500-003-1001-internal-server-error', 'provider_unclear'],
    ['error-503-html', 'provider_unclear'],
    ['error-400-002-02-invalid-businessshortcode', 'provider_misconfigured'],
  ])('answered by %s raises %s', async (id, code) => {
    const { payments } = install()
    mints()
    answers('/mpesa/c2b/v2/registerurl', id)
    await expect(payments.registerCallbacks()).rejects.toMatchObject({ code })
  })
})
