import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  CallbackRejected,
  ProviderError,
  ProviderMisconfigured,
  ProviderRateLimited,
  ProviderRefused,
  ProviderUnavailable,
  ProviderUnclear,
} from './errors.ts'

const classes = [CallbackRejected, ProviderMisconfigured, ProviderRateLimited, ProviderRefused, ProviderUnavailable, ProviderUnclear]

test('every error has its own stable code, which is its name in snake_case', () => {
  const codes = classes.map((Class) => new Class('no').code)
  expect(new Set(codes).size).toBe(classes.length)
  for (const Class of classes) expect(new Class('no').code).toBe(Class.name.replace(/\B[A-Z]/g, (letter) => `_${letter}`).toLowerCase())
})

test('an error carries its name, cause, the provider’s code and the HTTP status', () => {
  const cause = new Error('socket hang up')
  const error = new ProviderUnclear('mpesa: no answer', { cause, providerCode: '500.001.1001', status: 500 })
  expect(error).toBeInstanceOf(ProviderError)
  expect(error).toMatchObject({ name: 'ProviderUnclear', message: 'mpesa: no answer', cause, providerCode: '500.001.1001', status: 500 })
  expect('cause' in new ProviderUnclear('mpesa: no answer')).toBe(false)
})

describe('what the provider wrote', () => {
  const error = new ProviderRefused('sms: 400', { status: 400, text: `payer 254700111222 ${'x'.repeat(600)}` })

  test('is kept, cut at 500 characters', () => {
    expect(error.text).toHaveLength(500)
    expect(error.text).toMatch(/^payer 254700111222/)
  })

  test('is not printed with the error, since it may name a payer', () => {
    expect(inspect(error, { showHidden: true, depth: 5 })).not.toContain('254700111222')
    expect(JSON.stringify({ error, ...error })).not.toContain('254700111222')
  })
})
