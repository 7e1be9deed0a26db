import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asId, readId, showId } from './ids.ts'
import { Defect } from './outcome.ts'

const uuids = fc.uuid().map((uuid) => uuid.toLowerCase())

describe('ids', () => {
  it('come back from the form people see', () => {
    fc.assert(
      fc.property(uuids, (uuid) => {
        expect(readId('invoice', showId('invoice', uuid))).toBe(asId('invoice', uuid))
      }),
    )
  })

  it('name their noun, so that another noun cannot be passed for it', () => {
    fc.assert(fc.property(uuids, (uuid) => readId('payment', showId('invoice', uuid)) === undefined))
    expect(showId('subscriber', '019a6f0e-0000-7000-8000-000000000001')).toBe('sub_019a6f0e000070008000000000000001')
  })

  it.each([
    '',
    'inv_',
    'inv_019A6F0E000070008000000000000001',
    'inv_019a6f0e0000700080000000000000011',
    '019a6f0e-0000-7000-8000-000000000001',
  ])('%s is no id of an invoice', (text) => expect(readId('invoice', text)).toBeUndefined())

  it('are lower-case UUIDs or a defect', () => {
    expect(() => asId('invoice', '019A6F0E-0000-7000-8000-000000000001')).toThrow(Defect)
    expect(() => asId('invoice', 'inv_1')).toThrow(Defect)
  })
})
