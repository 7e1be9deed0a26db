import type { Block, Cell, Column } from '../sheet/sheet.ts'
import type { Flow } from './flow.ts'
import type { Desk } from './lay-out.ts'
import type { Mark, Ruler } from './mark.ts'
import { contentWidth, left } from './page-frame.ts'
import { body, faint, ink, muted, type Style, small, smallStrong, textAt, textEndingAt } from './style.ts'
import { layOutTotals, totalsHeight } from './totals.ts'
import { wrap } from './wrap.ts'

type Table = Extract<Block, { kind: 'table' }>
/** A column with its place. */
type Lane = Omit<Column, 'width'> & { readonly from: number; readonly width: number }
type Line = { readonly text: string; readonly style: Style; readonly colour: string }
/** The lines of each cell. */
type Row = readonly (readonly Line[])[]

const gutter = 14
const padding = 4

/** Rows run over pages, each with the head above them. The totals stand below at least one row, and are never cut. */
export function layOutTable(desk: Desk, flow: Flow, table: Table): void {
  const lanes = lanesOf(desk.ruler, table)
  const head: Row = lanes.map(({ title, width }) => linesOf(desk.ruler, title, smallStrong, width, desk.accent))
  const headHeight = heightOf(head) + padding
  const below = totalsHeight(desk, table.totals)
  const room = flow.pageHeight - headHeight - below
  const rows = table.rows
    .map((cells) => cells.map((cell, index) => cellLines(desk.ruler, cell, lanes[index]?.width ?? 0)))
    .flatMap((row) => cut(row, room))
  const putHead = () => {
    putRow(desk.ruler, flow, lanes, head)
    flow.put({ kind: 'rule', x: left, y: flow.top, width: contentWidth, thickness: 1, colour: desk.accent })
    flow.skip(padding)
  }
  for (const [index, row] of rows.entries()) {
    const needed = heightOf(row) + (index === rows.length - 1 ? below : 0) + (index === 0 ? headHeight : 0)
    const fits = flow.has(needed)
    if (!fits) flow.turn()
    if (index === 0 || !fits) putHead()
    putRow(desk.ruler, flow, lanes, row)
    flow.put({ kind: 'rule', x: left, y: flow.top, width: contentWidth, thickness: 0.5, colour: faint })
  }
  layOutTotals(desk, flow, table.totals)
}

/** Columns of figures are as wide as their widest one; the rest is for words. */
function lanesOf(ruler: Ruler, { columns, rows }: Table): readonly Lane[] {
  const widths = columns.map(({ title, width }, index) => {
    if (width === 'rest') return 0
    const head = ruler.widthOf(title, smallStrong.typeface, smallStrong.size)
    return Math.max(head, ...rows.map((cells) => ruler.widthOf(cells[index]?.text ?? '', body.typeface, body.size)))
  })
  const rest = contentWidth - widths.reduce((sum, width) => sum + width, 0) - gutter * (columns.length - 1)
  let from = left
  return columns.map((column, index) => {
    const width = column.width === 'rest' ? rest : (widths[index] ?? 0)
    const lane = { ...column, from, width }
    from += width + gutter
    return lane
  })
}

/** A hair more than the text needs, which the sum of many widths may lose. */
const slack = 0.01

const linesOf = (ruler: Ruler, text: string, style: Style, width: number, colour: string): Line[] =>
  wrap(ruler, text, style, width + slack).map((line) => ({ text: line, style, colour }))

const cellLines = (ruler: Ruler, { text, note = '' }: Cell, width: number): Line[] => [
  ...linesOf(ruler, text, body, width, ink),
  ...linesOf(ruler, note, small, width, muted),
]

const heightOf = (row: Row): number => Math.max(...row.map((lines) => sumOf(lines))) + 2 * padding
const sumOf = (lines: readonly Line[]): number => lines.reduce((sum, { style }) => sum + style.leading, 0)

/** A row that no page could hold goes on in the next one. */
function cut(row: Row, heightMax: number): readonly Row[] {
  if (heightOf(row) <= heightMax) return [row]
  const linesMax = Math.floor((heightMax - 2 * padding) / body.leading)
  return [
    row.map((lines) => lines.slice(0, linesMax)),
    ...cut(
      row.map((lines) => lines.slice(linesMax)),
      heightMax,
    ),
  ]
}

function putRow(ruler: Ruler, flow: Flow, lanes: readonly Lane[], row: Row): void {
  const marks: Mark[] = []
  for (const [index, { from, width, align }] of lanes.entries()) {
    let top = flow.top + padding
    for (const { text, style, colour } of row[index] ?? []) {
      marks.push(align === 'left' ? textAt(text, style, from, top, colour) : textEndingAt(ruler, text, style, from + width, top, colour))
      top += style.leading
    }
  }
  flow.put(...marks)
  flow.skip(heightOf(row))
}
