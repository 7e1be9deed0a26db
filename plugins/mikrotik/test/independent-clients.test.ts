import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { RouterOSAPI } from 'node-routeros'
import { afterEach, describe, expect, it } from 'vitest'
import { type RouterSimulator, type SimulatorOptions, startRouterSimulator } from '../src/simulator/index.ts'

// Our own client and our stand-in share a codec, so that strangers must say whether the stand-in speaks the language.
const run = promisify(execFile)
const python = '/usr/bin/python3'
const script = fileURLToPath(new URL('./librouteros-client.py', import.meta.url))
const missing = await whyNoPython()
if (missing) console.info(`librouteros against the simulator: skipped, ${missing}`)

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step()
})

async function start(options: SimulatorOptions): Promise<RouterSimulator> {
  const router = await startRouterSimulator(options)
  cleanUp.push(() => router.stop())
  return router
}

// Before 7.18: node-routeros 1.6.9 ends the process on the `!empty` of later versions.
describe.each(['6.42.12', '6.48.6', '7.17.2'])('node-routeros against the simulator, version %s', (version) => {
  async function connect(router: RouterSimulator, password = router.password) {
    const client = new RouterOSAPI({ host: router.host, port: router.port, user: router.username, password, timeout: 5 })
    client.on('error', () => {})
    cleanUp.push(() => client.close().catch(() => {}))
    await client.connect()
    return client
  }

  it('adds, prints, sets and removes', async () => {
    const router = await start({ version })
    const client = await connect(router)
    const [added] = await client.write('/ppp/secret/add', ['=name=alice', '=password=pw', '=profile=default', '=comment=a=b'])
    expect(added).toEqual({ ret: '*1' })
    await client.write('/ppp/secret/set', ['=.id=*1', '=disabled=yes'])
    const rows = await client.write('/ppp/secret/print', ['?name=alice', '=.proplist=name,disabled,comment'])
    expect(rows).toEqual([{ name: 'alice', disabled: 'true', comment: 'a=b' }])
    await client.write('/ppp/secret/remove', ['=.id=*1'])
    expect(await client.write('/ppp/secret/print')).toEqual([])
  })

  it('reads the words of a refusal', async () => {
    const router = await start({ version })
    const client = await connect(router)
    await expect(client.write('/ppp/secret/add', ['=name=a', '=profile=gold'])).rejects.toThrow('input does not match any value of profile')
  })

  it('is refused with a wrong password', async () => {
    const router = await start({ version })
    await expect(connect(router, 'wrong-password')).rejects.toThrow()
  })
})

describe.skipIf(missing)('librouteros against the simulator', () => {
  it.each([
    ['6.42.12', 'token'],
    ['6.48.6', 'plain'],
    ['7.18.2', 'plain'],
  ])('agrees on version %s with the login %s', async (version, login) => {
    const router = await start({ version })
    const { stdout } = await run(python, [script, String(router.port), router.username, router.password, login], { timeout: 20_000 })
    expect(JSON.parse(stdout)).toEqual({
      identity: [{ name: 'simulated-router' }],
      added: '*2',
      either: ['alice', 'bob'],
      disabled: ['bob'],
      traps: [
        ['input does not match any value of profile', 1],
        ['failure: secret with the same name already exists', null],
        ['no such item', 0],
      ],
      left: ['alice'],
      nothing: [],
      long: 20_000,
    })
    expect(router.book.secrets().map(({ name }) => name)).toEqual(['alice'])
  })

  it('is understood when replies come octet by octet', async () => {
    const router = await start({})
    router.splitBytes(1)
    const { stdout } = await run(python, [script, String(router.port), router.username, router.password, 'plain'], { timeout: 20_000 })
    expect(JSON.parse(stdout)).toMatchObject({ either: ['alice', 'bob'] })
  })
})

async function whyNoPython(): Promise<string | undefined> {
  if (!existsSync(python)) return `there is no ${python}`
  return run(python, ['-c', 'import librouteros']).then(
    () => undefined,
    () => `${python} has no librouteros (Debian: python3-librouteros)`,
  )
}
