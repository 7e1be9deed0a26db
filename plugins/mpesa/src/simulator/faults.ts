import type { Courier } from './courier.ts'
import type { PromptDesk } from './prompts.ts'
import { type RefusalName, type Reply, refusals } from './refusals.ts'
import type { Tokens } from './tokens.ts'

/** Ways in which the operator disappoints; each knob does what it says and nothing else. */
export type Faults = {
  /** The next callbacks are never sent. */
  loseCallbacks(count: number): void
  /** Each callback is sent this many times more. 0 ends it. */
  repeatCallbacks(times: number): void
  /** Each callback waits before it is sent. 0 ends it. */
  delayCallbacks(ms: number): void
  /** The next callbacks are held until all of them are there, then sent last one first. Do not await the first. */
  reorderCallbacks(count: number): void
  /** The next calls are refused in this way, unread. `at` narrows it to one kind of call. */
  refuseNext(refusal: RefusalName | Reply, options?: { readonly times?: number; readonly at?: CallKind }): void
  /** The next call is cut: `unread` before anything happened, `unanswered` after it was carried out. */
  dropNext(when: 'unread' | 'unanswered', at?: CallKind): void
  /** Answers to calls wait, so that a callback can come before the answer to its push. 0 ends it. */
  delayAnswers(ms: number): void
  /** More calls than this in a second meet a spike arrest; undefined ends it. */
  limitCallsPerSecond(count: number | undefined): void
  /** As if another process had minted a token. */
  expireToken(): void
  /** The next queries say this code, whatever the truth is. */
  misreportQueries(count: number, code?: string): void
}

export type CallKind = 'token' | 'push' | 'query' | 'register'

const kinds: readonly (readonly [CallKind, RegExp])[] = [
  ['token', /^\/oauth\//],
  ['push', /^\/mpesa\/stkpush\//],
  ['query', /^\/mpesa\/stkpushquery\//],
  ['register', /registerurl$/],
]

/** `drop_unread`: cut before reading. A reply: send it unread. `dropAnswer`: carry out, then cut. */
export type Refusal = 'drop_unread' | { readonly reply?: Reply; readonly dropAnswer?: true } | undefined

export function createFaults({ courier, tokens, desk }: { courier: Courier; tokens: Tokens; desk: PromptDesk }): {
  readonly faults: Faults
  readonly refuse: (path: string) => Refusal
  readonly answerDelayMs: () => number
} {
  const waiting: { readonly at: CallKind | undefined; readonly refusal: Exclude<Refusal, undefined> }[] = []
  let callsPerSecondMax: number | undefined
  let recentMs: number[] = []
  let answerDelayMs = 0

  function isTooFast(): boolean {
    if (callsPerSecondMax === undefined) return false
    // The socket's own pace, which an injected clock does not know.
    const nowMs = performance.now()
    recentMs = [...recentMs.filter((ms) => nowMs - ms < 1000), nowMs]
    return recentMs.length > callsPerSecondMax
  }

  return {
    answerDelayMs: () => answerDelayMs,
    refuse(path) {
      const kind = kinds.find(([, pattern]) => pattern.test(path))?.[0]
      // Without a place named, the token call is spared: the fault is meant for the call that needs it.
      const index = waiting.findIndex(({ at }) => (at === undefined ? kind !== 'token' : at === kind))
      const [found] = index < 0 ? [] : waiting.splice(index, 1)
      if (found) return found.refusal
      return isTooFast() ? { reply: refusals.spikeArrest } : undefined
    },
    faults: {
      loseCallbacks: courier.lose,
      repeatCallbacks: courier.repeat,
      delayCallbacks: courier.delay,
      reorderCallbacks: courier.reorder,
      refuseNext(refusal, { times = 1, at } = {}) {
        const answer = typeof refusal === 'string' ? refusals[refusal] : refusal
        for (let turn = 0; turn < times; turn += 1) waiting.push({ at, refusal: { reply: answer } })
      },
      dropNext: (when, at) => void waiting.push({ at, refusal: when === 'unread' ? 'drop_unread' : { dropAnswer: true } }),
      delayAnswers(ms) {
        answerDelayMs = ms
      },
      limitCallsPerSecond(count) {
        callsPerSecondMax = count
        recentMs = []
      },
      expireToken: tokens.expire,
      misreportQueries: (count, code = '1037') => desk.misreport(count, code),
    },
  }
}
