import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openConnection } from '../src/client/open-connection.ts'
import type { RouterRequest } from '../src/client/request.ts'
import { type SimulatorOptions, startRouterSimulator } from '../src/simulator/index.ts'
import { openOptions, pauseMs } from './scripted-router.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step()
})

async function start(options: SimulatorOptions = {}) {
  const router = await startRouterSimulator(options)
  cleanUp.push(() => router.stop())
  const connection = await openConnection(openOptions(router.port))
  const run = (path: string, rest: Omit<RouterRequest, 'path'> = {}) => connection.run({ path, ...rest })
  const trapOf = (path: string, rest: Omit<RouterRequest, 'path'> = {}) =>
    run(path, rest).then(
      () => undefined,
      (error: { traps?: unknown[] }) => error.traps?.[0],
    )
  const namesOf = async (...queries: string[]) =>
    (await run('/ppp/secret/print', { queries, properties: 'name' })).rows.map((row) => row['name'])
  const add = (name: string, attributes: Record<string, string> = {}) =>
    run('/ppp/secret/add', { attributes: { name, password: `pw-${name}`, ...attributes } })
  return { router, connection, run, trapOf, namesOf, add }
}

describe('menus of the simulated router', () => {
  it('show the wanted properties, leave out the unset ones, and hide passwords', async () => {
    const { run, add } = await start()
    await add('alice', { comment: 'x', disabled: 'yes' })
    expect((await run('/ppp/secret/print')).rows).toEqual([
      { '.id': '*1', name: 'alice', password: '*****', service: 'any', profile: 'default', disabled: 'true', comment: 'x' },
    ])
    expect((await run('/ppp/secret/print', { properties: 'name,remote-address' })).rows).toEqual([{ name: 'alice' }])
    expect((await run('/ppp/secret/print', { attributes: { 'count-only': '' } })).ret).toBe('1')
  })

  it('show passwords to a user with the policy sensitive', async () => {
    const { run, add } = await start({ policies: ['api', 'read', 'write', 'sensitive'] })
    await add('alice')
    expect((await run('/ppp/secret/print', { properties: 'password' })).rows).toEqual([{ password: 'pw-alice' }])
  })

  it('answer queries as a stack', async () => {
    const { add, namesOf } = await start()
    await add('a', { comment: 'one' })
    await add('b', { comment: 'two', disabled: 'yes' })
    await add('c')
    expect(await namesOf('name=a')).toEqual(['a'])
    expect(await namesOf('=name=a')).toEqual(['a'])
    expect(await namesOf('name=a', 'name=c', '#|')).toEqual(['a', 'c'])
    expect(await namesOf('name=a', 'name=b', '#|', 'name=c', '#|')).toEqual(['a', 'b', 'c'])
    expect(await namesOf('comment')).toEqual(['a', 'b'])
    expect(await namesOf('-comment')).toEqual(['c'])
    expect(await namesOf('name=a', '#!')).toEqual(['b', 'c'])
    expect(await namesOf('comment', 'disabled=yes', '#&')).toEqual(['b'])
    expect(await namesOf('comment', 'disabled=yes')).toEqual(['b'])
    expect(await namesOf('>name=a')).toEqual(['b', 'c'])
    expect(await namesOf('<name=b')).toEqual(['a'])
    expect(await namesOf('name=a', '#0', '#&')).toEqual(['a'])
  })

  it('take ids, lists of ids, and names', async () => {
    const { run, add, namesOf, router } = await start()
    for (const name of ['a', 'b', 'c', 'd']) await add(name)
    await run('/ppp/secret/disable', { attributes: { numbers: 'a,*2' } })
    expect(router.book.secrets().map(({ disabled }) => disabled)).toEqual([true, true, false, false])
    await run('/ppp/secret/enable', { attributes: { '.id': '*1' } })
    await run('/ppp/secret/set', { attributes: { '.id': '*1', name: 'renamed' } })
    await run('/ppp/secret/remove', { attributes: { '.id': '*2,*3' } })
    expect(await namesOf()).toEqual(['renamed', 'd'])
  })

  it('refuse in the words of RouterOS', async () => {
    const { trapOf, add, run } = await start()
    await add('alice')
    const attributes = { name: 'alice' }
    expect(await trapOf('/ppp/secret/add', { attributes })).toEqual({ message: 'failure: secret with the same name already exists' })
    expect(await trapOf('/ppp/secret/set', { attributes: { '.id': '*99', name: 'x' } })).toEqual({ message: 'no such item', category: 0 })
    expect(await trapOf('/ppp/secret/set', { attributes: { numbers: 'alice', profile: 'gold' } })).toEqual({
      message: 'input does not match any value of profile',
      category: 1,
    })
    expect(await trapOf('/ppp/secret/set', { attributes: { numbers: 'alice', colour: 'red' } })).toEqual({
      message: 'unknown parameter colour',
      category: 0,
    })
    expect(await trapOf('/interface/wifi/print')).toEqual({ message: 'no such command prefix', category: 0 })
    const entry = { attributes: { list: 'suspended', address: '10.0.0.1' } }
    await run('/ip/firewall/address-list/add', entry)
    expect(await trapOf('/ip/firewall/address-list/add', entry)).toEqual({ message: 'failure: already have such entry' })
  })

  it('leave an id where a profile was removed, and refuse lines on it', async () => {
    const { run, add, router } = await start()
    await run('/ppp/profile/add', { attributes: { name: 'gold' } })
    await add('alice', { profile: 'gold' })
    await run('/ppp/profile/remove', { attributes: { numbers: 'gold' } })
    expect(router.book.secret('alice')?.profile).toBe('*3')
    expect(router.dial('alice', 'pw-alice')).toBe('offline')
  })

  it.each([
    ['7.18.2', '2026-'],
    ['7.9', 'jan/|feb/|mar/|apr/|may/|jun/|jul/|aug/|sep/|oct/|nov/|dec/'],
  ])('print dates as version %s does', async (version, form) => {
    const { run } = await start({ version })
    const [clock] = (await run('/system/clock/print')).rows
    expect(clock?.['date']).toMatch(new RegExp(version === '7.9' ? `^(${form})` : /^\d{4}-/))
    expect((await run('/system/resource/print')).rows[0]?.['version']).toBe(`${version} (stable)`)
  })

  it('cancel what never ends', async () => {
    const { connection, run } = await start()
    await expect(connection.run({ path: '/ppp/active/listen' }, { timeoutMs: 100 })).rejects.toThrow(/in time/)
    await pauseMs(150)
    expect((await run('/system/identity/print')).rows).toEqual([{ name: 'simulated-router' }])
  })

  it('let only so many connections in', async () => {
    const { router } = await start({ connectionsMax: 2 })
    const second = await openConnection(openOptions(router.port))
    await expect(openConnection(openOptions(router.port))).rejects.toThrow()
    second.close('test over')
  })
})

describe('lines of the simulated router', () => {
  it('come up only with the right password on an enabled secret', async () => {
    const { router, add, run } = await start({ redialMs: 5 })
    expect(router.dial('alice', 'pw-alice')).toBe('offline')
    await add('alice', { disabled: 'yes' })
    await pauseMs(20)
    expect(router.lineState('alice')).toBe('offline')
    await run('/ppp/secret/enable', { attributes: { numbers: 'alice' } })
    await pauseMs(30)
    expect(router.lineState('alice')).toBe('online')
    expect(router.dial('alice', 'wrong')).toBe('offline')
  })

  it('keep their session when their secret changes or goes, until it is removed', async () => {
    const { router, add, run } = await start({ redialMs: 5 })
    await add('alice')
    router.dial('alice', 'pw-alice')
    await run('/ppp/profile/add', { attributes: { name: 'walled', 'address-list': 'suspended' } })
    await run('/ppp/secret/set', { attributes: { numbers: 'alice', profile: 'walled' } })
    expect(router.lineState('alice')).toBe('online')
    const [session] = (await run('/ppp/active/print')).rows
    await run('/ppp/active/remove', { attributes: { '.id': session?.['.id'] ?? '' } })
    expect(router.lineState('alice')).toBe('offline')
    await pauseMs(30)
    expect(router.lineState('alice')).toBe('walled')
    expect(router.book.listEntries()).toMatchObject([{ list: 'suspended', dynamic: 'true' }])
    await run('/ppp/secret/remove', { attributes: { numbers: 'alice' } })
    expect(router.lineState('alice')).toBe('walled')
  })

  it('all end with a restart and come back by themselves, under new ids', async () => {
    const { router, add } = await start({ redialMs: 5 })
    await add('alice')
    router.dial('alice', 'pw-alice')
    await router.reboot(10)
    await pauseMs(30)
    expect(router.lineState('alice')).toBe('online')
    const connection = await openConnection(openOptions(router.port))
    const { rows } = await connection.run({ path: '/ppp/secret/print' })
    expect(rows[0]?.['.id']).not.toBe('*1')
    connection.close('test over')
  })
})

describe('the book of the simulated router', () => {
  it('has every write with its time and user, without passwords', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'router-'))
    cleanUp.push(() => rmSync(folder, { recursive: true }))
    const journalPath = join(folder, 'journal.jsonl')
    const { router, add } = await start({ journalPath })
    const heard: unknown[] = []
    const stop = router.onWrite((record) => heard.push(record))
    await add('alice')
    stop()
    await add('bob')
    expect(router.book.writes).toMatchObject([
      { apiUser: 'nyuzi', path: '/ppp/secret', verb: 'add', targets: ['alice'], attributes: { name: 'alice', password: '***' } },
      { targets: ['bob'] },
    ])
    expect(heard).toEqual(router.book.writes.slice(0, 1))
    expect(readFileSync(journalPath, 'utf8').trim().split('\n')).toHaveLength(2)
    router.editByHand('alice', { disabled: 'true' })
    expect(router.book.writes).toHaveLength(2)
  })
})
