import type { RouterConnection } from './connection.ts'
import { CertificateRefused, ConnectFailed, LoginRefused } from './errors.ts'

export type LinkOptions = {
  readonly open: () => Promise<RouterConnection>
  readonly pauseMs?: { readonly first: number; readonly max: number }
  /** In [0, 1); spreads the attempts of many servers over the pause. */
  readonly random?: () => number
  readonly nowMs?: () => number
}

/** The host tries again by itself every few seconds; a longer pause here would only keep a router that is back waiting. */
const pauseMsDefault = { first: 250, max: 4_000 }

/**
 * The one connection to a router. Demands share it; after a failure the next attempt waits a growing pause, and a demand
 * within the pause fails at once. After a refusal that only a person can mend nothing is sent any more.
 */
export class RouterLink {
  readonly #options: Required<LinkOptions>
  #current: Promise<RouterConnection> | undefined
  #failures = 0
  #notBeforeMs = 0
  #trouble = ''
  #refusal: LoginRefused | CertificateRefused | undefined
  #stopped = false

  constructor(options: LinkOptions) {
    this.#options = { pauseMs: pauseMsDefault, random: Math.random, nowMs: () => performance.now(), ...options }
  }

  /** The open connection, or a new one. Rejects with ConnectFailed, LoginRefused or CertificateRefused. */
  connection(): Promise<RouterConnection> {
    if (this.#stopped) return Promise.reject(new ConnectFailed('the installation is stopped'))
    if (this.#current) return this.#current
    if (this.#refusal) return Promise.reject(this.#refusal)
    const waitMs = this.#notBeforeMs - this.#options.nowMs()
    if (waitMs > 0) return Promise.reject(new ConnectFailed(`${this.#trouble}; the next attempt is in ${Math.ceil(waitMs / 1000)} s`))
    this.#current = this.#open()
    return this.#current
  }

  async stop(): Promise<void> {
    this.#stopped = true
    const connection = await this.#current?.catch(() => undefined)
    connection?.close('stopped')
  }

  async #open(): Promise<RouterConnection> {
    try {
      const connection = await this.#options.open()
      const answeredAtLogin = connection.answered
      connection.onClosed((reason) => {
        this.#current = undefined
        // A router that lets us in and hangs up at once is as good as away.
        if (connection.answered > answeredAtLogin) this.#failures = 0
        else if (reason !== 'idle') this.#backOff(reason)
      })
      return connection
    } catch (error) {
      this.#current = undefined
      if (error instanceof LoginRefused || error instanceof CertificateRefused) this.#refusal = error
      else this.#backOff(error instanceof Error ? error.message : String(error))
      throw error
    }
  }

  #backOff(trouble: string): void {
    this.#trouble = trouble
    const { first, max } = this.#options.pauseMs
    const pauseMs = Math.min(max, first * 2 ** this.#failures++)
    this.#notBeforeMs = this.#options.nowMs() + pauseMs * (0.5 + this.#options.random() / 2)
  }
}
