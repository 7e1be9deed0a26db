import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { readJson } from '../client/json.ts'
import { openBook } from './book.ts'
import { type Counter, createCounter } from './counter.ts'
import { createCourier } from './courier.ts'
import { createFaults, type Faults } from './faults.ts'
import { createPromptDesk, type PromptDesk } from './prompts.ts'
import { type Reply, refusals, reply } from './refusals.ts'
import { createTokens, type Tokens } from './tokens.ts'
import type {
  BookEntry,
  DarajaSimulatorOptions,
  Delivery,
  PayRequest,
  PayResult,
  PromptOutcome,
  SimulatedPrompt,
  SimulatedShortcode,
} from './types.ts'

// Invented; they open nothing but this simulator.
const consumerKey = 'simulator-consumer-key'
const consumerSecret = 'simulator-consumer-secret'
const passkey = '6d1f0c9a7be24835a1c7d09e3b5f8642c0de71a95b3846f2917c3ad5e8b06f14'

const shortcodesDefault: readonly SimulatedShortcode[] = [
  { shortcode: '400123', kind: 'paybill' },
  { shortcode: '5123456', kind: 'till', storeNumber: '7654321' },
]

/** A stand-in for Daraja on a real socket: same paths, checks, errors and silences; see the README for its limits. */
export type DarajaSimulator = {
  readonly baseUrl: string
  /** Settings with which an installation of the plugin talks to this simulator. */
  settings(shortcode?: string): Record<string, unknown>
  /** Every payment it took, whether or not anyone was told. */
  readonly book: readonly BookEntry[]
  readonly prompts: readonly SimulatedPrompt[]
  readonly deliveries: readonly Delivery[]
  readonly mintedTokens: number
  /** A payer pays the shortcode on the phone's menu. Resolves when the confirmation was answered. */
  pay(request: PayRequest): Promise<PayResult>
  /** The payer answers. Resolves when the callbacks were answered; a failed prompt may still be approved late. */
  answerPrompt(checkoutRequestId: string, outcome: PromptOutcome): Promise<BookEntry | undefined>
  /** Answers prompts to this phone (or only the next prompt) by itself, before `autoAnswer` of the options. */
  behave(who: { readonly phone: string } | 'next', outcome: PromptOutcome, afterMs?: number): void
  readonly faults: Faults
  deleteRegistration(shortcode: string): void
  /** Resolves when no answer or callback is under way. */
  settled(): Promise<void>
  stop(): Promise<void>
}

export async function startDarajaSimulator(options: DarajaSimulatorOptions = {}): Promise<DarajaSimulator> {
  const { clock = { now: () => new Date() }, shortcodes = shortcodesDefault } = options
  const book = openBook(options.journalPath)
  const courier = createCourier()
  const tokens = createTokens(clock, options.tokenLifetimeMs ?? 3_599_000)
  const desk = createPromptDesk({ shortcodes, passkey, clock, book, openQueryAnswer: options.openQueryAnswer ?? '4999' })
  const counter = createCounter({ shortcodes, clock, book, courier, options })
  const { faults, ...ways } = createFaults({ courier, tokens, desk })
  const work = createWork()
  const planned: { readonly phone?: string; readonly outcome: PromptOutcome; readonly afterMs: number }[] = []

  async function answerPrompt(checkoutRequestId: string, outcome: PromptOutcome): Promise<BookEntry | undefined> {
    const { entry, letter } = desk.settle(checkoutRequestId, outcome)
    const confirmation = entry && options.confirmation !== 'never' ? counter.confirmation(entry) : undefined
    const letters = options.confirmation === 'before' ? [confirmation, letter] : [letter, confirmation]
    await work.track(courier.send(letters.filter((one) => one !== undefined)))
    return entry
  }

  function opened(prompt: SimulatedPrompt): void {
    options.onPrompt?.(prompt)
    const index = planned.findIndex(({ phone }) => phone === undefined || phone === prompt.phone)
    const plan = planned[index] ?? options.autoAnswer
    if (planned[index]?.phone === undefined && index >= 0) planned.splice(index, 1)
    if (plan) work.later(plan.afterMs, () => prompt.state === 'open' && answerPrompt(prompt.checkoutRequestId, plan.outcome))
  }

  const server = createServer((request, response) => {
    serve(request, response, { tokens, desk, counter, ways, opened }).catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    baseUrl,
    settings(shortcode = shortcodes[0]?.shortcode ?? '') {
      const { kind, storeNumber } = shortcodes.find((known) => known.shortcode === shortcode) ?? { kind: 'paybill' }
      const store = storeNumber === undefined ? {} : { storeNumber }
      return { shortcode, kind, ...store, consumerKey, consumerSecret, passkey, baseUrl, peerAddresses: [] }
    },
    book: book.entries,
    get prompts() {
      return desk.prompts
    },
    deliveries: courier.deliveries,
    get mintedTokens() {
      return tokens.mintedCount
    },
    pay: (request) => work.track(counter.pay(request)),
    answerPrompt,
    behave: (who, outcome, afterMs = 0) => void planned.push({ ...(who === 'next' ? {} : who), outcome, afterMs }),
    faults,
    deleteRegistration: counter.deleteRegistration,
    settled: work.settled,
    async stop() {
      work.cancel()
      courier.stop()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await Promise.all([closed, work.settled()])
      book.close()
    },
  }
}

type Rooms = {
  readonly tokens: Tokens
  readonly desk: PromptDesk
  readonly counter: Counter
  readonly ways: Pick<ReturnType<typeof createFaults>, 'refuse' | 'answerDelayMs'>
  readonly opened: (prompt: SimulatedPrompt) => void
}

async function serve(request: IncomingMessage, response: ServerResponse, rooms: Rooms): Promise<void> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer)
  } catch {
    return
  }
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://simulator')
  const refusal = rooms.ways.refuse(pathname)
  if (refusal === 'drop_unread') return void request.socket.destroy()
  const answer = refusal?.reply ?? route(request, pathname, searchParams, Buffer.concat(chunks).toString(), rooms)
  if (refusal?.reply === undefined && refusal?.dropAnswer) return void request.socket.destroy()
  const delayMs = rooms.ways.answerDelayMs()
  if (delayMs > 0) await pause(delayMs, undefined, { ref: false })
  response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body)
}

function route(request: IncomingMessage, path: string, query: URLSearchParams, text: string, rooms: Rooms): Reply {
  if (path === '/oauth/v1/generate') return mint(request, query, rooms.tokens)
  if (!paths.has(path)) return refusals.wrongPath
  if (request.method !== 'POST') return refusals.wrongMethod
  if (!rooms.tokens.isValid(request.headers.authorization)) return refusals.invalidToken
  const body = request.headers['content-type']?.includes('json') ? readJson(text) : undefined
  if (path === '/mpesa/stkpush/v1/processrequest') {
    const { reply: answer, prompt } = rooms.desk.open(body)
    if (prompt) rooms.opened(prompt)
    return answer
  }
  if (path === '/mpesa/stkpushquery/v1/query') return rooms.desk.query(body)
  return rooms.counter.register(path.includes('/v1/') ? 'v1' : 'v2', body)
}

const paths = new Set([
  '/mpesa/stkpush/v1/processrequest',
  '/mpesa/stkpushquery/v1/query',
  '/mpesa/c2b/v1/registerurl',
  '/mpesa/c2b/v2/registerurl',
])

function mint(request: IncomingMessage, query: URLSearchParams, tokens: Tokens): Reply {
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  if (basic === undefined) return refusals.wrongAuthType
  if (query.get('grant_type') !== 'client_credentials') return refusals.wrongGrantType
  if (Buffer.from(basic, 'base64').toString() !== `${consumerKey}:${consumerSecret}`) return refusals.wrongAuthType
  return reply(tokens.mint())
}

/** What is under way, so that a test can wait for it and `stop` leaves nothing behind. */
function createWork() {
  const running = new Set<Promise<unknown>>()
  const timers = new Map<NodeJS.Timeout, () => void>()
  const track = <T>(promise: Promise<T>): Promise<T> => {
    const done = promise.finally(() => running.delete(done)).catch(() => undefined)
    running.add(done)
    return promise
  }
  return {
    track,
    later(ms: number, act: () => unknown): void {
      const waited = new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          timers.delete(timer)
          void Promise.resolve(act()).finally(resolve)
        }, ms)
        timers.set(timer, resolve)
      })
      void track(waited)
    },
    cancel(): void {
      for (const [timer, resolve] of timers) {
        clearTimeout(timer)
        resolve()
      }
      timers.clear()
    },
    async settled(): Promise<void> {
      while (running.size > 0) await Promise.all(running)
    },
  }
}
