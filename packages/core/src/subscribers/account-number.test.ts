import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Defect } from '../outcome.ts'
import { accountKey, hasValidCheckDigit, makeAccountNumber, nearAccountKeys } from './account-number.ts'

const sequences = fc.bigInt({ min: 0n, max: 99_999_999n })
const prefixes = fc.constantFrom('', '', 'NRB', 'Kili', 'B2-')
const numbers = fc.record({ sequence: sequences, prefix: prefixes }).map(({ sequence, prefix }) => makeAccountNumber(sequence, prefix))
const digits = [...'0123456789']
/** Every number that a run of 3,000 subscribers gets. */
const firstNumbers = Array.from({ length: 3_000 }, (_, index) => makeAccountNumber(BigInt(10_000 + index)))

const replaced = (text: string, at: number, by: string): string => text.slice(0, at) + by + text.slice(at + 1)
const swapped = (text: string, at: number): string => text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2)

describe('an account number', () => {
  it('is a sequence and its check digit, six digits or more', () => {
    expect(makeAccountNumber(572n)).toBe('005724')
    expect(makeAccountNumber(10_023n)).toBe('100233')
    expect(makeAccountNumber(0n)).toBe('000000')
    expect(makeAccountNumber(1_234_567n)).toMatch(/^1234567\d$/)
    expect(makeAccountNumber(1n, 'nrb-')).toBe('NRB000013')
  })

  it('is its own key, whatever its prefix', () => {
    fc.assert(fc.property(numbers, (number) => accountKey(number) === number && hasValidCheckDigit(number)))
  })

  it('differs for every sequence', () => expect(new Set(firstNumbers).size).toBe(firstNumbers.length))

  it('counts from zero', () => expect(() => makeAccountNumber(-1n)).toThrow(Defect))
})

describe('the check digit', () => {
  it('recognises every single wrong digit of 3,000 numbers', () => {
    for (const number of firstNumbers) {
      for (let at = 0; at < number.length; at += 1) {
        for (const digit of digits) {
          const typed = replaced(number, at, digit)
          if (typed !== number && hasValidCheckDigit(typed)) expect.fail(`${number} passes as ${typed}`)
        }
      }
    }
  })

  it('recognises every swap of two neighbours of 3,000 numbers', () => {
    for (const number of firstNumbers) {
      for (let at = 0; at < number.length - 1; at += 1) {
        const typed = swapped(number, at)
        if (typed !== number && hasValidCheckDigit(typed)) expect.fail(`${number} passes as ${typed}`)
      }
    }
  })

  it('recognises both in longer numbers with a prefix that has a digit', () => {
    fc.assert(
      fc.property(numbers, fc.nat(), fc.constantFrom(...digits), (number, place, digit) => {
        const at = place % number.length
        const wrong = replaced(number, at, digit)
        if (/\d/.test(number.charAt(at)) && wrong !== number) expect(hasValidCheckDigit(wrong)).toBe(false)
        const swap = swapped(number, at)
        if (/^\d\d$/.test(number.slice(at, at + 2)) && swap !== number) expect(hasValidCheckDigit(swap)).toBe(false)
      }),
      { numRuns: 1_000 },
    )
  })

  it('is found on no text that is too short or does not end in digits', () => {
    expect(['', '0', '00000', '00000A', 'NRB', 'A00000'].map(hasValidCheckDigit)).toEqual(Array(6).fill(false))
  })
})

describe('the key of what was typed', () => {
  it.each([
    ['100233', '100233'],
    [' 100 233 ', '100233'],
    ['100-233', '100233'],
    ['100.233.', '100233'],
    ['1OO233', '100233'],
    ['1oo233', '100233'],
    ['I00233', '100233'],
    ['l00233', '100233'],
    ['nrb 0000-13', 'NRB000013'],
    ['１００２３３', '100233'],
    ['Renée 12', 'RENEE12'],
    ['#100233', '100233'],
    ['', ''],
    [' -. ', ''],
    ['করিম', ''],
  ])('%j is %j', (typed, expected) => expect(accountKey(typed)).toBe(expected))

  it('stays the same when it is folded again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (typed) => {
        const key = accountKey(typed)
        expect(accountKey(key)).toBe(key)
        expect(key).toMatch(/^[A-HJKMNP-Z0-9]*$/)
      }),
      { numRuns: 1_000 },
    )
  })

  it('does not see case, spaces, dashes, or letters that look like digits', () => {
    const noises = fc.array(fc.constantFrom('', ' ', '-', '.', '–', '\u00a0'), { minLength: 12, maxLength: 12 })
    fc.assert(
      fc.property(numbers, noises, fc.boolean(), (number, noise, lower) => {
        const disguised = [...number]
          .map((sign, at) => (noise[at] ?? '') + ({ 0: 'O', 1: at % 2 === 0 ? 'I' : 'l' }[sign] ?? sign))
          .join('')
        expect(accountKey(lower ? disguised.toLowerCase() : disguised)).toBe(number)
      }),
    )
  })
})

describe('near account numbers', () => {
  /** Every text that is one slip of a finger from the number; a lost letter of the prefix could be any, so those are not tried. */
  function slips(number: string): readonly string[] {
    const found = new Set<string>()
    for (let at = 0; at <= number.length; at += 1) {
      const isDigit = /\d/.test(number.charAt(at))
      for (const digit of digits) {
        found.add(number.slice(0, at) + digit + number.slice(at))
        if (isDigit) found.add(replaced(number, at, digit))
      }
      if (isDigit) found.add(number.slice(0, at) + number.slice(at + 1))
      if (at < number.length - 1) found.add(swapped(number, at))
    }
    found.delete(number)
    return [...found]
  }

  it('hold the right one for every slip on a hundred numbers', () => {
    for (const number of firstNumbers.slice(0, 100)) {
      for (const typed of slips(number)) {
        if (!nearAccountKeys(typed).includes(number)) expect.fail(`${typed} does not lead to ${number}`)
      }
    }
  })

  it('hold the right one for any number, also with a prefix and for a letter typed in place of a digit', () => {
    fc.assert(
      fc.property(numbers, fc.nat(), (number, place) => {
        const all = slips(number)
        expect(nearAccountKeys(all[place % all.length] ?? '')).toContain(number)
        const at = number.length - 1 - (place % 6)
        expect(nearAccountKeys(replaced(number, at, 'S'))).toContain(number)
      }),
    )
  })

  it('are few, valid, different, and never what was typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...digits, 'A', 'S'), maxLength: 40 }), (key) => {
        const near = nearAccountKeys(key)
        expect(near.length).toBeLessThanOrEqual(200)
        expect(new Set(near).size).toBe(near.length)
        expect(near.every((candidate) => candidate !== key && hasValidCheckDigit(candidate))).toBe(true)
      }),
    )
  })

  it('are none for a text far too short or too long', () => {
    expect(nearAccountKeys('1002')).toEqual([])
    expect(nearAccountKeys('1'.repeat(25))).toEqual([])
    expect(nearAccountKeys('1'.repeat(24))).not.toEqual([])
  })
})
