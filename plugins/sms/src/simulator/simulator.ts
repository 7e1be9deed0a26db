import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { speakAdvanta } from './advanta.ts'
import { speakAfricasTalking } from './africastalking.ts'
import { type BookedMessage, openBook } from './book.ts'
import { openDesk } from './desk.ts'
import { type Answer, textAnswer } from './exchange.ts'
import { keepFates } from './fates.ts'
import { behaviourFrom, type Fate, type Mishap, type SmsGatewayBehaviour, type SmsGatewaySimulatorOptions } from './options.ts'
import { startReportPusher } from './report-pusher.ts'

export type SmsGatewaySimulator = {
  /** The plugin's `baseUrl`. */
  readonly url: string
  /** Every text that was taken, in order. */
  readonly messages: readonly BookedMessage[]
  /** Knobs that stay until they are turned back. */
  readonly behaviour: SmsGatewayBehaviour
  /** The next sends meet this, one after the other. */
  next(mishap: Mishap, times?: number): void
  /** Decides one message's fate now: Africa's Talking pushes it, Advanta has it ready for getdlr. */
  report(id: string, fate: Fate): Promise<void>
  /** When every report under way has been pushed or given up. */
  reportsSettled(): Promise<void>
  close(): Promise<void>
}

/**
 * A stand-in for an SMS gateway on a real socket.
 * @example
 * const gateway = await startSmsGatewaySimulator({ style: 'africastalking', reportUrl: host.callbackUrl('delivery') })
 * gateway.next('lose-answer')
 * expect(gateway.messages).toHaveLength(1)
 */
export async function startSmsGatewaySimulator(options: SmsGatewaySimulatorOptions): Promise<SmsGatewaySimulator> {
  const behaviour = behaviourFrom(options)
  const book = openBook(options.journalPath)
  const fates = keepFates(behaviour)
  const desk = openDesk(options, behaviour, book)
  const pusher = startReportPusher(behaviour)
  const pushes = options.style === 'africastalking'
  const dialect = pushes ? speakAfricasTalking(options, desk) : speakAdvanta(options, behaviour, { desk, book, fates })
  const mishaps: Mishap[] = []

  const announce = async (answer: Answer, delayMs: number): Promise<void> => {
    if (pushes) await Promise.all(newlyTaken(answer).map((message) => pusher.push(message, () => fates.of(message), delayMs)))
  }

  const server = createServer((request, response) => {
    attend(request, response).catch(() => request.socket.destroy())
  })

  async function attend(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://gateway').pathname
    const mishap = request.method === 'POST' && dialect.isSend(path) ? mishaps.shift() : undefined
    const body = await readText(request)
    if (mishap === 'lose-request') return void request.socket.destroy()
    const answer = (mishap && untaken[mishap]) ?? dialect.answer({ path, body, headers: request.headers })
    if (behaviour.reportBeforeAnswer) await announce(answer, 0)
    if (behaviour.answerDelayMs > 0) await wait(behaviour.answerDelayMs)
    if (mishap === 'lose-answer') request.socket.destroy()
    else response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body)
    if (!behaviour.reportBeforeAnswer) await announce(answer, behaviour.reportDelayMs)
  }

  const url = await listen(server, options.port ?? 0)
  return {
    url,
    messages: book.messages,
    behaviour,
    next: (mishap, times = 1) => void mishaps.push(...Array<Mishap>(times).fill(mishap)),
    async report(id, fate) {
      const message = book.byId(id)
      if (!message) throw new RangeError(`no message ${id} in the book`)
      fates.decide(id, fate)
      if (pushes) await pusher.push(message, () => fate, 0)
    },
    reportsSettled: () => pusher.settled(),
    async close() {
      pusher.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Mishaps that have an answer but take nothing. */
const untaken: Readonly<Partial<Record<Mishap, Answer>>> = {
  html: textAnswer(200, '<html><body>Scheduled maintenance</body></html>', 'text/html'),
  'rate-limit': textAnswer(429, 'Too Many Requests'),
  'server-error': textAnswer(500, 'Internal Server Error'),
}

const newlyTaken = (answer: Answer): readonly BookedMessage[] =>
  answer.decisions.flatMap((decision) => (decision.outcome === 'taken' && !decision.repeated ? [decision.message] : []))

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
