import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CallbackId, InstallationId, OrganisationId } from '@nyuzi/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { IncomingCallback, KeptCallback } from '../flows/payments/ports.ts'
import { openSpool, type Spool, type SpoolOptions } from './spool.ts'
import { toFrame } from './spool-frames.ts'
import { createVault } from './vault.ts'

const vault = createVault(new Uint8Array(32).fill(7))
const away = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' })
const silent = { info() {}, warn() {}, error() {} }
const organisationId = randomUUID() as OrganisationId
let made = 0

function call(body = 'paid'): IncomingCallback {
  made++
  return {
    id: `01900000-0000-7000-8000-${String(made).padStart(12, '0')}` as CallbackId,
    organisationId,
    installationId: randomUUID() as InstallationId,
    channel: 'confirmation',
    dedupeKey: `key-${made}`,
    body: new Uint8Array(Buffer.from(body)),
    headers: {},
    query: {},
    receivedAt: new Date('2026-06-01T06:00:00Z'),
  }
}

let directory: string
const opened: Spool[] = []
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nyuzi-spool-'))
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((spool) => spool.stop()))
  await rm(directory, { recursive: true })
})

/** An inbox whose database can be taken away. */
function anInbox() {
  const kept: IncomingCallback[] = []
  const inbox = {
    fault: undefined as Error | undefined,
    hangs: false,
    kept,
    async keep(callback: IncomingCallback): Promise<KeptCallback> {
      if (inbox.hangs) await new Promise(() => {})
      if (inbox.fault) throw inbox.fault
      if (kept.some(({ id }) => id === callback.id)) return 'repeat'
      kept.push(callback)
      return 'stored'
    },
  }
  return inbox
}

async function open(inbox: ReturnType<typeof anInbox>, options: Partial<SpoolOptions> = {}) {
  const onDrained = vi.fn()
  const isAway = (error: unknown) => error === away
  const spool = openSpool({ directory, inbox, vault, log: silent, isAway, onDrained, retryEveryMs: 5, patienceMs: 50, ...options })
  opened.push(spool)
  await spool.start()
  return { spool, onDrained }
}

describe('the spool', () => {
  it('stays out of the way while the database answers', async () => {
    const inbox = anInbox()
    const { spool } = await open(inbox)
    expect(await spool.keep(call())).toBe('stored')
    expect(await readdir(directory)).toEqual([])
  })

  it('keeps calls while the database is away, and hands them on, oldest first, when it is back', async () => {
    const inbox = anInbox()
    const { spool, onDrained } = await open(inbox)
    inbox.fault = away
    const calls = Array.from({ length: 5 }, () => call())
    for (const one of calls) expect(await spool.keep(one)).toBe('spooled')
    expect(spool.waiting()).toBe(5)
    expect(inbox.kept).toEqual([])
    inbox.fault = undefined
    await vi.waitFor(() => expect(spool.waiting()).toBe(0))
    expect(inbox.kept).toEqual(calls)
    expect(await readdir(directory)).toEqual([])
    expect(onDrained).toHaveBeenCalledWith(organisationId)
    expect(await spool.keep(call())).toBe('stored')
  })

  it('does not wait long for a database that says nothing', async () => {
    const inbox = anInbox()
    const { spool } = await open(inbox)
    inbox.hangs = true
    expect(await spool.keep(call())).toBe('spooled')
  })

  it('leaves an error that is not the absence of the database to the caller', async () => {
    const inbox = anInbox()
    const { spool } = await open(inbox)
    inbox.fault = new Error('duplicate key value violates unique constraint')
    await expect(spool.keep(call())).rejects.toThrow('unique constraint')
    expect(spool.waiting()).toBe(0)
  })

  it('writes calls that come together into one file, so that they share one sync', async () => {
    const inbox = anInbox()
    inbox.fault = away
    const { spool } = await open(inbox)
    await spool.keep(call())
    await Promise.all(Array.from({ length: 50 }, () => spool.keep(call())))
    expect((await readdir(directory)).length).toBeLessThan(10)
    inbox.fault = undefined
    await vi.waitFor(() => expect(inbox.kept).toHaveLength(51))
  })

  it('takes up what a process that died has left, and removes a file only when all of it is kept', async () => {
    const inbox = anInbox()
    const before = [call(), call()]
    await writeFile(join(directory, `${before[0]?.id}.spool`), Buffer.concat(before.map((one) => toFrame(vault, one))))
    inbox.fault = away
    const { spool } = await open(inbox)
    await new Promise((resolve) => setImmediate(resolve))
    expect(await readdir(directory)).toHaveLength(1)
    inbox.fault = undefined
    await vi.waitFor(() => expect(spool.waiting()).toBe(0))
    expect(inbox.kept).toEqual(before)
  })

  it('reads the whole frames of a file that was never finished, and sets the torn rest aside', async () => {
    const inbox = anInbox()
    const one = call()
    const bytes = Buffer.concat([toFrame(vault, one), toFrame(vault, call()).subarray(0, 30)])
    const name = `${one.id}.unfinished`
    await writeFile(join(directory, name), bytes)
    const long = new Date(Date.now() - 120_000)
    await utimes(join(directory, name), long, long)
    const { spool } = await open(inbox)
    await vi.waitFor(() => expect(spool.waiting()).toBe(0))
    expect(inbox.kept).toEqual([one])
    expect(await readdir(directory)).toEqual([`${name}.torn`])
    expect((await readFile(join(directory, `${name}.torn`))).equals(bytes)).toBe(true)
  })

  it('holds back what cannot be kept, shows it, and lets the rest pass', async () => {
    const inbox = anInbox()
    const stranger = createVault(new Uint8Array(32).fill(8))
    const sealedByOther = call()
    await writeFile(join(directory, `${sealedByOther.id}.spool`), toFrame(stranger, sealedByOther))
    const good = call()
    await writeFile(join(directory, `${good.id}.spool`), toFrame(vault, good))
    const { spool } = await open(inbox)
    await vi.waitFor(() => expect(inbox.kept).toEqual([good]))
    await vi.waitFor(() => expect(spool.waiting()).toBe(1))
    expect(await readdir(directory)).toEqual([`${sealedByOther.id}.spool`])
  })

  it('refuses what would fill the disk', async () => {
    const inbox = anInbox()
    inbox.fault = away
    const { spool } = await open(inbox, { bytesMax: 1_000 })
    expect(await spool.keep(call())).toBe('spooled')
    await expect(spool.keep(call('x'.repeat(1_000)))).rejects.toThrow('takes no more')
  })
})
