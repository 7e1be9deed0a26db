import { ProviderMisconfigured, secretFields, z } from '@nyuzi/sdk'
import { createFakeHost } from '@nyuzi/sdk/testing'
import { describe, expect, it } from 'vitest'
import { mpesa } from '../src/index.ts'
import { install, settings } from './daraja.ts'

describe('the settings', () => {
  it('describe every field for the admin pages and mark the secrets', () => {
    const { properties = {} } = z.toJSONSchema(mpesa.config, { io: 'input' })
    for (const [name, field] of Object.entries(properties)) expect(field, name).toHaveProperty('description')
    expect(secretFields(mpesa.config)).toEqual(['consumerKey', 'consumerSecret', 'passkey'])
  })

  it('are safe by default: production, masked numbers, published callers', () => {
    const { host } = createFakeHost({ plugin: mpesa, settings })
    expect(host.config).toMatchObject({ kind: 'paybill', baseUrl: 'https://api.safaricom.co.ke', c2bVersion: 'v2' })
    expect(host.config.peerAddresses).toHaveLength(12)
    expect(JSON.stringify(host.config)).not.toContain(settings.passkey)
  })

  it.each([
    [{ shortcode: '4001' }, /5 to 7 digits/],
    [{ shortcode: 400123 }, /shortcode/],
    [{ baseUrl: 'ftp://api.example' }, /baseUrl/],
    [{ peerAddresses: ['somewhere'] }, /peerAddresses/],
  ])('refuse %o', (override, message) => {
    expect(() => install(override)).toThrow(message)
  })

  it.each([
    [{ kind: 'till' }, /storeNumber: a till needs/],
    [{ storeNumber: '7654321' }, /storeNumber: only a till/],
    [{ amountMin: 500, amountMax: 100 }, /amountMin: must not be above/],
  ])('that contradict each other (%o) name the field and the fix', (override, message) => {
    const failure = (() => {
      try {
        return install(override)
      } catch (error) {
        return error
      }
    })()
    expect(failure).toBeInstanceOf(ProviderMisconfigured)
    expect((failure as Error).message).toMatch(message)
  })
})
