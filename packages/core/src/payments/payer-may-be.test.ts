import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Phone, phoneDigits } from '../subscribers/phone.ts'
import { payerMayBe } from './payer-may-be.ts'

const phone = '+254712345126' as Phone
const other = '+254712345127' as Phone
const masked = (pattern: string) => payerMayBe({ kind: 'masked', pattern }, phone, undefined)

describe('a payer', () => {
  it('with a clear number is that phone or not', () => {
    expect(payerMayBe({ kind: 'clear', phone }, phone, undefined)).toBe('yes')
    expect(payerMayBe({ kind: 'clear', phone: other }, phone, undefined)).toBe('no')
  })

  it('with a hashed number is told by the hash, and only where ours is known', () => {
    const sha256 = 'ab'.repeat(32)
    expect(payerMayBe({ kind: 'hashed', sha256 }, phone, sha256)).toBe('yes')
    expect(payerMayBe({ kind: 'hashed', sha256 }, phone, sha256.toUpperCase())).toBe('yes')
    expect(payerMayBe({ kind: 'hashed', sha256 }, phone, 'cd'.repeat(32))).toBe('no')
    expect(payerMayBe({ kind: 'hashed', sha256 }, phone, undefined)).toBe('no')
  })

  it('that is absent speaks for nobody', () => expect(payerMayBe({ kind: 'absent' }, phone, 'ab'.repeat(32))).toBe('no'))

  it.each([
    '2547*****126',
    '2547*126',
    '254712345126',
    '2547 ***** 126',
    '+2547*****126',
    '254*23*126',
    '25471*',
    '*45126',
    '2547*2*4*126',
  ])('masked as %s may be the phone', (pattern) => expect(masked(pattern)).toBe('possible'))

  it.each([
    '2547*****127',
    '2541*****126',
    '254712345127',
    // Nothing is hidden between these runs.
    '25471234*5126',
    '254*32*126',
    '254*26*126',
    '2547123451*126',
    // Too little is known: it would speak for a whole country.
    '254*',
    '*126',
    '************',
    '',
    '2547xxxxx126',
    '(a+)+$*254126',
  ])('masked as %j does not speak for the phone', (pattern) => expect(masked(pattern)).toBe('no'))

  it('masked is never more than possible, and possible for every phone that the mask was made from', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 99_999_999 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 4, max: 6 }),
        (number, hidden, from) => {
          const somePhone = `+2547${String(number).padStart(8, '0')}` as Phone
          const digits = phoneDigits(somePhone)
          const pattern = digits.slice(0, from) + '*'.repeat(hidden) + digits.slice(from + hidden)
          expect(payerMayBe({ kind: 'masked', pattern }, somePhone, undefined)).toBe('possible')
          expect(payerMayBe({ kind: 'masked', pattern: digits }, somePhone, undefined)).toBe('possible')
        },
      ),
    )
  })
})
