import type { Sheet } from '../sheet/sheet.ts'
import type { Desk } from './lay-out.ts'
import type { Mark } from './mark.ts'
import { contentWidth, left, margin, paper, right } from './page-frame.ts'
import { faint, muted, small, smallStrong, textAt, textEndingAt } from './style.ts'
import { wrap } from './wrap.ts'

/** What stands on every page: the foot, and on all but the first a line that says what it continues. */
export type Furniture = {
  readonly issuer: readonly string[]
  readonly document: readonly string[]
  readonly foot: readonly string[]
  /** The lower edge of the head of a continuation page, and the upper edge of the foot. */
  readonly top: number
  readonly bottom: number
}

const half = contentWidth / 2 - 12
const numberWidth = 90

export function measureFurniture({ ruler }: Desk, { issuer, title, number }: Sheet): Furniture {
  const names = wrap(ruler, issuer.name, smallStrong, half)
  const document = wrap(ruler, `${title} ${number}`, small, half)
  const foot = wrap(ruler, issuer.footer ?? '', small, contentWidth - numberWidth)
  return {
    issuer: names,
    document,
    foot,
    top: margin.top + Math.max(names.length, document.length) * small.leading + 6,
    bottom: paper.height - margin.bottom - Math.max(foot.length, 1) * small.leading - 6,
  }
}

export function furnish({ ruler }: Desk, sheet: Sheet, furniture: Furniture, page: number, pages: number): readonly Mark[] {
  const row = (from: number, index: number) => from + index * small.leading
  const { issuer, document, foot, top, bottom } = furniture
  const line = (y: number): Mark => ({ kind: 'rule', x: left, y, width: contentWidth, thickness: 0.5, colour: faint })
  const head: Mark[] = [
    ...issuer.map((text, index) => textAt(text, smallStrong, left, row(margin.top, index))),
    ...document.map((text, index) => textEndingAt(ruler, text, small, right, row(margin.top, index), muted)),
    line(top),
  ]
  return [
    ...(page === 1 ? [] : head),
    line(bottom),
    ...foot.map((text, index) => textAt(text, small, left, row(bottom + 6, index), muted)),
    textEndingAt(ruler, sheet.page(page, pages), small, right, bottom + 6, muted),
  ]
}
