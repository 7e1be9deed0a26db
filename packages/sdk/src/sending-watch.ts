import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'

/** How far one call came. Both stay false when another `fetch` takes Node's place. */
export type Sending = { begun: boolean; sent: boolean }

const sendings = new AsyncLocalStorage<Sending>()
const byRequest = new WeakMap<object, Sending>()
let watching = false

/**
 * Runs `call` and follows in `sending` whether its request has left. `fetch` rejects alike for a connection that never
 * opened and for an answer that never came, but the first may be tried again and the second may not. Node's own fetch
 * announces both steps on diagnostics channels (undici, DiagnosticsChannel, 2025), which tracing relies on too.
 */
export function watchSending<Answer>(sending: Sending, call: () => Answer): Answer {
  if (!watching) watch()
  return sendings.run(sending, call)
}

function watch(): void {
  watching = true
  subscribe('undici:request:create', (message) => {
    const sending = sendings.getStore()
    if (!sending) return
    sending.begun = true
    byRequest.set(requestOf(message), sending)
  })
  subscribe('undici:client:sendHeaders', (message) => {
    const sending = byRequest.get(requestOf(message))
    if (sending) sending.sent = true
  })
}

const requestOf = (message: unknown): object => (message as { request: object }).request
