import { createHash } from 'node:crypto'
import { type Host, ProviderMisconfigured, ProviderRateLimited, ProviderUnavailable, ProviderUnclear } from '@nyuzi/sdk'
import type { Settings } from '../config.ts'
import { type Answer, errorKind, readAnswer } from './answer.ts'
import { wordOf } from './json.ts'

export type DarajaClient = {
  /** Sends one call under the shared token. A refused token is replaced and the call repeated once. */
  post(path: string, body: Readonly<Record<string, unknown>>): Promise<Answer>
}

export function createClient(host: Pick<Host<Settings>, 'config' | 'http' | 'clock' | 'shared'>): DarajaClient {
  const { config, http, clock, shared } = host
  const baseUrl = config.baseUrl.replace(/\/+$/, '')
  // Named after the app, not the installation: a new token makes the earlier one invalid, so two shortcodes of one
  // app must share it.
  const appHash = createHash('sha256').update(`${baseUrl} ${config.consumerKey.reveal()}`).digest('hex').slice(0, 16)
  const tokenName = `daraja-token-${appHash}`

  async function mint() {
    const basic = Buffer.from(`${config.consumerKey.reveal()}:${config.consumerSecret.reveal()}`).toString('base64')
    const url = `${baseUrl}/oauth/v1/generate?grant_type=client_credentials`
    const headers = { authorization: `Basic ${basic}`, accept: 'application/json' }
    const got = await http.send({ method: 'GET', url, headers, timeoutMs: config.timeoutMs }).catch(nothingSent)
    return readToken(readAnswer(got.status, got.text), clock.now())
  }

  async function send(path: string, body: Readonly<Record<string, unknown>>, token: string): Promise<Answer> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json' }
    const request = { method: 'POST', url: baseUrl + path, headers, body: JSON.stringify(body), timeoutMs: config.timeoutMs } as const
    const got = await http.send(request)
    // Code 401.002.01 echoes the token in its message.
    return readAnswer(got.status, got.text.replaceAll(token, '[token]'))
  }

  return {
    async post(path, body) {
      const token = await shared.get(tokenName, mint)
      const answer = await send(path, body, token)
      if (!isTokenRefused(answer)) return answer
      await shared.drop(tokenName, token)
      const newToken = await shared.get(tokenName, mint)
      const repeated = await send(path, body, newToken)
      if (isTokenRefused(repeated)) await shared.drop(tokenName, newToken)
      return repeated
    },
  }
}

const isTokenRefused = (answer: Answer): boolean => answer.kind === 'error' && errorKind(answer) === 'token'

// Without a token the payment call itself was never sent, so a lost token answer leaves nothing unclear.
function nothingSent(error: unknown): never {
  if (error instanceof ProviderUnclear) throw new ProviderUnavailable('token: no answer', { cause: error })
  throw error
}

const marginMs = 60_000

/** `expires_in` is text in older documents and a number in newer ones. */
export function readToken(answer: Answer, now: Date): { value: string; expiresAt: Date } {
  if (answer.kind === 'error') {
    const kind = errorKind(answer)
    const options = { providerCode: answer.code }
    if (kind === 'rate') throw new ProviderRateLimited(`token: too many requests (${answer.code})`, options)
    if (kind === 'unclear' || kind === 'in_progress') throw new ProviderUnavailable(`token: not issued (${answer.code})`, options)
    throw new ProviderMisconfigured(
      `token: refused (${answer.code}); check consumerKey and consumerSecret, and that baseUrl is their environment`,
      options,
    )
  }
  const value = answer.kind === 'fields' ? wordOf(answer.fields, 'access_token') : undefined
  if (answer.kind !== 'fields' || value === undefined) throw new ProviderUnavailable('token: no readable answer')
  const seconds = Number(wordOf(answer.fields, 'expires_in'))
  const lifetimeMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 5 * 60_000
  return { value, expiresAt: new Date(now.getTime() + Math.max(lifetimeMs - marginMs, lifetimeMs / 2)) }
}
