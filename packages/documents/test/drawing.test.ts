import { describe, expect, it } from 'vitest'
import { openLetters } from '../src/draw/letters.ts'
import { qrRows } from '../src/draw/qr-rows.ts'
import { openRuler } from '../src/draw/ruler.ts'
import { layOut } from '../src/layout/lay-out.ts'
import { paper } from '../src/layout/page-frame.ts'
import { sizeOf } from '../src/logo.ts'
import { renderDocument } from '../src/render-document.ts'
import { sheetOf } from '../src/sheet/sheet-of.ts'
import { inBangla, samples } from './samples.ts'

describe('ink follows the layout', () => {
  it.each(Object.entries(samples))('each text of %s stands in the file where it was laid', async (_, document) => {
    const { logo } = document.issuer
    const laid = layOut(sheetOf(document), openRuler(logo && sizeOf(logo)))
      .flat()
      .filter((mark) => mark.kind === 'text')
      .map(({ x, y, size }) => [x, paper.height - y, size])
    const file = Buffer.from(await renderDocument(document)).toString('latin1')
    const drawn = [...file.matchAll(/1 0 0 1 ([\d.]+) ([\d.]+) Tm\n\/F\d+ ([\d.]+) Tf/g)].map((found) => found.slice(1).map(Number))
    expect(drawn).toHaveLength(laid.length)
    for (const [index, place] of drawn.entries())
      for (const [axis, value] of place.entries()) expect(value).toBeCloseTo(laid[index]?.[axis] ?? Number.NaN, 2)
  })
})

describe('Bengali', () => {
  const { regular } = openLetters()
  const glyphs = (text: string) => regular.shape(text).glyphs.map(({ id }) => id)
  const glyphOf = (letter: string) => glyphs(letter)[0]
  const hasanta = regular.outlines.glyphForCodePoint(0x9cd).id

  it.each(['ধাক্কা', 'মক্কা', 'চট্টগ্রাম', 'বিজ্ঞান', 'লক্ষ্মী', 'স্বাস্থ্য', 'মুক্তিযোদ্ধা', 'কর্তৃপক্ষ'])('joins the conjuncts of %s', (word) => {
    expect(word).toContain('্')
    expect(glyphs(word)).not.toContain(hasanta)
    expect(glyphs(word)).not.toContain(0)
  })

  it('puts the vowel that is written first before its consonant', () => {
    expect(glyphs('মি').indexOf(glyphOf('ম') as number)).toBe(1)
  })

  it('writes the r of a conjunct once', () => {
    const [reph] = glyphs('র্ক').filter((id) => !glyphs('ক').includes(id))
    expect(glyphs('মার্কিন').filter((id) => id === reph).length).toBeLessThanOrEqual(1)
    expect(glyphs('ভর্তি')).toHaveLength(5)
  })

  it('cuts a word between letters, not between a letter and its sign', () => {
    expect(regular.clustersOf('মুক্তি')).toEqual(['মু', 'ক্তি'])
  })

  it('comes out of the page as it went in, when copied', async () => {
    const file = Buffer.from(await renderDocument(inBangla)).toString('latin1')
    expect(file).toContain(`<${[...'ক্ষ'].map((letter) => `0${letter.charCodeAt(0).toString(16)}`).join(' ')}>`)
  })
})

describe('the code', () => {
  it('is square, and the same for the same text', () => {
    const { modules, runs } = qrRows('Pay to: Paybill 400123')
    expect(modules).toBeGreaterThanOrEqual(25)
    expect(runs[0]).toEqual({ row: 0, column: 0, length: 7 })
    expect(Math.max(...runs.map(({ column, length }) => column + length))).toBe(modules)
    expect(qrRows('Pay to: Paybill 400123')).toEqual({ modules, runs })
  })
})
