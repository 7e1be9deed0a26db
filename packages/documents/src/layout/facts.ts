import type { Block } from '../sheet/sheet.ts'
import type { Flow } from './flow.ts'
import type { Desk } from './lay-out.ts'
import type { Mark } from './mark.ts'
import { contentWidth, left, right } from './page-frame.ts'
import { body, muted, small, strong, textAt, textEndingAt } from './style.ts'
import { wrap } from './wrap.ts'

/** Large enough for a cheap phone's camera at arm's length. */
const side = 92
const captionWidth = 150

/** Facts on the left, the code to scan on the right; never on two pages. */
export function layOutFacts({ ruler, accent }: Desk, flow: Flow, { heading, facts, code }: Extract<Block, { kind: 'facts' }>): void {
  const labels = Math.max(...facts.map(({ label }) => ruler.widthOf(label, body.typeface, body.size))) + 14
  const width = contentWidth - labels - (code === undefined ? 0 : captionWidth + 16)
  const rows = facts.map(({ label, value }) => ({ label, lines: wrap(ruler, value, strong, width) }))
  const caption = code === undefined ? [] : wrap(ruler, code.caption, small, captionWidth)
  const factsHeight = strong.leading + 4 + rows.reduce((sum, { lines }) => sum + lines.length * body.leading, 0)
  const codeHeight = code === undefined ? 0 : side + 4 + caption.length * small.leading
  const height = Math.max(factsHeight, codeHeight)
  if (!flow.has(height)) flow.turn()
  const marks: Mark[] = [textAt(heading, strong, left, flow.top, accent)]
  let top = flow.top + strong.leading + 4
  for (const { label, lines } of rows) {
    marks.push(textAt(label, body, left, top, muted))
    for (const line of lines) {
      marks.push(textAt(line, strong, left + labels, top))
      top += body.leading
    }
  }
  if (code !== undefined) {
    marks.push({ kind: 'code', x: right - side, y: flow.top, side, text: code.text })
    for (const [index, line] of caption.entries())
      marks.push(textEndingAt(ruler, line, small, right, flow.top + side + 4 + index * small.leading, muted))
  }
  flow.put(...marks)
  flow.skip(height)
}
