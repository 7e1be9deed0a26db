import { describe, expect, expectTypeOf, test } from 'vitest'
import { type Secret, secret, z } from './config.ts'
import { contractNumber, definePlugin, type Plugin } from './define-plugin.ts'

const config = z.object({ username: z.string(), apiKey: secret(), timeoutMs: z.number().default(10_000) })

const plugin = definePlugin({
  id: 'sms',
  title: 'SMS',
  contract: contractNumber,
  config,
  setup({ config }) {
    expectTypeOf(config.apiKey).toEqualTypeOf<Secret>()
    expectTypeOf(config.timeoutMs).toEqualTypeOf<number>()
    return {}
  },
})

test('a plugin is what was declared, and cannot be changed', () => {
  expect(plugin).toMatchObject({ id: 'sms', title: 'SMS', contract: 1 })
  expect(plugin.config).toBe(config)
  expect(Object.isFrozen(plugin)).toBe(true)
})

test('plugins with different settings fit in one list', () => {
  const other = definePlugin({ id: 'radius', title: 'RADIUS', contract: 1, config: z.object({ port: z.number() }), setup: () => ({}) })
  const plugins: readonly Plugin[] = [plugin, other]
  expect(plugins.map(({ id }) => id)).toEqual(['sms', 'radius'])
})

describe('the id of a plugin', () => {
  const withId = (id: string) => definePlugin({ id, title: 'Any', contract: 1, config: z.object({}), setup: () => ({}) })

  test.each(['sms', 'airtel-money', 'vendor2'])('may be %j', (id) => {
    expect(withId(id).id).toBe(id)
  })

  test.each(['', 'SMS', 'airtel_money', '2pay', '-sms', 'sms/../x', 'sms '])('may not be %j', (id) => {
    expect(() => withId(id)).toThrow('must be kebab-case')
  })
})
