import { readdirSync } from 'node:fs'
import type { CallbackRequest } from '@nyuzi/sdk'
import { callbackRequest } from '@nyuzi/sdk/testing'
import { describe, expect, it } from 'vitest'
import { fixture, install } from './daraja.ts'

const callsMax = 2_000
const { payments } = install({ peerAddresses: [] })

const originals = readdirSync(new URL('./fixtures/', import.meta.url))
  .map((file) => file.replace('.json', ''))
  .filter((id) => /^(stk-callback|c2b-confirmation|c2b-validation-request)/.test(id))
  .map((id) => ({ channel: channelOf(id), text: fixture(id).rawBody }))

function channelOf(id: string): string {
  if (id.startsWith('stk')) return 'stk'
  return id.startsWith('c2b-confirmation') ? 'confirmation' : 'validation'
}

/** A small fixed generator, so that a finding is found again. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

const pieces = [
  'null',
  '""',
  '[]',
  '{}',
  '-1',
  '1e999',
  '0.001',
  '"\\u0000"',
  '\\',
  '"',
  '{"a":',
  ']',
  '\uFEFF',
  '9'.repeat(40),
  '['.repeat(9_000),
]

function mutate(text: string, roll: (sides: number) => number): Uint8Array {
  let mutated = text
  for (let turn = 0; turn <= roll(3); turn += 1) {
    const at = roll(mutated.length + 1)
    const until = at + roll(12)
    const kind = roll(5)
    if (kind === 0) mutated = mutated.slice(0, at) + mutated.slice(until)
    else if (kind === 1) mutated = mutated.slice(0, at) + pieces[roll(pieces.length)] + mutated.slice(at)
    else if (kind === 2) mutated = mutated.slice(0, at)
    else if (kind === 3) mutated = mutated.replace(/:[^,:{}[\]]+(?=[,}])/, `:${pieces[roll(pieces.length)]}`)
    else mutated = mutated.slice(0, at) + String.fromCharCode(roll(300)) + mutated.slice(at + 1)
  }
  const bytes = new TextEncoder().encode(mutated)
  return roll(4) === 0 && bytes.length > 0 ? bytes.with(roll(bytes.length), roll(256)) : bytes
}

function expectNotices(call: CallbackRequest): 'read' | 'thrown' {
  try {
    const notices = call.channel === 'validation' ? [] : payments.translateCallback(call)
    if (call.channel === 'validation') expect(payments.enquiries.translateEnquiry(call).amount.amountMinor).toBeGreaterThan(0n)
    for (const notice of notices) {
      expect(['succeeded', 'failed', 'pending', 'unknown']).toContain(notice.status)
      if (notice.status !== 'succeeded') continue
      if (notice.amount) expect(notice.amount.amountMinor).toBeGreaterThan(0n)
      if (notice.providerTransaction !== undefined) expect(notice.providerTransaction).toMatch(/^[A-Z0-9]{6,20}$/)
      if (notice.paidAt) expect(Number.isNaN(notice.paidAt.getTime())).toBe(false)
    }
    return 'read'
  } catch (error) {
    expect(error).toMatchObject({ name: 'UnreadableCallback' })
    return 'thrown'
  }
}

describe('mutated callbacks', () => {
  it(`never crash verifying, and become valid notices or a clean refusal (${callsMax} calls)`, () => {
    const roll = dice(20_261_114)
    const seen = { read: 0, thrown: 0 }
    for (let turn = 0; turn < callsMax; turn += 1) {
      const original = originals[roll(originals.length)]
      if (!original) throw new Error('there are no fixtures to mutate')
      const call = callbackRequest({ channel: original.channel, body: mutate(original.text, roll) })
      const verified = payments.verifyCallback(call)
      expect(verified.dedupeKey.length).toBeGreaterThan(4)
      expect(payments.verifyCallback(structuredClone(call))).toEqual(verified)
      seen[expectNotices(call)] += 1
    }
    expect(seen.read).toBeGreaterThan(100)
    expect(seen.thrown).toBeGreaterThan(100)
  })
})
