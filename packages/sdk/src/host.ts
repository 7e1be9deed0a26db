import type { Instant } from '@nyuzi/core'

/**
 * What the host hands to a plugin's `setup`. All of a plugin's contact with the world but raw sockets goes through it.
 * @example
 * setup: ({ config, http, log, clock }) => ({ messages: createMessenger(createClient(config, http), log, clock) })
 */
export type Host<Config> = {
  /** The installation's settings, parsed by the plugin's schema. Frozen. */
  readonly config: Readonly<Config>
  readonly installation: {
    /** Lower-case UUID. Use it in names of things we create at the provider. */
    readonly id: string
    readonly name: string
    /** ISO 3166 country of the organisation, e.g. `KE`; numbers are read by its rules. */
    readonly country: string
  }
  readonly http: HostHttp
  readonly log: HostLog
  readonly clock: HostClock
  /** Short-lived secrets that all servers share, such as an access token: minted once, under one lock. */
  readonly shared: SharedSecrets
  /** Where a bookmark survives a restart, e.g. the end of the last list window. */
  readonly cursor: Cursor
  /** The public address of one of our callback channels, ending in the installation's token. */
  callbackUrl(channel: string): string
}

export type HostClock = { now(): Instant }

export type HostLog = {
  info(message: string, facts?: Record<string, unknown>): void
  warn(message: string, facts?: Record<string, unknown>): void
  error(message: string, facts?: Record<string, unknown>): void
}

export type Cursor = {
  read(): Promise<string | undefined>
  write(value: string): Promise<void>
}

export type SharedSecrets = {
  /**
   * The secret kept under `name`, or a new one from `mint` when there is none or it has expired. Only one mint runs
   * at a time over all servers; the others wait for its value.
   * @example
   * const token = await shared.get('access-token', async () => ({ value: await signIn(), expiresAt }))
   */
  get(name: string, mint: () => Promise<{ value: string; expiresAt: Instant }>): Promise<string>
  /** Forgets the secret if it still is `value`, so that a refused token is minted anew exactly once. */
  drop(name: string, value: string): Promise<void>
}

/**
 * HTTP as the host does it: connect 5 s, 20 s in all unless told otherwise, no redirects, at most 1 MiB, traced and
 * redacted. Raises ProviderUnavailable (nothing sent), ProviderRateLimited (429), ProviderMisconfigured (401, 403),
 * ProviderRefused (other 4xx, and 3xx) and ProviderUnclear (5xx, time-out or broken connection after sending,
 * unreadable body). An address or header that cannot be used is ProviderMisconfigured.
 * @example
 * const answer = reply.parse(await http.postJson(`${config.baseUrl}/prompts`, body, { headers, timeoutMs: 10_000 }))
 */
export type HostHttp = {
  getJson(url: string, options?: HttpOptions): Promise<unknown>
  postJson(url: string, body: unknown, options?: HttpOptions): Promise<unknown>
  postForm(url: string, form: Readonly<Record<string, string>>, options?: HttpOptions): Promise<unknown>
  /** The answer whatever its status, for providers whose errors need reading. Raises only when no answer came. */
  send(request: HttpRequest): Promise<HttpAnswer>
}

export type HttpOptions = {
  readonly headers?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
}

export type HttpRequest = HttpOptions & {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly body?: string
}

export type HttpAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}
