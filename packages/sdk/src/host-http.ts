import {
  type ProviderError,
  ProviderMisconfigured,
  ProviderRateLimited,
  ProviderRefused,
  ProviderUnavailable,
  ProviderUnclear,
} from './errors.ts'
import type { HostClock, HostHttp, HostLog, HttpAnswer, HttpRequest } from './host.ts'
import { type Sending, watchSending } from './sending-watch.ts'

const timeoutMsDefault = 20_000
const connectTimeoutMs = 5_000
const bodyBytesMax = 1024 * 1024

/** One call as it may be logged and measured: no query, no headers, no body. */
export type HttpCall = {
  readonly method: string
  readonly host: string
  /** Without the query; segments that look like tokens are masked. */
  readonly path: string
  readonly ms: number
  /** Absent when no answer came. */
  readonly status?: number
  /** The error's code when no answer came. */
  readonly failure?: string
}

export type HostHttpOptions = {
  readonly log: HostLog
  /** Measures how long calls take; the process's own clock when absent. */
  readonly clock?: HostClock
  /** Told of every call, for metrics. */
  readonly onCall?: (call: HttpCall) => void
  /** No call waits longer than this, whatever the plugin asks for. */
  readonly timeoutMsMax?: number
}

/**
 * The host's HTTP over the global `fetch`: the promises of {@link HostHttp}, kept in one place for the server and for
 * the fake host that plugins are tested with.
 * @example
 * const http = createHostHttp({ log, onCall: ({ host, ms }) => histogram.record(ms, { host }) })
 */
export function createHostHttp({ log, clock, onCall, timeoutMsMax = Number.POSITIVE_INFINITY }: HostHttpOptions): HostHttp {
  const nowMs = clock ? () => clock.now().getTime() : () => performance.now()

  async function send(request: HttpRequest): Promise<HttpAnswer> {
    const prepared = prepare(request)
    const { method, host, path } = prepared
    const startedMs = nowMs()
    const tell = (end: Pick<HttpCall, 'status' | 'failure'>) => {
      const call: HttpCall = { method, host, path, ...end, ms: Math.round(nowMs() - startedMs) }
      if (call.failure) log.warn('provider did not answer', call)
      else log.info('provider answered', call)
      onCall?.(call)
    }
    try {
      const answer = await exchange(prepared, Math.min(request.timeoutMs ?? timeoutMsDefault, timeoutMsMax))
      tell({ status: answer.status })
      return answer
    } catch (error) {
      tell({ failure: (error as ProviderError).code })
      throw error
    }
  }

  async function sendForJson(request: HttpRequest): Promise<unknown> {
    const answer = await send(request)
    refuseFailure(request, answer)
    return readJson(request, answer)
  }

  return Object.freeze({
    send,
    getJson: (url, options) => sendForJson({ ...options, method: 'GET', url, headers: withDefaults(options?.headers) }),
    postJson: (url, body, options) =>
      sendForJson({
        ...options,
        method: 'POST',
        url,
        body: JSON.stringify(body),
        headers: withDefaults(options?.headers, 'application/json'),
      }),
    postForm: (url, form, options) =>
      sendForJson({
        ...options,
        method: 'POST',
        url,
        body: new URLSearchParams(form).toString(),
        headers: withDefaults(options?.headers, 'application/x-www-form-urlencoded'),
      }),
  } satisfies HostHttp)
}

type Prepared = { method: string; url: URL; host: string; path: string; headers: Headers; body: string | undefined }

/** An address or header that cannot be used comes from settings, and the platform's own complaint would quote it. */
function prepare({ method, url: address, headers, body }: HttpRequest): Prepared {
  const url = URL.parse(address)
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password)
    throw new ProviderMisconfigured('the address of the provider cannot be used')
  try {
    return { method, url, host: url.host, path: maskPath(url), headers: new Headers(headers), body }
  } catch {
    throw new ProviderMisconfigured(`a header of ${method} ${url.host}${maskPath(url)} holds characters that HTTP cannot carry`)
  }
}

async function exchange({ method, url, host, path, headers, body }: Prepared, timeoutMs: number): Promise<HttpAnswer> {
  const sending: Sending = { begun: false, sent: false }
  const isUnsent = () => sending.begun && !sending.sent
  const abort = new AbortController()
  const giveUp = (afterMs: number) => abort.abort(new Error(`no answer after ${afterMs} ms`))
  const whole = setTimeout(() => giveUp(timeoutMs), timeoutMs)
  const connecting = setTimeout(() => isUnsent() && giveUp(connectTimeoutMs), connectTimeoutMs)
  try {
    const response = await watchSending(sending, () =>
      fetch(url, { method, headers, body: body ?? null, redirect: 'manual', signal: abort.signal }),
    )
    const text = await readText(response)
    return { status: response.status, headers: Object.fromEntries(response.headers), text }
  } catch (cause) {
    if (isBadPort(cause)) throw new ProviderMisconfigured(`${method} ${host}${path}: a port that HTTP may not use`)
    if (isUnsent() || isConnectFailure(cause)) throw new ProviderUnavailable(`${method} ${host}${path}: not reached`, { cause })
    throw new ProviderUnclear(`${method} ${host}${path}: sent, no usable answer`, { cause })
  } finally {
    clearTimeout(whole)
    clearTimeout(connecting)
  }
}

/** Counts what comes out of decompression, so that a small answer cannot unfold into a large one. */
async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > bodyBytesMax) throw new Error(`the answer is longer than ${bodyBytesMax} bytes`)
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

function refuseFailure(request: HttpRequest, { status, text }: HttpAnswer): void {
  if (status >= 200 && status < 300) return
  const message = `${named(request)} answered ${status}`
  if (status === 429) throw new ProviderRateLimited(message, { status, text })
  if (status === 401 || status === 403) throw new ProviderMisconfigured(message, { status, text })
  if (status >= 500) throw new ProviderUnclear(message, { status, text })
  throw new ProviderRefused(message, { status, text })
}

/** The parser's complaint quotes the body, so it is not kept as the cause. */
function readJson(request: HttpRequest, { status, text }: HttpAnswer): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ProviderUnclear(`${named(request)} answered ${status} with a body that is not JSON`, { status, text })
  }
}

const connectFailures = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
])

function isConnectFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  return connectFailures.has(String(code)) || isConnectFailure(cause)
}

/** The Fetch Standard blocks ports of other protocols; the failure has no code. */
const isBadPort = (error: unknown): boolean => error instanceof Error && (error.cause as Error | undefined)?.message === 'bad port'

function withDefaults(headers: Readonly<Record<string, string>> = {}, contentType?: string): Record<string, string> {
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
  return {
    ...(given.has('accept') ? {} : { accept: 'application/json' }),
    ...(contentType && !given.has('content-type') ? { 'content-type': contentType } : {}),
    ...headers,
  }
}

function named({ method, url: address }: HttpRequest): string {
  const url = new URL(address)
  return `${method} ${url.host}${maskPath(url)}`
}

const maskPath = (url: URL): string => url.pathname.replace(/[0-9a-f]{24,}/gi, '•••')
