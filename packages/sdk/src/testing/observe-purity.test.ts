import { request } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { observePurity } from './observe-purity.ts'

test('what a pure verb returns is passed on, with nothing to tell', () => {
  const sum = () => new Date('2026-11-14T07:30:15Z').getTime() + Date.UTC(2026, 0, 1)
  expect(observePurity(sum)).toEqual({ value: sum(), networkCalls: 0, clockReads: 0 })
})

test.each([
  ['Date.now', () => Date.now()],
  ['new Date', () => new Date()],
  ['Date as a function', () => Date()],
])('%s is a read of the clock', (_, read) => {
  expect(observePurity<unknown>(read).clockReads).toBe(1)
})

test.each([
  ['fetch', () => fetch('http://127.0.0.1:1/')],
  ['a socket', () => connect(1, '127.0.0.1')],
  ['http.request', () => request('http://127.0.0.1:1/')],
])('%s is a network call, and goes nowhere', (_, call) => {
  expect(observePurity<unknown>(call).networkCalls).toBe(1)
})

test('a moment is still a Date while it is watched, and everything is as before after a failure', () => {
  const { fetch: before, Date: RealDate } = globalThis
  expect(observePurity(() => new Date(0) instanceof Date && new Date(0) instanceof RealDate).value).toBe(true)
  expect(() =>
    observePurity(() => {
      throw new Error('unreadable')
    }),
  ).toThrow('unreadable')
  expect(globalThis.fetch).toBe(before)
  expect(globalThis.Date).toBe(RealDate)
})
