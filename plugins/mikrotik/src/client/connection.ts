import type { Socket } from 'node:net'
import { SentenceReader, SentenceWriter } from './codec.ts'
import { CommandTimeout, ConnectionLost, ProtocolError, RouterTrap, type Trap } from './errors.ts'
import { type RouterRequest, type Row, toRow, toWords } from './request.ts'

export type ConnectionOptions = {
  readonly commandTimeoutMs: number
  /** How long a cancelled command may take to confirm before the connection is given up. */
  readonly cancelTimeoutMs: number
  /** A connection without commands is closed after this. */
  readonly idleMs: number
  readonly inFlightMax: number
  /** Told of replies that no command waits for, and why a connection ended. Never given words of a sentence. */
  readonly note?: (message: string) => void
}

export type Reply = { readonly rows: readonly Row[]; readonly ret?: string }

export type CommandOptions = {
  readonly timeoutMs?: number
  /** Goes before all commands that still wait for a place. */
  readonly urgent?: boolean
}

type Pending = {
  readonly tag: string
  readonly request: RouterRequest
  readonly timeoutMs: number
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: Error) => void
  rows: Row[]
  traps: Trap[]
  deadlineMs: number
  /** Settled commands keep their tag until the router confirms, or their late rows would look like a stranger's. */
  settled: boolean
  cancelTag?: string
}

/** A logged-in or fresh API connection. Every command settles exactly once, whatever the router does. */
export class RouterConnection {
  readonly #socket: Socket
  readonly #options: ConnectionOptions
  readonly #reader = new SentenceReader()
  readonly #writer = new SentenceWriter()
  readonly #sent = new Map<string, Pending>()
  #urgent: Pending[] = []
  #waiting: Pending[] = []
  #waitingFrom = 0
  #nextTag = 1
  #flushing = false
  #sweeper: NodeJS.Timeout | undefined
  #closedReason: string | undefined
  readonly #onClosed: ((reason: string) => void)[] = []
  /** Commands that got an answer; a connection that ends with none counts as a failed attempt. */
  answered = 0

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket
    this.#options = options
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', (error: NodeJS.ErrnoException) => this.close(`connection broke: ${error.code ?? error.message}`))
    socket.on('end', () => this.close('the router closed the connection'))
    socket.on('close', () => this.close('the connection ended'))
    socket.setTimeout(options.idleMs, () => {
      if (this.#sent.size === 0) this.close('idle')
    })
  }

  get closedReason(): string | undefined {
    return this.#closedReason
  }

  onClosed(listener: (reason: string) => void): void {
    if (this.#closedReason === undefined) this.#onClosed.push(listener)
    else listener(this.#closedReason)
  }

  /** Runs one command. Rejects with RouterTrap, CommandTimeout, ConnectionLost, ProtocolError or UnsafeWord. */
  run(request: RouterRequest, options: CommandOptions = {}): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#closedReason !== undefined) {
        reject(new ConnectionLost(this.#closedReason, false))
        return
      }
      const pending: Pending = {
        tag: this.#tag(),
        request,
        timeoutMs: options.timeoutMs ?? this.#options.commandTimeoutMs,
        resolve,
        reject,
        rows: [],
        traps: [],
        deadlineMs: 0,
        settled: false,
      }
      if (this.#sent.size < this.#options.inFlightMax) this.#send(pending)
      else if (options.urgent) this.#urgent.push(pending)
      else this.#waiting.push(pending)
    })
  }

  /** Ends the connection and rejects what is open. May be called at any time and more than once. */
  close(reason: string): void {
    if (this.#closedReason !== undefined) return
    this.#closedReason = reason
    clearInterval(this.#sweeper)
    this.#socket.removeAllListeners('data')
    this.#socket.destroy()
    this.#options.note?.(`router connection ended: ${reason}`)
    for (const pending of this.#sent.values()) settle(pending, new ConnectionLost(reason, true))
    for (const pending of [...this.#urgent, ...this.#waiting.slice(this.#waitingFrom)]) settle(pending, new ConnectionLost(reason, false))
    this.#sent.clear()
    this.#urgent = []
    this.#waiting = []
    for (const listener of this.#onClosed) listener(reason)
  }

  #tag(): string {
    return (this.#nextTag++).toString(36)
  }

  #send(pending: Pending): void {
    try {
      // Words are made only now: a long batch costs its memory and its time while the router works, not before.
      const words = toWords(pending.request)
      words.push(`.tag=${pending.tag}`)
      this.#write(words)
    } catch (error) {
      settle(pending, error instanceof Error ? error : new Error(String(error)))
      return
    }
    pending.deadlineMs = performance.now() + pending.timeoutMs
    this.#sent.set(pending.tag, pending)
    this.#sweeper ??= setInterval(() => this.#sweep(), sweepPauseMs(this.#options)).unref()
  }

  #write(words: string[]): void {
    this.#writer.append(words)
    if (this.#flushing) return
    this.#flushing = true
    // Commands given in one turn, and all that a burst of replies lets through, leave in one write.
    queueMicrotask(() => {
      this.#flushing = false
      if (this.#closedReason === undefined) this.#socket.write(this.#writer.take())
    })
  }

  #receive(chunk: Buffer): void {
    try {
      for (const sentence of this.#reader.push(chunk)) {
        if (this.#closedReason !== undefined) return
        this.#handle(sentence)
      }
    } catch (error) {
      this.close(`not a RouterOS reply: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  #handle(sentence: string[]): void {
    const word = sentence[0] as string
    const tag = tagOf(sentence)
    const pending = tag === undefined ? undefined : this.#sent.get(tag)
    if (word === '!fatal') this.close(`the router closed the connection: ${sentence[1]?.slice(0, 200) ?? 'no reason'}`)
    else if (!pending) this.#options.note?.(`reply without a command: ${word.slice(0, 20)}`)
    else if (word === '!re') pending.settled || pending.rows.push(toRow(sentence))
    else if (word === '!done') this.#finish(pending, sentence)
    else if (word === '!trap') pending.traps.push(toTrap(sentence))
    else if (word !== '!empty') settle(pending, new ProtocolError('unknown reply word'))
  }

  #finish(pending: Pending, sentence: string[]): void {
    this.#sent.delete(pending.tag)
    this.answered++
    if (!pending.settled) {
      if (pending.traps.length > 0) settle(pending, new RouterTrap(pending.traps))
      else {
        pending.settled = true
        const ret = sentence.length > 1 ? toRow(sentence)['ret'] : undefined
        pending.resolve(ret === undefined ? { rows: pending.rows } : { rows: pending.rows, ret })
      }
    }
    this.#sendNext()
  }

  #sendNext(): void {
    while (this.#sent.size < this.#options.inFlightMax) {
      const next = this.#urgent.shift() ?? this.#waiting[this.#waitingFrom++]
      if (!next) {
        this.#waiting = []
        this.#waitingFrom = 0
        return
      }
      this.#send(next)
    }
  }

  /** One timer for all commands. A command that is late is rejected at once, then cancelled, then costs the connection. */
  #sweep(): void {
    const nowMs = performance.now()
    for (const pending of this.#sent.values()) {
      if (nowMs < pending.deadlineMs) continue
      if (pending.cancelTag !== undefined) this.close('the router does not answer')
      else {
        settle(pending, pending.traps.length > 0 ? new RouterTrap(pending.traps) : new CommandTimeout('no answer in time'))
        this.#cancel(pending, nowMs)
      }
    }
    if (this.#sent.size > 0) return
    clearInterval(this.#sweeper)
    this.#sweeper = undefined
  }

  #cancel(pending: Pending, nowMs: number): void {
    pending.cancelTag = this.#tag()
    pending.deadlineMs = nowMs + this.#options.cancelTimeoutMs
    this.#sent.set(pending.cancelTag, { ...pending, tag: pending.cancelTag, settled: true, rows: [], traps: [] })
    this.#write(['/cancel', `=tag=${pending.tag}`, `.tag=${pending.cancelTag}`])
  }
}

function settle(pending: Pending, error: Error): void {
  if (pending.settled) return
  pending.settled = true
  pending.rows = []
  pending.reject(error)
}

/** Often enough to be near the limit, seldom enough to cost nothing. */
const sweepPauseMs = (options: ConnectionOptions): number =>
  Math.min(500, Math.max(10, Math.min(options.commandTimeoutMs, options.cancelTimeoutMs) / 8))

function tagOf(sentence: string[]): string | undefined {
  for (let index = sentence.length - 1; index > 0; index--) {
    const word = sentence[index] as string
    if (word.startsWith('.tag=')) return word.slice(5)
  }
  return undefined
}

function toTrap(sentence: string[]): Trap {
  const row = toRow(sentence)
  const message = row['message'] ?? ''
  return row['category'] === undefined ? { message } : { message, category: Number(row['category']) }
}
