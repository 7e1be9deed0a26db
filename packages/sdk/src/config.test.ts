import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Secret, secret, secretFields, z } from './config.ts'

describe('a secret', () => {
  const hidden = new Secret('s3cr3t-value')

  test('reveals its value only when asked', () => {
    expect(hidden.reveal()).toBe('s3cr3t-value')
  })

  test.each([
    ['JSON', JSON.stringify({ hidden })],
    ['a template string', `Bearer ${hidden}`],
    ['a sum of strings', 'Bearer '.concat(String(hidden))],
    ['util.inspect', inspect({ hidden }, { depth: 9, showHidden: true })],
    ['its keys', JSON.stringify(Object.entries(hidden).concat(Object.getOwnPropertyNames(hidden) as never))],
    ['a spread', JSON.stringify({ ...hidden })],
    ['a clone', inspect(structuredClone(hidden), { showHidden: true })],
  ])('does not show itself in %s', (_, text) => {
    expect(text).not.toContain('s3cr3t')
  })

  test('says that something is hidden where it would have been', () => {
    expect(JSON.stringify({ hidden })).toBe('{"hidden":"[secret]"}')
    expect(`${hidden} ${inspect(hidden)}`).toBe('[secret] [secret]')
  })
})

describe('a secret setting', () => {
  const config = z.object({ apiKey: secret().describe('From the portal'), baseUrl: z.url() })

  test('is text outside and a Secret inside', () => {
    const settings = config.parse({ apiKey: 'key-0123456789', baseUrl: 'https://sms.example' })
    expect(settings.apiKey).toBeInstanceOf(Secret)
    expect(settings.apiKey.reveal()).toBe('key-0123456789')
  })

  test('may not be empty, and a refusal does not quote what was given', () => {
    expect(config.safeParse({ apiKey: '', baseUrl: 'https://sms.example' }).success).toBe(false)
    const refused = config.safeParse({ apiKey: 's3cr3t-value', baseUrl: 'nowhere' })
    expect(JSON.stringify(refused.error?.issues)).not.toContain('s3cr3t')
  })

  test('is marked as a password that is only written in the JSON schema of the settings', () => {
    const { properties } = z.toJSONSchema(config, { io: 'input' })
    expect(properties?.['apiKey']).toMatchObject({ type: 'string', format: 'password', writeOnly: true, description: 'From the portal' })
  })
})

describe('the secret fields of a schema', () => {
  test.each([
    ['bare', secret()],
    ['described', secret().describe('From the portal')],
    ['optional', secret().optional()],
    ['nullable', secret().nullable()],
    ['with a default', secret().default(new Secret('none'))],
    ['with a default text', secret().prefault('none')],
    ['optional and described', secret().optional().describe('Only for the sandbox')],
    ['read-only', secret().readonly()],
    ['piped on', secret().pipe(z.instanceof(Secret))],
    ['in a list', z.array(secret())],
    ['in a record', z.record(z.string(), secret())],
    ['inside an object', z.object({ key: secret().optional() })],
    ['in a union', z.union([z.object({ kind: z.literal('none') }), z.object({ kind: z.literal('basic'), password: secret() })])],
  ])('include a secret that is %s', (_, field) => {
    expect(secretFields(z.object({ plain: z.string().describe('Shown to all'), field }))).toEqual(['field'])
  })

  test('leave out what is shown to all', () => {
    const config = z.object({ username: z.string(), port: z.coerce.number().default(8728), zone: z.enum(['KE', 'BD']).optional() })
    expect(secretFields(config)).toEqual([])
  })
})
