import { readFileSync } from 'node:fs'
import { secretFields } from '@nyuzi/sdk'
import { describe, expect, it } from 'vitest'
import { config } from '../src/index.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const needed = { host: '192.0.2.1', username: 'nyuzi', password: 'router-password' }

describe('settings', () => {
  it('are described, one by one, and listed in the README', () => {
    const [, table = ''] = readme.split('## Settings')
    const listed = [...(table.split('## ')[0] ?? '').matchAll(/^\| `(\w+)`/gm)].map((match) => match[1])
    expect(listed.sort()).toEqual(Object.keys(config.shape).sort())
    for (const [name, field] of Object.entries(config.shape)) expect(field.description, name).toBeTruthy()
  })

  it('have defaults for all but the router and its user', () => {
    const settings = config.parse(needed)
    expect(settings).toMatchObject({ tls: 'verified', suspendMode: 'profile', suspendedProfile: 'nyuzi-suspended', inFlight: 6 })
    expect(secretFields(config)).toEqual(['password'])
    expect(JSON.stringify(settings)).not.toContain('router-password')
  })

  it.each([
    [{ tls: 'pinned' }, 'fingerprint'],
    [{ fingerprint: 'abc' }, 'fingerprint'],
    [{ suspendedRate: 'slow' }, 'suspendedRate'],
    [{ profilePrefix: 'no spaces' }, 'profilePrefix'],
    [{ inFlight: 0 }, 'inFlight'],
  ])('that cannot be meant are refused: %j', (wrong, field) => {
    expect(config.safeParse({ ...needed, ...wrong }).error?.issues.map(({ path }) => path[0])).toEqual([field])
  })
})
