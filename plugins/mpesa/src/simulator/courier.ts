import { setTimeout as pause } from 'node:timers/promises'
import type { Delivery } from './types.ts'

export type Letter = Pick<Delivery, 'channel' | 'url' | 'body' | 'receipt' | 'checkoutRequestId'>

/** Carries callbacks to the receiver, once each and without a retry, unless told to misbehave. */
export type Courier = {
  readonly deliveries: readonly Delivery[]
  /** Sends in this order, one after the other; resolves when all have been answered, failed or been lost. */
  send(letters: readonly Letter[]): Promise<void>
  /** Sends one and reads the answer, within a time limit. */
  ask(letter: Letter, timeoutMs: number): Promise<string | undefined>
  lose(count: number): void
  repeat(times: number): void
  delay(ms: number): void
  /** Holds the next `count` callbacks and sends them last one first. */
  reorder(count: number): void
  stop(): void
}

export function createCourier(): Courier {
  const deliveries: Delivery[] = []
  const held: { letter: Letter; done: () => void }[] = []
  const stopping = new AbortController()
  let toLose = 0
  let toHold = 0
  let repeats = 0
  let delayMs = 0

  async function carry(letter: Letter): Promise<void> {
    for (let turn = 0; turn <= repeats; turn += 1) {
      if (delayMs > 0) await pause(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined)
      if (stopping.signal.aborted) return
      await post(letter, 10_000)
    }
  }

  async function post(letter: Letter, timeoutMs: number): Promise<string | undefined> {
    const delivery: Delivery = { ...letter }
    deliveries.push(delivery)
    try {
      const headers = { 'content-type': 'application/json;charset=UTF-8' }
      const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), stopping.signal])
      const answer = await fetch(letter.url, { method: 'POST', headers, body: letter.body, redirect: 'manual', signal })
      delivery.status = answer.status
      return await answer.text()
    } catch (error) {
      delivery.error = error instanceof Error ? error.message : 'failed'
      return undefined
    }
  }

  async function releaseHeld(): Promise<void> {
    for (const { letter, done } of held.splice(0).reverse()) {
      await carry(letter)
      done()
    }
  }

  function dispatch(letter: Letter, before: Promise<void>): Promise<void> {
    if (toLose > 0) {
      toLose -= 1
      deliveries.push({ ...letter, lost: true })
      return before
    }
    if (toHold === 0) return before.then(() => carry(letter))
    toHold -= 1
    const carried = new Promise<void>((done) => {
      held.push({ letter, done })
    })
    if (toHold === 0) void releaseHeld()
    return Promise.all([before, carried]).then(() => undefined)
  }

  return {
    deliveries,
    send: (letters) => letters.reduce((before, letter) => dispatch(letter, before), Promise.resolve()),
    ask: post,
    lose: (count) => {
      toLose = count
    },
    repeat: (times) => {
      repeats = times
    },
    delay: (ms) => {
      delayMs = ms
    },
    reorder: (count) => {
      toHold = count
    },
    stop() {
      stopping.abort()
      for (const { done } of held.splice(0)) done()
    },
  }
}
