import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openRuler } from '../draw/ruler.ts'
import { body } from './style.ts'
import { wrap } from './wrap.ts'

const ruler = openRuler(undefined)
const widthOf = (line: string) => ruler.widthOf(line, body.typeface, body.size)

describe('lines', () => {
  it('break between words', () => {
    expect(wrap(ruler, 'Home 10, for the whole house', body, widthOf('Home 10, for'))).toEqual(['Home 10, for', 'the whole', 'house'])
  })

  it('are none for a text of nothing', () => {
    expect(wrap(ruler, ' \n ', body, 100)).toEqual([])
  })

  it('are never too wide and lose no letter, in any text', () => {
    const letters = fc.constantFrom(...'aWi.10-éক্ষর্মিু ')
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 120 }), fc.integer({ min: 40, max: 300 }), (text, width) => {
        const lines = wrap(ruler, text, body, width)
        expect(lines.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''))
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width)
      }),
      { numRuns: 300 },
    )
  })
})
