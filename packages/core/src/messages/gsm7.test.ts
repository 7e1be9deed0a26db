import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isGsm7, toGsm7 } from './gsm7.ts'

describe('the basic table of GSM 03.38', () => {
  it('has 127 signs that stay as they are', () => {
    const table = `@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà`
    expect([...table]).toHaveLength(127)
    expect(isGsm7(table)).toBe(true)
    expect(toGsm7(table)).toBe(table)
  })

  it.each([
    ['Wanjikũ’s line', "Wanjiku's line"],
    ['“Kilimani” – block [B]', '"Kilimani" - block (B)'],
    ['€5 and ৳5', 'EUR5 and Tk5'],
    ['a\tb\u00a0c…', 'a b c...'],
    ['José Çelik', 'José Çelik'],
    ['Jose\u0301', 'José'],
    ['Łódź', 'odz'],
    ['করিম 😀!', ' !'],
    ['~{x|y}\\^`', "-(x/y)/'"],
  ])('takes %j as %j', (text, expected) => expect(toGsm7(text)).toBe(expected))

  it('is all that is left of any text, and does not change it twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const plain = toGsm7(text)
        expect(isGsm7(plain)).toBe(true)
        expect(toGsm7(plain)).toBe(plain)
      }),
      { numRuns: 500 },
    )
  })
})
