import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { OrganisationId } from '@nyuzi/core'
import type { Inbox, IncomingCallback, KeptCallback } from '../flows/payments/ports.ts'
import type { Log, Vault } from '../flows/ports.ts'
import { shareWrites } from '../flows/share-writes.ts'
import { fromFrame, splitFrames, toFrame } from './spool-frames.ts'

export type SpoolOptions = {
  readonly directory: string
  readonly inbox: Inbox
  readonly vault: Vault
  readonly log: Log
  readonly isAway: (error: unknown) => boolean
  /** Told, after calls got from the disk into the inbox, whose they are. */
  readonly onDrained: (organisationId: OrganisationId) => void
  /** How long a call waits for the database before it goes to the disk; providers give up after 5 to 10 s. */
  readonly patienceMs?: number
  readonly retryEveryMs?: number
  /** Beyond this nothing more is taken: a full disk would stop the database too. */
  readonly bytesMax?: number
}

export type Spool = Inbox & {
  /** Takes up what was left by a process that died. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Segments that have yet to get to the database. */
  waiting(): number
}

/** A segment that was not finished in this time was left by a process that died. */
const unfinishedMs = 60_000
const finished = '.spool'
const unfinished = '.unfinished'

class OutOfPatience extends Error {}

/**
 * An inbox that outlives its database: while that is away, calls are appended to disk, synced, and acknowledged, because
 * most providers never repeat one. Calls that arrive together share a segment file, which is never written to again; it
 * is removed only after all its rows are committed. A call that reaches the inbox twice this way is a repeat like any other.
 */
export function openSpool(options: SpoolOptions): Spool {
  const { directory, inbox, vault, log, isAway, onDrained } = options
  const { patienceMs = 2_000, retryEveryMs = 500, bytesMax = 256 * 1024 * 1024 } = options
  const waiting = new Map<string, number>()
  let away = false
  /** Left where they are until the next start: something other than the database's absence speaks against them. */
  const stuck = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let draining: Promise<void> | undefined
  let stopped = false

  const append = shareWrites<IncomingCallback, KeptCallback>(
    async (callbacks) => {
      await writeSegment(callbacks)
      return callbacks.map(() => 'spooled')
    },
    { writersMax: 1, isOfAll: () => true },
  )

  async function writeSegment(callbacks: readonly IncomingCallback[]): Promise<void> {
    const bytes = Buffer.concat(callbacks.map((callback) => toFrame(vault, callback)))
    const before = [...waiting.values()].reduce((sum, size) => sum + size, 0)
    if (before + bytes.length > bytesMax) throw new Error(`the spool holds ${before} octets already and takes no more`)
    // Named by its first call, whose id grows with time: the names are in the order of arrival.
    const name = callbacks[0]?.id ?? ''
    const path = join(directory, name)
    await writeSynced(path + unfinished, bytes)
    await rename(path + unfinished, path + finished)
    await syncDirectory(directory)
    waiting.set(name + finished, bytes.length)
    drainSoon()
  }

  function drainSoon(): void {
    if (stopped) return
    timer ??= setTimeout(() => {
      timer = undefined
      draining ??= drain()
        .catch((error: unknown) => {
          if (!isAway(error)) log.error('the spool could not be drained', { error })
        })
        .finally(() => {
          draining = undefined
          if (waiting.size > 0) drainSoon()
        })
    }, retryEveryMs)
  }

  async function drain(): Promise<void> {
    for (const name of await segments(directory)) {
      if (stopped || stuck.has(name)) continue
      try {
        await drainSegment(name)
        away = false
      } catch (error) {
        if (isAway(error)) throw error
        // Another server with this directory was faster when the file is gone.
        if (!isMissing(error)) {
          stuck.add(name)
          log.error('a segment of the spool is held back; it is tried again at the next start', { segment: name, error })
        }
      }
      waiting.delete(name)
    }
  }

  async function drainSegment(name: string): Promise<void> {
    const path = join(directory, name)
    const { frames, torn } = splitFrames(await readFile(path))
    const callbacks = frames.map((frame) => fromFrame(vault, frame))
    const kept = await Promise.all(callbacks.map((callback) => inbox.keep(callback)))
    const strangers = kept.filter((one) => one === 'unknown_token').length
    log.warn('calls got from the spool to the database', { segment: name, calls: kept.length, strangers })
    if (torn) await rename(path, `${path}.torn`)
    else await rm(path, { force: true })
    for (const organisationId of new Set(callbacks.map((callback) => callback.organisationId))) onDrained(organisationId)
  }

  return {
    async keep(callback) {
      // No one waits for a database that was away a moment ago; the drain finds out when it is back.
      if (away) return await append(callback)
      try {
        return await within(patienceMs, inbox.keep(callback))
      } catch (error) {
        if (!isAway(error) && !(error instanceof OutOfPatience)) throw error
        if (!away) log.error('the database is away: calls of providers go to the spool', { error })
        const kept = await append(callback)
        away = true
        return kept
      }
    },
    async start() {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      for (const name of await segments(directory)) waiting.set(name, (await stat(join(directory, name))).size)
      if (waiting.size > 0) drainSoon()
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      await draining
    },
    waiting: () => waiting.size + stuck.size,
  }
}

/** In the order of arrival. */
async function segments(directory: string): Promise<string[]> {
  const names: string[] = []
  for (const name of (await readdir(directory)).sort()) {
    if (name.endsWith(finished)) names.push(name)
    else if (name.endsWith(unfinished) && Date.now() - (await stat(join(directory, name))).mtimeMs > unfinishedMs) names.push(name)
  }
  return names
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** The name of a new file is durable only with its directory; Windows has no such call and needs none. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

async function within<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new OutOfPatience(`no answer within ${limitMs} ms`)), limitMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
