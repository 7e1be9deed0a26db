import { createHash, randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { SentenceReader, SentenceWriter } from '../client/codec.ts'
import { type ApiUser, type CommandContext, done, execute, isWrite, parse, type Replies, trap, type Words } from './commands.ts'
import { isAtLeast } from './version.ts'

/** What is wrong with the router just now. */
export type Faults = {
  silent: boolean
  msPerCommand: number
  answersToLose: number
  busyWrites: number
  segmentBytes: number
}

export type SessionContext = CommandContext & {
  readonly version: string
  readonly faults: Faults
  findUser(name: string): ApiUser | undefined
  /** The one processor of the router: when it will be free, given a command that starts now. */
  takeTurn(ms: number): number
  loginTried(accepted: boolean): void
  commandRun(): void
  asUser<T>(user: ApiUser, run: () => T): T
}

const refusedLogin = trap('invalid user name or password (6)')

/** One API connection as the router sees it. */
export class ApiSession {
  readonly #socket: Socket
  readonly #context: SessionContext
  readonly #reader = new SentenceReader()
  readonly #writer = new SentenceWriter()
  readonly #open = new Map<string, NodeJS.Timeout | undefined>()
  #user: ApiUser | undefined
  #challenge: Buffer | undefined
  #over = false
  #segments: Buffer[] = []

  constructor(socket: Socket, context: SessionContext) {
    this.#socket = socket
    this.#context = context
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('close', () => this.#end())
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
  }

  #receive(chunk: Buffer): void {
    if (this.#context.faults.silent || this.#over) return
    try {
      for (const sentence of this.#reader.push(chunk)) {
        if (this.#over) return
        this.#take(sentence)
      }
      this.#flush()
    } catch {
      this.#socket.destroy()
    }
  }

  #take(sentence: string[]): void {
    const tag = sentence.find((word) => word.startsWith('.tag='))
    const { msPerCommand } = this.#context.faults
    if (sentence[0] === '/cancel') this.#cancel(sentence, tag)
    else if (msPerCommand <= 0) this.#run(sentence, tag)
    else {
      const timer = setTimeout(() => {
        if (tag) this.#open.delete(tag)
        if (this.#over || this.#context.faults.silent) return
        this.#run(sentence, tag)
        this.#flush()
      }, this.#context.takeTurn(msPerCommand))
      if (tag) this.#open.set(tag, timer)
    }
  }

  #run(sentence: string[], tag: string | undefined): void {
    const words = parse(sentence)
    if (sentence[0] === '/login') this.#reply(this.#logIn(words.attributes), tag)
    else if (!this.#user) this.#fatal('not logged in')
    else if (sentence[0] === '/quit') this.#fatal('session terminated on request')
    // A listen never ends by itself.
    else if (words.verb === 'listen') tag && this.#open.set(tag, undefined)
    else this.#carryOut(this.#user, words, tag)
  }

  #carryOut(user: ApiUser, words: Words, tag: string | undefined): void {
    const { faults } = this.#context
    const writes = isWrite(words.verb)
    this.#context.commandRun()
    if (writes && faults.busyWrites > 0) {
      faults.busyWrites--
      this.#reply(trap('failure: router is busy'), tag)
      return
    }
    const replies = this.#context.asUser(user, () => execute(this.#context, user, words))
    if (writes && faults.answersToLose > 0) {
      faults.answersToLose--
      this.#over = true
      // What was answered before still leaves; this answer does not.
      this.#socket.end(this.#writer.take())
      return
    }
    this.#reply(replies, tag)
  }

  #logIn(given: Readonly<Record<string, string>>): Replies {
    const { version } = this.#context
    const challengeAllowed = !isAtLeast(version, '6.45.1')
    const plainAllowed = isAtLeast(version, '6.43')
    const user = this.#context.findUser(given['name'] ?? '')
    if (given['response'] !== undefined && this.#challenge && challengeAllowed)
      return this.#finishLogin(user, this.#isResponse(user, given['response']))
    if (given['name'] !== undefined && plainAllowed) return this.#finishLogin(user, given['password'] === user?.password)
    if (!challengeAllowed) return this.#finishLogin(undefined, false)
    this.#challenge = randomBytes(16)
    return done(`=ret=${this.#challenge.toString('hex')}`)
  }

  #isResponse(user: ApiUser | undefined, response: string): boolean {
    const hash = createHash('md5')
      .update(Buffer.from([0]))
      .update(user?.password ?? '')
      .update(this.#challenge ?? '')
    return response === `00${hash.digest('hex')}`
  }

  #finishLogin(user: ApiUser | undefined, accepted: boolean): Replies {
    const welcome = accepted && user !== undefined
    this.#context.loginTried(welcome)
    if (!welcome) return refusedLogin
    if (!user.policies.has('api')) return trap('not enough permissions (9)')
    this.#user = user
    return done()
  }

  #cancel(sentence: string[], tag: string | undefined): void {
    const wanted = sentence.find((word) => word.startsWith('=tag='))?.slice(5)
    const target = `.tag=${wanted}`
    if (this.#open.has(target)) {
      clearTimeout(this.#open.get(target))
      this.#open.delete(target)
      this.#reply(trap('interrupted', 2), target)
    }
    this.#reply(done(), tag)
  }

  #fatal(reason: string): void {
    this.#over = true
    this.#writer.append(['!fatal', reason])
    this.#socket.end(this.#writer.take())
  }

  #reply(replies: Replies, tag: string | undefined): void {
    for (const reply of replies) this.#writer.append(tag === undefined ? reply : [reply[0] ?? '', tag, ...reply.slice(1)])
  }

  #flush(): void {
    if (this.#over || this.#writer.pendingBytes === 0) return
    const octets = this.#writer.take()
    const { segmentBytes } = this.#context.faults
    if (segmentBytes <= 0 && this.#segments.length === 0) {
      this.#socket.write(octets)
      return
    }
    const idle = this.#segments.length === 0
    const size = segmentBytes > 0 ? segmentBytes : octets.length
    for (let at = 0; at < octets.length; at += size) this.#segments.push(octets.subarray(at, at + size))
    if (idle) this.#pump()
  }

  /** One segment in each turn of the event loop, so that the other side reads them one by one. */
  #pump(): void {
    const next = this.#segments[0]
    if (!next || this.#over) return
    this.#socket.write(next, () =>
      setImmediate(() => {
        this.#segments.shift()
        this.#pump()
      }),
    )
  }

  #end(): void {
    this.#over = true
    for (const timer of this.#open.values()) clearTimeout(timer)
    this.#open.clear()
  }
}
