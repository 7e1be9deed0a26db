import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { measureText, plainText } from '../src/index.ts'

const gsmCharacter = fc.constantFrom(...'AZaz09 @£éñ\n^{}[]~|€\\')
const anyCharacter = fc.oneof(
  gsmCharacter,
  fc.constantFrom('😀', 'আ', '’', 'ç', '𝒳'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
)
const anyText = fc.array(anyCharacter, { maxLength: 400 }).map((characters) => characters.join(''))

describe('counting parts', () => {
  it('never counts fewer parts for a longer text', () => {
    fc.assert(
      fc.property(anyText, anyCharacter, (text, more) => {
        const [shorter, longer] = [measureText(text), measureText(text + more)]
        expect(longer.parts).toBeGreaterThanOrEqual(shorter.parts)
      }),
    )
  })

  it('cuts a text so that no character is split and no part is too long', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { encoding, parts, units } = measureText(text)
        const [single, joined] = encoding === 'GSM-7' ? [160, 153] : [70, 67]
        expect(parts).toBeGreaterThanOrEqual(Math.ceil(units / (units <= single ? single : joined)))
        // A part loses at most one unit to a character that did not fit.
        if (units > single) expect(parts).toBeLessThanOrEqual(Math.ceil(units / (joined - 1)))
      }),
    )
  })

  it('moves a whole surrogate pair to the next part', () => {
    const pairs = '😀'.repeat(33)
    expect(measureText(`${pairs}a${'b'.repeat(67)}`).parts).toBe(2)
    // 67 is odd: the 34th pair does not fit beside 33 others, so 67 pairs need three parts and not two.
    expect(measureText('😀'.repeat(67)).parts).toBe(3)
  })

  it('moves a whole two-septet character to the next part', () => {
    expect(measureText(`${'A'.repeat(152)}€${'A'.repeat(152)}`)).toEqual({ encoding: 'GSM-7', units: 306, parts: 3 })
  })

  it('counts by units, so that UCS-2 never needs fewer parts than GSM-7 would', () => {
    fc.assert(
      fc.property(fc.array(gsmCharacter, { minLength: 1, maxLength: 400 }), (characters) => {
        const text = characters.join('')
        expect(measureText(`${text}😀`).parts).toBeGreaterThanOrEqual(measureText(text).parts)
      }),
    )
  })

  it('counts no part for no text', () => expect(measureText('')).toEqual({ encoding: 'GSM-7', units: 0, parts: 0 }))
})

describe('plain text', () => {
  it('replaces what word processors put in, so that the text stays GSM-7', () => {
    const typed = 'It’s “due” – KES\u00a03,500 — pay `now`…'
    expect(measureText(typed).encoding).toBe('UCS-2')
    expect(plainText(typed)).toBe("It's \"due\" - KES 3,500 - pay 'now'...")
    expect(measureText(plainText(typed)).encoding).toBe('GSM-7')
  })

  it('leaves every other character alone and changes nothing the second time', () => {
    expect(plainText('কিস্তি 😀 ç €')).toBe('কিস্তি 😀 ç €')
    fc.assert(
      fc.property(anyText, (text) => {
        expect(plainText(plainText(text))).toBe(plainText(text))
      }),
    )
  })
})
