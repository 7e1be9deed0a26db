import type { TotalRow } from '../sheet/sheet.ts'
import type { Flow } from './flow.ts'
import type { Desk } from './lay-out.ts'
import type { Mark } from './mark.ts'
import { right } from './page-frame.ts'
import { body, heading, ink, muted, textAt, textEndingAt } from './style.ts'
import { wrap } from './wrap.ts'

const width = 280
const gutter = 14
const above = 8
const aboveStrong = 5

export const totalsHeight = (desk: Desk, rows: readonly TotalRow[]): number =>
  above + rows.reduce((sum, row) => sum + rowOf(desk, row).height, 0)

/** Labels and amounts at the right edge; the strong one has a rule above it. */
export function layOutTotals(desk: Desk, flow: Flow, rows: readonly TotalRow[]): void {
  const { ruler, accent } = desk
  flow.skip(above)
  for (const row of rows) {
    const { style, lines, height } = rowOf(desk, row)
    const marks: Mark[] = []
    if (row.strong) marks.push({ kind: 'rule', x: right - width, y: flow.top, width, thickness: 1, colour: accent })
    const top = flow.top + (row.strong ? aboveStrong : 0)
    for (const [index, line] of lines.entries())
      marks.push(textAt(line, style, right - width, top + index * style.leading, row.strong ? ink : muted))
    marks.push(textEndingAt(ruler, row.amount, style, right, top))
    flow.put(...marks)
    flow.skip(height)
  }
}

function rowOf({ ruler }: Desk, { label, amount, strong }: TotalRow) {
  const style = strong ? heading : body
  const lines = wrap(ruler, label, style, width - gutter - ruler.widthOf(amount, style.typeface, style.size))
  return { style, lines, height: lines.length * style.leading + (strong ? aboveStrong : 2) }
}
