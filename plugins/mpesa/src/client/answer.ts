import { ProviderMisconfigured, ProviderRateLimited, ProviderRefused, ProviderUnclear } from '@nyuzi/sdk'
import { asFields, type Fields, readJson, wordOf } from './json.ts'

/** An answer of Daraja: their JSON, their error envelope (which also comes with HTTP 200), or something else. */
export type Answer =
  | { readonly kind: 'fields'; readonly fields: Fields }
  | ErrorAnswer
  /** HTML of a gateway, an empty or broken body: nothing is known. */
  | { readonly kind: 'unreadable'; readonly status: number }

export type ErrorAnswer = { readonly kind: 'error'; readonly status: number; readonly code: string; readonly message: string }

export function readAnswer(status: number, text: string): Answer {
  const fields = asFields(readJson(text))
  if (!fields) return status >= 400 && status < 500 ? bareError(status) : { kind: 'unreadable', status }
  const code = wordOf(fields, 'errorCode')
  if (code !== undefined) return { kind: 'error', status, code, message: wordOf(fields, 'errorMessage') ?? '' }
  const fault = asFields(fields.fault)
  if (fault) {
    const detail = wordOf(asFields(fault.detail), 'errorcode')
    return { kind: 'error', status, code: detail ?? `http_${status}`, message: wordOf(fault, 'faultstring') ?? '' }
  }
  if (status >= 200 && status < 300) return { kind: 'fields', fields }
  return status >= 400 && status < 500 ? bareError(status) : { kind: 'unreadable', status }
}

const bareError = (status: number): ErrorAnswer => ({ kind: 'error', status, code: `http_${status}`, message: '' })

/**
 * What an error means. `token`: mint once and repeat. `configuration`: a person must act. `request`: a definite no
 * to this request. `rate`: nothing happened, slow down. `payer_busy`: another prompt is open on the phone.
 * `duplicate`: an earlier request with this id was received. `in_progress` and `unclear`: no answer obtained.
 */
export type ErrorKind = 'token' | 'configuration' | 'request' | 'rate' | 'payer_busy' | 'duplicate' | 'in_progress' | 'unclear'

const kinds: Readonly<Record<string, ErrorKind>> = {
  '404.001.03': 'token',
  '400.003.01': 'token',
  '401.002.01': 'token',
  '401.001': 'token',
  '400.008.01': 'configuration',
  '400.008.02': 'configuration',
  '400.002.05': 'request',
  '400.003.02': 'request',
  '404.001.01': 'configuration',
  '404.002.01': 'configuration',
  '404.003.01': 'configuration',
  '404.001.04': 'configuration',
  '405.001': 'configuration',
  '500.002.1001': 'duplicate',
  '500.003.02': 'rate',
  '500.003.03': 'rate',
  '500.003.1001': 'unclear',
}

// The same for every payment of the installation, so a person must correct it; Amount or PhoneNumber is one payment's.
const settingsFields =
  /Invalid (BusinessShortCode|ShortCode|CallBackURL|ConfirmationURL|ValidationURL|Password|Timestamp|PartyB|TransactionType)/i

export function errorKind({ code, message, status }: ErrorAnswer): ErrorKind {
  if (/apiproduct/i.test(message)) return 'configuration'
  if (code === '400.002.02') return settingsFields.test(message) ? 'configuration' : 'request'
  if (code === '500.001.1001') return kindByText(message)
  const known = Object.hasOwn(kinds, code) ? kinds[code] : undefined
  if (known) return known
  if (/ratelimit|quota/i.test(code) || status === 429) return 'rate'
  if (/access_?token/i.test(code)) return 'token'
  if ([401, 403, 404, 405].includes(status)) return 'configuration'
  if (status === 408) return 'unclear'
  return status >= 400 && status < 500 ? 'request' : 'unclear'
}

/** One code for several things: the only place where text decides, and only for the three that are definite. */
function kindByText(message: string): ErrorKind {
  if (/merchant does not exist|wrong credentials/i.test(message)) return 'configuration'
  if (/unable to lock/i.test(message)) return 'payer_busy'
  return /being processed/i.test(message) ? 'in_progress' : 'unclear'
}

/** Raises the error the host acts on. `doing` says what was asked, e.g. `STK push`. */
export function raise(doing: string, answer: Exclude<Answer, { kind: 'fields' }>): never {
  if (answer.kind === 'unreadable') throw new ProviderUnclear(`${doing}: no readable answer (HTTP ${answer.status})`)
  const kind = errorKind(answer)
  // Their token errors may echo the token.
  const said = kind === 'token' ? 'access token refused' : answer.message || `HTTP ${answer.status}`
  const message = `${doing}: ${said} (${answer.code})`
  const options = { providerCode: answer.code }
  if (kind === 'configuration') throw new ProviderMisconfigured(`${message}; ${advice(answer)}`, options)
  if (kind === 'token') throw new ProviderMisconfigured(`${message}; check the keys and that baseUrl is their environment`, options)
  if (kind === 'rate') throw new ProviderRateLimited(message, options)
  if (kind === 'request' || kind === 'payer_busy' || kind === 'duplicate') throw new ProviderRefused(message, options)
  throw new ProviderUnclear(message, options)
}

function advice({ code, message }: ErrorAnswer): string {
  if (/apiproduct/i.test(message)) return 'add the product to the app in the Daraja portal'
  if (/merchant|shortcode/i.test(message)) return 'check shortcode, storeNumber and kind against the go-live e-mail'
  if (/wrong credentials|password|timestamp/i.test(message)) return 'check passkey, shortcode and the clock of this server'
  if (/url/i.test(message)) return 'the public address must be https, lower-case and free of words such as mpesa or query'
  if (/^40[45]/.test(code)) return 'check baseUrl'
  return 'check the consumer key and secret'
}
