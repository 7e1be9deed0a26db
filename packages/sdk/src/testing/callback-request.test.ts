import { expect, test } from 'vitest'
import { callbackRequest, changedVariants, unreadableVariants } from './callback-request.ts'

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

test('a call is a POST of JSON unless told otherwise', () => {
  const call = callbackRequest({ channel: 'stk', body: { amount: '10.00' } })
  expect(call).toMatchObject({ channel: 'stk', method: 'POST', headers: { 'content-type': 'application/json' }, query: {} })
  expect(text(call.rawBody)).toBe('{"amount":"10.00"}')
  expect('peerAddress' in call).toBe(false)
})

test('text and bytes are sent as they are, and headers, query and address are passed on', () => {
  const call = callbackRequest({
    channel: 'report',
    method: 'GET',
    body: 'id=1',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    query: { id: '1' },
    peerAddress: '192.0.2.7',
  })
  expect(text(call.rawBody)).toBe('id=1')
  expect(call).toMatchObject({ method: 'GET', query: { id: '1' }, peerAddress: '192.0.2.7' })
  expect(call.headers['content-type']).toBe('application/x-www-form-urlencoded')
  expect(callbackRequest({ channel: 'report', body: Uint8Array.of(255) }).rawBody).toEqual(Uint8Array.of(255))
})

test('changed variants differ from the sample in one bit each, over the whole body', () => {
  const sample = callbackRequest({ channel: 'stk', body: { note: 'x'.repeat(300) } })
  const places = changedVariants(sample).map(({ rawBody }) => {
    const differing = [...rawBody.keys()].filter((place) => rawBody[place] !== sample.rawBody[place])
    expect(rawBody.length).toBe(sample.rawBody.length)
    expect(differing).toHaveLength(1)
    return differing[0] ?? -1
  })
  expect(places.length).toBeGreaterThanOrEqual(30)
  expect(new Set(places).size).toBe(places.length)
  expect(Math.max(...places)).toBeGreaterThan(sample.rawBody.length * 0.9)
})

test('unreadable variants keep where the call came from and lose what it says', () => {
  const sample = callbackRequest({ channel: 'stk', body: { id: 'a' }, headers: { 'x-from': 'them' } })
  const variants = unreadableVariants(sample)
  expect(variants.length).toBeGreaterThan(4)
  for (const variant of variants) {
    expect(variant).toMatchObject({ channel: 'stk', headers: { 'x-from': 'them' } })
    expect(text(variant.rawBody)).not.toContain('"a"')
  }
})

test('a call that says everything in its query loses that', () => {
  const sample = callbackRequest({ channel: 'report', method: 'GET', query: { id: '1', state: 'delivered' } })
  for (const { query } of unreadableVariants(sample)) expect(query).not.toHaveProperty('state')
})
