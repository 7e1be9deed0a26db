import type { Block } from '../sheet/sheet.ts'
import type { Flow } from './flow.ts'
import type { Desk } from './lay-out.ts'
import { contentWidth, left } from './page-frame.ts'
import { body, strong, textAt } from './style.ts'
import { wrap } from './wrap.ts'

/** A heading goes with the first two lines of its text; the rest may run on. */
export function layOutParagraph({ ruler, accent }: Desk, flow: Flow, { heading, text }: Extract<Block, { kind: 'paragraph' }>): void {
  const lines = wrap(ruler, text, body, contentWidth)
  const above = heading === undefined ? 0 : strong.leading
  if (!flow.has(above + Math.min(lines.length, 2) * body.leading)) flow.turn()
  if (heading !== undefined) {
    flow.put(textAt(heading, strong, left, flow.top, accent))
    flow.skip(strong.leading)
  }
  for (const line of lines) {
    if (!flow.has(body.leading)) flow.turn()
    flow.put(textAt(line, body, left, flow.top))
    flow.skip(body.leading)
  }
}
