import { randomBytes, randomUUID } from 'node:crypto'
import type { CallbackId, InstallationId, OrganisationId } from '@nyuzi/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IncomingCallback } from '../flows/payments/ports.ts'
import { fromFrame, splitFrames, toFrame } from './spool-frames.ts'
import { createVault } from './vault.ts'

const vault = createVault(new Uint8Array(32).fill(7))
const text = fc.dictionary(
  fc.string({ maxLength: 12 }).filter((key) => key !== '__proto__'),
  fc.string({ maxLength: 40 }),
  { maxKeys: 3, noNullPrototype: true },
)
const call: fc.Arbitrary<IncomingCallback> = fc
  .record({
    body: fc.uint8Array({ maxLength: 300 }),
    headers: text,
    query: text,
    receivedAt: fc.date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
    intentToken: fc.option(fc.string(), { nil: undefined }),
  })
  .map(({ intentToken, ...rest }) => ({
    id: randomUUID() as CallbackId,
    organisationId: randomUUID() as OrganisationId,
    installationId: randomUUID() as InstallationId,
    channel: 'confirmation',
    dedupeKey: 'UKE4T7Q2XM',
    ...(intentToken === undefined ? {} : { intentToken }),
    ...rest,
  }))

const segmentOf = (calls: readonly IncomingCallback[]) => calls.map((one) => toFrame(vault, one))

/** How many of the frames end at or before an octet. */
function wholeWithin(frames: readonly Uint8Array[], octets: number): number {
  const next = frames.findIndex((_, index) => frames.slice(0, index + 1).reduce((sum, frame) => sum + frame.length, 0) > octets)
  return next < 0 ? frames.length : next
}

describe('a frame of the spool', () => {
  it('gives back the call as it came', () => {
    fc.assert(
      fc.property(fc.array(call, { maxLength: 5 }), (calls) => {
        const { frames, torn } = splitFrames(Buffer.concat(segmentOf(calls)))
        expect(torn).toBe(false)
        expect(frames.map((frame) => fromFrame(vault, frame))).toEqual(calls)
      }),
    )
  })

  it('that is torn at any octet is ignored, and every whole one before it is read', () => {
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 4 }), fc.nat(), (calls, at) => {
        const frames = segmentOf(calls)
        const whole = Buffer.concat(frames)
        const cut = at % whole.length
        const before = wholeWithin(frames, cut)
        const read = splitFrames(whole.subarray(0, cut))
        expect(read.frames).toHaveLength(before)
        expect(read.torn).toBe(frames.slice(0, before).reduce((sum, frame) => sum + frame.length, 0) !== cut)
      }),
    )
  })

  it('with any changed bit is not believed, nor anything behind it', () => {
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 3 }), fc.nat(), fc.nat(7), (calls, at, bit) => {
        const frames = segmentOf(calls)
        const bytes = Buffer.concat(frames)
        const place = at % bytes.length
        bytes[place] = (bytes[place] ?? 0) ^ (1 << bit)
        const before = wholeWithin(frames, place)
        const read = splitFrames(bytes)
        expect(read.torn).toBe(true)
        expect(read.frames).toHaveLength(before)
      }),
    )
  })

  it('is never a call when it is noise', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (noise) => splitFrames(noise).torn))
  })

  it('shows nothing of the call, and opens with its own key and place only', () => {
    const [one, other] = fc.sample(call, 2) as [IncomingCallback, IncomingCallback]
    const [frame = new Uint8Array()] = splitFrames(toFrame(vault, { ...one, body: Buffer.from('254700000001') })).frames
    expect(Buffer.from(frame).includes('254700000001')).toBe(false)
    expect(Buffer.from(frame).includes('UKE4T7Q2XM')).toBe(false)
    expect(() => fromFrame(createVault(randomBytes(32)), frame)).toThrow()
    const [theirs = new Uint8Array()] = splitFrames(toFrame(vault, other)).frames
    expect(() => fromFrame(vault, Buffer.concat([theirs.subarray(0, 32), frame.subarray(32)]))).toThrow()
  })
})
