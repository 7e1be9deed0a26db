const textLengthMax = 500

/**
 * What can go wrong between us and a provider. A plugin throws these; the host maps them to retries, tasks and
 * HTTP answers. Most are raised by the host's `http` already; a plugin adds what its provider says in words.
 * The message is shown to staff: no secrets and no whole phone numbers.
 * @example
 * throw new ProviderRefused('sms: the recipient has opted out', { providerCode: '409' })
 */
export abstract class ProviderError extends Error {
  /** Stable snake_case, listed in docs/reference/errors.md. */
  abstract readonly code: string
  /** The provider's own code, where it gave one. */
  readonly providerCode: string | undefined
  /** The HTTP status, where an answer came. */
  readonly status: number | undefined
  readonly #text: string | undefined

  constructor(message: string, options: { cause?: unknown; providerCode?: string } & Partial<HttpFailure> = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.providerCode = options.providerCode
    this.status = options.status
    this.#text = options.text?.slice(0, textLengthMax)
  }

  /**
   * The start of the answer, where one came. Not an own property: a log that prints the error must not print what a
   * provider wrote, which may name a payer.
   */
  get text(): string | undefined {
    return this.#text
  }
}

/** A definite no. The work stops and the reason is shown to staff. */
export class ProviderRefused extends ProviderError {
  readonly code = 'provider_refused'
}

/** Too fast. Nothing happened; the host waits and tries again. */
export class ProviderRateLimited extends ProviderError {
  readonly code = 'provider_rate_limited'
}

/** Nothing was sent (no connection, breaker open). The host tries again. */
export class ProviderUnavailable extends ProviderError {
  readonly code = 'provider_unavailable'
}

/**
 * Sent, answer unknown. The host looks up; it never sends again blindly. The right error whenever in doubt.
 * @example
 * const said = reply.safeParse(await http.postJson(url, body))
 * if (!said.success) throw new ProviderUnclear('mpesa: an answer in another shape')
 */
export class ProviderUnclear extends ProviderError {
  readonly code = 'provider_unclear'
}

/**
 * Keys, certificate, rights, credit: the host pauses the installation and calls a person.
 * @example
 * if (code === 'NO_CREDIT') throw new ProviderMisconfigured('sms: no credit left', { providerCode: code })
 */
export class ProviderMisconfigured extends ProviderError {
  readonly code = 'provider_misconfigured'
}

/**
 * The call is not the provider's, or was tampered with. Answered 401, counted, never stored. Not for calls that
 * cannot be read: those are accepted, kept, and shown to a person.
 * @example
 * if (!timingSafeEqual(given, signature)) throw new CallbackRejected('bank: wrong signature')
 */
export class CallbackRejected extends ProviderError {
  readonly code = 'callback_rejected'
}

/** The provider answered, with an HTTP status or body that the caller of `http` did not ask to see. */
export type HttpFailure = { readonly status: number; readonly text: string }
