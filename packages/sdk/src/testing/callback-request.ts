import type { CallbackRequest } from '@nyuzi/core'

/**
 * A call as a provider would make it. An object body is sent as JSON.
 * @example
 * callbackRequest({ channel: 'stk', body: { Body: { stkCallback: { ResultCode: 0 } } } })
 */
export function callbackRequest(call: {
  readonly channel: string
  readonly body?: string | Uint8Array | object
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly peerAddress?: string
}): CallbackRequest {
  return {
    channel: call.channel,
    method: call.method ?? 'POST',
    rawBody: bytesOf(call.body ?? ''),
    headers: { 'content-type': 'application/json', ...call.headers },
    query: call.query ?? {},
    ...(call.peerAddress === undefined ? {} : { peerAddress: call.peerAddress }),
  }
}

function bytesOf(body: string | Uint8Array | object): Uint8Array {
  if (body instanceof Uint8Array) return body
  return new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
}

/** Calls of the same origin whose content means nothing: cut short, empty, not text, or another shape. */
export function unreadableVariants(sample: CallbackRequest): readonly CallbackRequest[] {
  if (sample.rawBody.length === 0)
    return [
      { ...sample, query: {} },
      { ...sample, query: { unheard: 'of' } },
    ]
  const bodies = [
    sample.rawBody.slice(0, Math.ceil(sample.rawBody.length / 2)),
    new Uint8Array(),
    Uint8Array.of(0xff, 0xfe, 0x00, 0xc3, 0x28),
    bytesOf('null'),
    bytesOf('[]'),
    bytesOf('{"unheard":"of"}'),
  ]
  return bodies.map((rawBody) => ({ ...sample, rawBody }))
}

/** The same call with one bit of one byte turned, at some thirty places of the body. */
export function changedVariants(sample: CallbackRequest): readonly CallbackRequest[] {
  const step = Math.max(1, Math.floor(sample.rawBody.length / 30))
  const places = [...sample.rawBody.keys()].filter((place) => place % step === 0)
  return places.map((place) => ({ ...sample, rawBody: sample.rawBody.with(place, (sample.rawBody[place] ?? 0) ^ 1) }))
}
