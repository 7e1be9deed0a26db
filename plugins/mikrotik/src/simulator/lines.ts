import type { Menus } from './menus.ts'
import { type SimRow, show } from './table.ts'

export type LineState = 'online' | 'walled' | 'offline'

export type LineOptions = {
  /** How soon a subscriber's box dials again after its session ended; Infinity for never. */
  readonly redialMs: number
  /** How long a removed session still stands in the table, as on a real router. */
  readonly lingerMs: number
  readonly walledLists: readonly string[]
  readonly now: () => number
}

type Box = { password: string; timer?: NodeJS.Timeout }
type Live = { readonly row: SimRow; readonly entry?: SimRow; readonly startedMs: number; over: boolean }

/** Subscribers' boxes and their sessions. What a secret says counts when a session begins, and no earlier. */
export class Lines {
  readonly #menus: Menus
  readonly #options: LineOptions
  readonly #boxes = new Map<string, Box>()
  readonly #live = new Map<string, Live[]>()
  #nextAddress = 2
  #nextSession = 0x8100_0001
  #stopped = false

  constructor(menus: Menus, options: LineOptions) {
    this.#menus = menus
    this.#options = options
  }

  /** A box is switched on: it dials now and again after each end of its session. */
  dial(username: string, password: string): LineState {
    this.hangUp(username)
    this.#boxes.set(username, { password })
    this.#begin(username)
    return this.state(username)
  }

  hangUp(username: string): void {
    clearTimeout(this.#boxes.get(username)?.timer)
    this.#boxes.delete(username)
    for (const live of this.#live.get(username) ?? []) this.#end(live)
  }

  state(username: string): LineState {
    const live = (this.#live.get(username) ?? []).filter((session) => !session.over)
    if (live.length === 0) return 'offline'
    return live.some(({ row }) => this.#isWalled(row.fields['address'] ?? '')) ? 'walled' : 'online'
  }

  /** Live sessions of one line, or of all. */
  sessions(
    username?: string,
  ): readonly { readonly username: string; readonly address: string; readonly sessionId: string; readonly uptimeMs: number }[] {
    const lists = username === undefined ? [...this.#live.values()] : [this.#live.get(username) ?? []]
    return lists.flat().flatMap(({ row, startedMs, over }) =>
      over
        ? []
        : [
            {
              username: row.fields['name'] ?? '',
              address: row.fields['address'] ?? '',
              sessionId: row.fields['session-id'] ?? '',
              uptimeMs: this.#options.now() - startedMs,
            },
          ],
    )
  }

  /** Someone removed the session from the table. */
  endSession(row: SimRow): void {
    const live = (this.#live.get(row.fields['name'] ?? '') ?? []).find((session) => session.row === row)
    if (live && !live.over) this.#end(live)
  }

  /** A secret was written: a box that was refused so far may get in now. */
  secretWritten(username: string): void {
    if (this.#boxes.has(username) && this.state(username) === 'offline') this.#redialLater(username)
  }

  endAll(): void {
    for (const live of [...this.#live.values()].flat()) this.#end(live)
  }

  stop(): void {
    this.#stopped = true
    for (const box of this.#boxes.values()) clearTimeout(box.timer)
    this.#boxes.clear()
  }

  clear(): void {
    for (const username of [...this.#boxes.keys()]) this.hangUp(username)
    this.#live.clear()
  }

  #begin(username: string): void {
    const box = this.#boxes.get(username)
    const secret = this.#menus.secrets.find(username)
    if (!box || !secret || secret.fields['disabled'] === 'true' || secret.fields['password'] !== box.password) return
    const profile = secret.references['profile']
    if (!profile || profile.gone || this.state(username) !== 'offline') return
    const address = secret.fields['remote-address'] ?? this.#address()
    const list = profile.fields['address-list']
    const entry = list ? this.#menus.lists.insert({ list, address, dynamic: 'true', disabled: 'false' }) : undefined
    const row = this.#menus.sessions.insert({
      name: username,
      service: 'pppoe',
      'caller-id': '02:00:00:00:00:01',
      address,
      uptime: '0s',
      encoding: '',
      'session-id': `0x${(this.#nextSession++).toString(16)}`,
      radius: 'false',
    })
    const live = { row, startedMs: this.#options.now(), over: false, ...(entry && { entry }) }
    this.#live.set(username, [...(this.#live.get(username) ?? []), live])
  }

  #end(live: Live): void {
    live.over = true
    const username = live.row.fields['name'] ?? ''
    if (live.entry) this.#menus.lists.delete(live.entry)
    const left = (this.#live.get(username) ?? []).filter((session) => session !== live)
    if (left.length > 0) this.#live.set(username, left)
    else this.#live.delete(username)
    if (this.#options.lingerMs > 0) setTimeout(() => this.#menus.sessions.delete(live.row), this.#options.lingerMs).unref()
    else this.#menus.sessions.delete(live.row)
    this.#redialLater(username)
  }

  #redialLater(username: string): void {
    const box = this.#boxes.get(username)
    if (!box || this.#stopped || !Number.isFinite(this.#options.redialMs)) return
    clearTimeout(box.timer)
    box.timer = setTimeout(() => this.#begin(username), this.#options.redialMs).unref()
  }

  #isWalled(address: string): boolean {
    for (const entry of this.#menus.lists.rows.values())
      if (
        show(entry, 'address') === address &&
        entry.fields['disabled'] !== 'true' &&
        this.#options.walledLists.includes(entry.fields['list'] ?? '')
      )
        return true
    return false
  }

  #address(): string {
    const next = this.#nextAddress++
    return `10.${64 + ((next >> 16) & 0x3f)}.${(next >> 8) & 0xff}.${next & 0xff}`
  }
}
