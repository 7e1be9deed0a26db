/** A call a provider made to us, as bytes: nothing is parsed before it is stored. */
export type CallbackRequest = {
  /** Which of the installation's callback channels it came to, e.g. `stk`, `confirmation`, `delivery`. */
  readonly channel: string
  readonly method: string
  readonly rawBody: Uint8Array
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** The caller's address behind trusted proxies; undefined when it is not known. */
  readonly peerAddress?: string
}

export type CallbackReply = {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/**
 * What a plugin says of a call it accepts as its provider's. `dedupeKey` is the same for a repeat and different
 * for anything else; the same key with other bytes is kept and shown to a person as a conflict.
 */
export type VerifiedCallback = {
  readonly dedupeKey: string
  /** Sent once the call is stored durably, and again to each repeat. */
  readonly reply: CallbackReply
}

/**
 * One address a provider may call. The path always ends in a random token that the host mints and checks:
 * `installation` — one for the installation, given to the provider once; `intent` — a new one for each payment
 * intent, so that the call itself names the intent.
 */
export type CallbackChannel = {
  readonly token: 'installation' | 'intent'
  /** `notice`: stored, answered, then translated. `enquiry`: answered at once from our books, nothing is posted. */
  readonly purpose: 'notice' | 'enquiry'
}
