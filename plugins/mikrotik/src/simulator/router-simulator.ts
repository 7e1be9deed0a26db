import { appendFileSync } from 'node:fs'
import { ApiListener } from './api-listener.ts'
import { ApiSession, type Faults, type SessionContext } from './api-session.ts'
import { makeCertificate } from './certificate.ts'
import type { ApiUser, WriteRecord } from './commands.ts'
import { type LineState, Lines } from './lines.ts'
import { createMenus, furnish } from './menus.ts'
import { type SimRow, show } from './table.ts'
import { isAtLeast, showDate, showDuration } from './version.ts'

export type SimulatorOptions = {
  /** 0, the default, takes any free port; it stays the same over unplug and plug. */
  readonly port?: number
  readonly identity?: string
  /** RouterOS version; decides the ways to log in, `!empty` and the form of dates. 7.18.2 unless set. */
  readonly version?: string
  readonly username?: string
  readonly password?: string
  /** Policies of the API user's group; `api,read,write` unless set. */
  readonly policies?: readonly string[]
  /** Speaks TLS with a certificate made for this run. */
  readonly tls?: boolean
  /** How soon a subscriber's box dials again, 20 ms unless set; Infinity for never. */
  readonly redialMs?: number
  /** How long an ended session still stands in the table. */
  readonly lingerMs?: number
  /** Lists that lead to the pay pages; `suspended` unless set. */
  readonly walledLists?: readonly string[]
  /** At most so many API connections, 20 as on a router. */
  readonly connectionsMax?: number
  /** Each write is appended here as a line of JSON, so that it survives this process. */
  readonly journalPath?: string
}

export type SecretView = {
  readonly name: string
  readonly profile: string
  readonly disabled: boolean
  readonly comment: string
  readonly password: string
  readonly remoteAddress?: string
}
export type SessionView = { readonly username: string; readonly address: string; readonly sessionId: string; readonly lineState: LineState }

export type RouterSimulator = Awaited<ReturnType<typeof startRouterSimulator>>

/** A stand-in for a RouterOS router on 127.0.0.1: its API, its menus, its lines and its faults. */
export async function startRouterSimulator(options: SimulatorOptions = {}) {
  const { username = 'nyuzi', password = 'router-password', version = '7.18.2', journalPath, redialMs = 20, lingerMs = 0 } = options
  const menus = createMenus()
  furnish(menus)
  let policies: ReadonlySet<string> = new Set(options.policies ?? ['api', 'read', 'write'])
  let startedMs = Date.now()
  let freeAtMs = 0
  let writer = ''
  const faults: Faults = { silent: false, msPerCommand: 0, answersToLose: 0, busyWrites: 0, segmentBytes: 0 }
  const counts = { commands: 0, logins: 0, loginsRefused: 0, connections: 0 }
  const writes: WriteRecord[] = []
  const listeners = new Set<(record: WriteRecord) => void>()
  const lines = new Lines(menus, { redialMs, lingerMs, walledLists: options.walledLists ?? ['suspended'], now: Date.now })
  const certificate = options.tls ? makeCertificate(options.identity ?? 'simulated-router') : undefined

  const written = (record: Omit<WriteRecord, 'at' | 'apiUser'>) => {
    const whole: WriteRecord = { at: new Date(), apiUser: writer, ...record }
    writes.push(whole)
    if (journalPath) appendFileSync(journalPath, `${JSON.stringify(whole)}\n`)
    if (record.path === '/ppp/secret') for (const name of record.targets) lines.secretWritten(name)
    for (const listener of listeners) listener(whole)
  }

  const resource = () => [
    {
      uptime: showDuration(Date.now() - startedMs),
      version: `${version} (stable)`,
      'cpu-load': '3',
      'free-memory': '812646400',
      'total-memory': '1073741824',
      'board-name': 'CHR',
      platform: 'MikroTik',
    },
  ]
  const context: SessionContext = {
    menus,
    version,
    faults,
    hasEmptyReply: isAtLeast(version, '7.18'),
    facts: {
      '/system/resource': resource,
      '/system/identity': () => [{ name: options.identity ?? 'simulated-router' }],
      '/system/clock': () => [
        { time: new Date().toISOString().slice(11, 19), date: showDate(new Date(), version), 'time-zone-name': 'UTC' },
      ],
      '/user': () => [{ '.id': '*1', name: username, group: 'nyuzi', disabled: 'false' }],
      '/user/group': () => [{ '.id': '*1', name: 'nyuzi', policy: [...policies].join(',') }],
    },
    effects: { written, endSession: (row: SimRow) => lines.endSession(row) },
    findUser: (name): ApiUser | undefined => (name === username ? { name, password, policies } : undefined),
    takeTurn(ms) {
      freeAtMs = Math.max(Date.now(), freeAtMs) + ms
      return freeAtMs - Date.now()
    },
    loginTried(accepted) {
      counts[accepted ? 'logins' : 'loginsRefused']++
    },
    commandRun() {
      counts.commands++
    },
    asUser(user, run) {
      writer = user.name
      return run()
    },
  }
  const listener = new ApiListener({
    port: options.port ?? 0,
    connectionsMax: options.connectionsMax ?? 20,
    ...(certificate && { certificate }),
    accept: (socket) => {
      counts.connections++
      new ApiSession(socket, context)
    },
  })
  await listener.listen()

  const toSecret = (row: SimRow): SecretView => ({
    name: row.fields['name'] ?? '',
    profile: show(row, 'profile') ?? '',
    disabled: row.fields['disabled'] === 'true',
    comment: row.fields['comment'] ?? '',
    password: row.fields['password'] ?? '',
    ...(row.fields['remote-address'] === undefined ? {} : { remoteAddress: row.fields['remote-address'] }),
  })
  const secretOf = (name: string): SimRow => {
    const row = menus.secrets.find(name)
    if (!row) throw new Error(`the simulated router has no secret ${name}`)
    return row
  }
  const profileOf = (name: string): SimRow => menus.profiles.find(name) ?? menus.profiles.insert({ name })

  return {
    host: '127.0.0.1',
    username,
    password,
    fingerprint: certificate?.fingerprint,
    certificate: certificate?.cert,
    get port() {
      return listener.port
    },
    book: {
      /** Every write that came through the API, in order. Hand edits are not among them. */
      writes,
      counts,
      secrets: () => [...menus.secrets.rows.values()].map(toSecret),
      secret: (name: string) => [menus.secrets.find(name)].flatMap((row) => (row ? [toSecret(row)] : []))[0],
      profiles: () => [...menus.profiles.rows.values()].map((row) => ({ ...row.fields })),
      listEntries: () => [...menus.lists.rows.values()].map((row) => ({ ...row.fields })),
      sessions: (name?: string): readonly SessionView[] =>
        lines.sessions(name).map((session) => ({ ...session, lineState: lines.state(session.username) })),
      connections: () => listener.connections,
    },
    lineState: (name: string): LineState => lines.state(name),
    /** Switches a subscriber's box on; it redials until `hangUp`. */
    dial: (name: string, linePassword: string): LineState => lines.dial(name, linePassword),
    hangUp: (name: string) => lines.hangUp(name),
    onWrite(listen: (record: WriteRecord) => void): () => void {
      listeners.add(listen)
      return () => listeners.delete(listen)
    },

    /** A technician changes a secret; a profile that is missing is made. */
    editByHand(name: string, { profile, ...fields }: Readonly<Record<string, string>>): void {
      menus.secrets.change(secretOf(name), fields, profile === undefined ? {} : { profile: profileOf(profile) })
      lines.secretWritten(name)
    },
    editProfileByHand(name: string, fields: Readonly<Record<string, string>>): void {
      menus.profiles.change(profileOf(name), fields)
    },
    removeByHand(name: string): void {
      menus.secrets.delete(secretOf(name))
    },
    addForeignSecret(name: string, { profile = 'default', ...fields }: Readonly<Record<string, string>> = {}): void {
      const row = { name, service: 'pppoe', disabled: 'false', password: 'of-someone-else', comment: 'by hand', ...fields }
      menus.secrets.insert(row, { profile: profileOf(profile) })
    },
    removeFirewallRules: () => menus.filters.clear(),

    /** The cable is out: live connections break, new ones are refused. */
    unplug: () => listener.unplug(),
    plug: () => listener.listen(),
    /** Connections are taken and nothing is answered any more. */
    silent(on = true): void {
      faults.silent = on
    },
    /** One processor for all connections: each command takes so long. 0 ends it. */
    slow(msPerCommand: number): void {
      faults.msPerCommand = msPerCommand
    },
    /** The next writes are carried out, and the connection breaks before the answer. */
    loseAnswers(count = 1): void {
      faults.answersToLose = count
    },
    /** Replies leave in segments of so many octets. 0 ends it. */
    splitBytes(segmentBytes: number): void {
      faults.segmentBytes = segmentBytes
    },
    /** The next writes are put off by the router. */
    busy(count = 1): void {
      faults.busyWrites = count
    },
    setPolicies(...names: string[]): void {
      policies = new Set(names)
      listener.dropAll()
    },
    /** All sessions end, all connections break, ids change; boxes redial when it is back. */
    async reboot(downMs = 50): Promise<void> {
      await listener.unplug()
      lines.endAll()
      for (const table of Object.values(menus)) table.renumber()
      await new Promise((resolve) => setTimeout(resolve, downMs))
      startedMs = Date.now()
      await listener.listen()
    },
    /** An empty, healthy router again. Connections stay. */
    async reset(): Promise<void> {
      Object.assign(faults, { silent: false, msPerCommand: 0, answersToLose: 0, busyWrites: 0, segmentBytes: 0 } satisfies Faults)
      policies = new Set(options.policies ?? ['api', 'read', 'write'])
      lines.clear()
      for (const table of Object.values(menus)) table.clear()
      furnish(menus)
      writes.length = 0
      await listener.listen()
    },
    async stop(): Promise<void> {
      lines.stop()
      await listener.unplug()
    },
  }
}
