import { describe, expect, expectTypeOf, test, vi } from 'vitest'
import { type Secret, secret, z } from '../config.ts'
import { definePlugin } from '../define-plugin.ts'
import { createFakeClock } from './fake-clock.ts'
import { createFakeHost } from './fake-host.ts'

const plugin = definePlugin({
  id: 'sms',
  title: 'SMS',
  contract: 1,
  config: z.object({ username: z.string(), apiKey: secret(), attemptsMax: z.number().default(3) }),
  setup: () => ({ stop: async () => {} }),
})
const settings = { username: 'isp', apiKey: 'key-0123456789' }

test('the fake host parses settings as the real one does and sets the plugin up', () => {
  const { host, capabilities, secrets } = createFakeHost({ plugin, settings })
  expectTypeOf(host.config.apiKey).toExtend<Secret>()
  expect(host.config).toMatchObject({ username: 'isp', attemptsMax: 3 })
  expect(host.config.apiKey.reveal()).toBe('key-0123456789')
  expect(Object.isFrozen(host.config)).toBe(true)
  expect(capabilities.stop).toBeDefined()
  expect(secrets).toEqual(['key-0123456789'])
})

test('settings that do not fit are listed field by field, without their values', () => {
  const wrong = { username: 7, apiKey: '', apiKye: 's3cr3t-value' }
  const make = () => createFakeHost({ plugin, settings: wrong })
  expect(make).toThrow(/plugin "sms".*username: .*apiKey: .*apiKye/s)
  expect(make).not.toThrow('s3cr3t')
})

test('an installation is named, placed and addressed', () => {
  const installationId = '019a8c00-1111-7222-8333-444444444444'
  const { host, callbackUrl } = createFakeHost({ plugin, settings, country: 'BD', installationId })
  expect(host.installation).toMatchObject({ id: installationId, country: 'BD' })
  expect(host.callbackUrl('stk')).toMatch(/^https:\/\/isp\.example\/callbacks\/019a8c00111172228333444444444444\/stk\/[0-9a-f]{32}$/)
  expect(callbackUrl('stk')).toBe(host.callbackUrl('stk'))
})

test('the log keeps every line, with what a careless plugin would show', () => {
  const { host, log } = createFakeHost({ plugin, settings })
  host.log.info('started')
  host.log.warn('no answer', { attempt: 2n, error: new Error('outer', { cause: new Error('inner') }), key: host.config.apiKey })
  expect(log.lines[0]).toBe('info started')
  expect(log.lines[1]).toMatch(/^warn no answer \{\s+attempt: 2n.*outer.*inner.*key: \[secret\]/s)
})

describe('the clock', () => {
  test('stands still in the morning of 14 November 2026 until it is moved', () => {
    const { host, clock } = createFakeHost({ plugin, settings })
    expect(host.clock.now().toISOString()).toBe('2026-11-14T07:30:15.000Z')
    clock.advanceMs(90_000)
    expect(host.clock.now().toISOString()).toBe('2026-11-14T07:31:45.000Z')
    clock.set(new Date('2027-01-01T00:00:00Z'))
    expect(host.clock.now().toISOString()).toBe('2027-01-01T00:00:00.000Z')
  })

  test('is not moved by someone who changes the moment it gave', () => {
    const clock = createFakeClock()
    clock.now().setFullYear(1999)
    expect(clock.now().getFullYear()).toBe(2026)
  })
})

test('the cursor remembers the last bookmark', async () => {
  const { cursor } = createFakeHost({ plugin, settings }).host
  expect(await cursor.read()).toBeUndefined()
  await cursor.write('page-2')
  expect(await cursor.read()).toBe('page-2')
})

describe('shared secrets', () => {
  const fixture = () => {
    const { host, clock } = createFakeHost({ plugin, settings })
    let minted = 0
    const mint = vi.fn(async () => {
      minted += 1
      return { value: `token-${minted}`, expiresAt: new Date(host.clock.now().getTime() + 60_000) }
    })
    return { shared: host.shared, clock, mint, get: () => host.shared.get('token', mint) }
  }

  test('are minted once for all who ask at once, and kept', async () => {
    const { get, mint } = fixture()
    expect(await Promise.all([get(), get(), get()])).toEqual(['token-1', 'token-1', 'token-1'])
    expect(await get()).toBe('token-1')
    expect(mint).toHaveBeenCalledTimes(1)
  })

  test('are minted anew when they expire', async () => {
    const { get, clock } = fixture()
    await get()
    clock.advanceMs(59_999)
    expect(await get()).toBe('token-1')
    clock.advanceMs(1)
    expect(await get()).toBe('token-2')
  })

  test('that are refused are dropped once, however many noticed', async () => {
    const { get, shared } = fixture()
    const refused = await get()
    await shared.drop('token', refused)
    expect(await get()).toBe('token-2')
    await shared.drop('token', refused)
    expect(await get()).toBe('token-2')
  })

  test('that could not be minted are tried again by the next who asks', async () => {
    const { get, mint } = fixture()
    mint.mockRejectedValueOnce(new Error('no answer'))
    await expect(get()).rejects.toThrow('no answer')
    expect(await get()).toBe('token-1')
  })

  test('have a name each', async () => {
    const { shared, mint } = fixture()
    expect([await shared.get('one', mint), await shared.get('other', mint)]).toEqual(['token-1', 'token-2'])
  })
})
