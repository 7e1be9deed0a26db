import { type FiscalProof, money } from '@nyuzi/core'
import { describe, expect, it } from 'vitest'
import type { PrintedDocument } from '../src/document.ts'
import { openRuler } from '../src/draw/ruler.ts'
import { layOut } from '../src/layout/lay-out.ts'
import type { Mark, TextMark } from '../src/layout/mark.ts'
import { margin, paper } from '../src/layout/page-frame.ts'
import { sizeOf } from '../src/logo.ts'
import { sheetOf } from '../src/sheet/sheet-of.ts'
import { wordsOf } from '../src/words/words.ts'
import { inBangla, invoice, invoiceOf, line, longNames, longStatement, samples, sixtyLines, statement } from './samples.ts'

const rulerOf = ({ issuer: { logo } }: PrintedDocument) => openRuler(logo && sizeOf(logo))
const pagesOf = (document: PrintedDocument) => layOut(sheetOf(document), rulerOf(document))
const textsOf = (page: readonly Mark[]) => page.filter((mark): mark is TextMark => mark.kind === 'text')
const wordsOn = (page: readonly Mark[]) => textsOf(page).map(({ text }) => text)
const ruler = openRuler(undefined)
const widthOf = ({ text, typeface, size }: TextMark) => ruler.widthOf(text, typeface, size)

/** What a mark covers; of letters, their upper and lower reach in Bengali too. */
function boxOf(mark: Mark) {
  if (mark.kind === 'text') return { x: mark.x, y: mark.y - mark.size, width: widthOf(mark), height: mark.size * 1.3 }
  if (mark.kind === 'rule') return { ...mark, height: mark.thickness }
  return mark.kind === 'code' ? { ...mark, width: mark.side, height: mark.side } : mark
}

describe('what a tax authority signed', () => {
  const proof: FiscalProof = {
    number: 'KRACU04/1',
    device: 'KRACU0400000001',
    url: 'https://tax.example/verify?number=1',
    signedAt: new Date('2026-06-12T07:00:00Z'),
    details: [],
  }
  const details = [
    { label: 'Receipt counter', value: '12/189 NC' },
    { label: 'Internal data', value: 'K3NT-ESTI-NTRL-DATA-0000-0000-01' },
    ...['A', 'B', 'C', 'D', 'E'].map((band) => ({ label: `Band ${band} 16%`, value: '3450.00, tax 552.00' })),
  ]

  it('prints each proof with its code and all that the authority wants told, on whatever pages it takes', () => {
    const pages = pagesOf({ ...invoice, fiscal: [1, 2, 3].map((part) => ({ ...proof, number: `KRACU04/${part}`, details })) })
    const marks = pages.flat()
    expect(marks.filter(({ kind }) => kind === 'code')).toHaveLength(3)
    const words = wordsOn(marks)
    for (const { value } of details) expect(words.join(' ')).toContain(value)
    for (const part of [1, 2, 3]) expect(words).toContain(`KRACU04/${part}`)
    for (const mark of marks) expect(boxOf(mark).y + boxOf(mark).height).toBeLessThanOrEqual(paper.height - margin.bottom + 0.05)
  })

  it('says that it is not signed yet, and then still how to pay', () => {
    const marks = pagesOf({ ...invoice, fiscal: 'pending' }).flat()
    expect(wordsOn(marks).join(' ')).toContain('Not signed by the tax authority yet')
    expect(marks.filter(({ kind }) => kind === 'code')).toHaveLength(1)
  })
})

describe.each(Object.entries(samples))('%s', (_, document) => {
  const pages = pagesOf(document)

  it('keeps everything inside the margins', () => {
    for (const mark of pages.flat()) {
      const { x, y, width, height } = boxOf(mark)
      expect(x, JSON.stringify(mark)).toBeGreaterThanOrEqual(margin.left - 0.05)
      expect(x + width, JSON.stringify(mark)).toBeLessThanOrEqual(paper.width - margin.right + 0.05)
      expect(y, JSON.stringify(mark)).toBeGreaterThanOrEqual(margin.top - 0.05)
      expect(y + height, JSON.stringify(mark)).toBeLessThanOrEqual(paper.height - margin.bottom + 0.05)
    }
  })

  it('lays nothing over anything else', () => {
    for (const page of pages) {
      const boxes = page.filter(({ kind }) => kind !== 'rule').map((mark) => ({ ...boxOf(mark), mark }))
      for (const [index, one] of boxes.entries()) {
        for (const other of boxes.slice(index + 1)) {
          const apart =
            one.x + one.width <= other.x ||
            other.x + other.width <= one.x ||
            one.y + one.height <= other.y + 1 ||
            other.y + other.height <= one.y + 1
          expect(apart, `${JSON.stringify(one.mark)} over ${JSON.stringify(other.mark)}`).toBe(true)
        }
      }
    }
  })

  it('numbers each page', () => {
    for (const [index, page] of pages.entries()) expect(wordsOn(page)).toContain(wordsOf(document.language).page(index + 1, pages.length))
  })

  it('has a table head above rows and a row above the totals on each page that has them', () => {
    for (const page of pages) {
      const heads = textsOf(page).filter(({ typeface, size, text }) => typeface === 'bold' && size === 7.5 && /\((KES|BDT)\)$/.test(text))
      const amounts = textsOf(page).filter(({ text, size }) => size === 9 && /^−?[\d,]+\.\d\d$/.test(text))
      if (amounts.length > 0) expect(heads).toHaveLength(1)
      const totals = textsOf(page).filter(({ text, size }) => size === 10 && /^(KES|BDT) /.test(text))
      if (totals.length > 0) expect(amounts.length).toBeGreaterThan(0)
    }
  })
})

/** The decimal points of amounts that end at the same edge. */
function pointsByEdge(document: PrintedDocument): Map<number, Set<number>> {
  const byEdge = new Map<number, Set<number>>()
  for (const mark of pagesOf(document).flatMap(textsOf)) {
    if (mark.size !== 9 || mark.typeface !== 'regular' || !/^−?[\d,]+\.\d\d$/.test(mark.text)) continue
    const edge = Math.round((mark.x + widthOf(mark)) * 100)
    const point = mark.x + ruler.widthOf(mark.text.split('.')[0] ?? '', mark.typeface, mark.size)
    byEdge.set(edge, (byEdge.get(edge) ?? new Set()).add(Math.round(point * 10)))
  }
  return byEdge
}

describe('columns of amounts', () => {
  it.each([
    ['an invoice', sixtyLines, 3],
    ['a statement', longStatement, 3],
    ['very large amounts', longNames, 3],
    ['lakhs', inBangla, 1],
  ] as const)('have their decimal points below each other: %s', (_, document, columns) => {
    const byEdge = pointsByEdge(document)
    expect(byEdge.size).toBe(columns)
    for (const points of byEdge.values()) expect(points.size).toBe(1)
  })

  it('have digits of one width', () => {
    const widths = [...'0123456789'].map((digit) => ruler.widthOf(digit, 'regular', 9).toFixed(4))
    expect(new Set(widths).size).toBe(1)
  })
})

const estateLine = (number: number) => `Line ${number} of the estate, house ${number}, 1 Jun 2026 to 30 Jun 2026`

describe('long documents', () => {
  it('print each of 60 lines once, in order', () => {
    const described = pagesOf(sixtyLines)
      .flatMap(wordsOn)
      .filter((text) => text.startsWith('Line '))
    expect(described).toEqual(Array.from({ length: 60 }, (_, index) => estateLine(index + 1)))
  })

  it('say on each further page what they continue', () => {
    for (const page of pagesOf(sixtyLines).slice(1))
      expect(wordsOn(page)).toEqual(expect.arrayContaining(['Savanna Fibre Limited', 'Invoice NRB-000123']))
  })

  it('take the last row along with the totals, however many rows there are', () => {
    for (let count = 1; count <= 60; count += 1) {
      const pages = pagesOf(invoiceOf(sixtyLines.lines.slice(0, count)))
      const withTotal = pages.filter((page) => wordsOn(page).includes('Total'))
      expect(withTotal).toHaveLength(1)
      expect(wordsOn(withTotal[0] ?? [])).toContain(estateLine(count))
    }
  })

  it('cut a row that no page could hold', () => {
    const words = Array.from({ length: 3_000 }, (_, index) => `word${index}`)
    const pages = pagesOf(invoiceOf([line(words.join(' '), money(100n, 'KES'))]))
    expect(pages.length).toBeGreaterThan(2)
    expect(
      pages
        .flatMap(wordsOn)
        .flatMap((text) => text.split(' '))
        .filter((word) => /^word\d+$/.test(word)),
    ).toEqual(words)
  })
})

describe('what is printed', () => {
  const said = (document: PrintedDocument) => pagesOf(document).flatMap(wordsOn)
  const codeOf = (document: PrintedDocument) =>
    pagesOf(document)
      .flat()
      .filter((mark) => mark.kind === 'code')
      .map(({ text }) => text)

  it('is in the language of the subscriber', () => {
    expect(said(samples['swahili'] as PrintedDocument)).toEqual(expect.arrayContaining(['Ankara', 'Jinsi ya kulipa', 'Jumla']))
  })

  it('describes its lines in that language, and leaves alone what a person wrote', () => {
    expect(said(samples['swahili'] as PrintedDocument)).toEqual(
      expect.arrayContaining([
        'Intaneti, 1 Jun 2026 hadi 30 Jun 2026',
        'Intaneti (Welcome price), 1 Jun 2026 hadi 30 Jun 2026 (Kamau wa Njoroge)',
        'Static address, 1 Jun 2026 hadi 30 Jun 2026',
        'Data (imeripotiwa baadaye), 12500 MB, 1 Jun 2026 hadi 30 Jun 2026',
        'Ada 2 ya kuchelewa kulipa NRB-000098: 2500.00 × 5 %',
        'Router, TP-Link Archer C6',
      ]),
    )
    expect(said(samples['swahili credit note'] as PrintedDocument)).toEqual(
      expect.arrayContaining(['Home 10, 1 Jun 2026 hadi 30 Jun 2026', '16 Jun 2026 – 30 Jun 2026', 'Mabadiliko ya kifurushi']),
    )
  })

  it('codes how to pay, or the proof of the tax authority where there is one, and never both', () => {
    expect(codeOf(invoice)).toEqual(['Pay to: Paybill 400123\nAccount number: 100237\nAmount: KES 6,599.00'])
    expect(codeOf(samples['debit note'] as PrintedDocument)).toEqual(['https://itax.example/verify?invoice=KRAMW017202605123456'])
    expect(codeOf(samples['credit note'] as PrintedDocument)).toEqual([])
  })

  it('leaves out what an organisation did not tell', () => {
    const { payTo: _, ...silent } = invoice
    const bare = { ...silent, issuer: { name: 'Savanna', addressLines: [], colour: '#1a6b54' } }
    expect(codeOf(bare)).toEqual([])
    expect(said(bare)).not.toContain('How to pay')
  })

  it('ends a statement with the balance in words: owed, in favour, or nothing', () => {
    const ending = (opening: bigint) => said({ ...statement, rows: [], opening: money(opening, 'KES') }).slice(-4)
    expect(ending(100n)).toEqual(expect.arrayContaining(['To be paid', 'KES 1.00']))
    expect(ending(-100n)).toEqual(expect.arrayContaining(['In your favour', 'KES 1.00']))
    expect(ending(0n)).toEqual(expect.arrayContaining(['Nothing is owed', 'KES 0.00']))
  })

  it('gives pale colours to rules only', () => {
    const colours = new Set(
      pagesOf(longNames)
        .flatMap(textsOf)
        .map(({ colour }) => colour),
    )
    expect(colours).not.toContain('#ffe066')
    expect(
      pagesOf(longNames)
        .flat()
        .some((mark) => mark.kind === 'rule' && mark.colour === '#ffe066'),
    ).toBe(true)
  })

  it('never claims a total that its lines do not make', () => {
    expect(() => sheetOf({ ...invoice, total: money(1n, 'KES') })).toThrow('sum of its lines')
  })
})
