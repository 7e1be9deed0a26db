import type { Block, Sheet } from '../sheet/sheet.ts'
import { layOutFacts } from './facts.ts'
import { openFlow } from './flow.ts'
import { furnish, measureFurniture } from './furniture.ts'
import { layOutHead } from './head.ts'
import { legible } from './legible.ts'
import type { Mark, Ruler } from './mark.ts'
import { layOutParagraph } from './paragraph.ts'
import { layOutTable } from './table.ts'

/** What the parts of a page are laid out with. */
export type Desk = { readonly ruler: Ruler /** The issuer's colour, for text. */; readonly accent: string }

const gap = 20

/** Gives everything on a sheet its place. Pure: the same sheet and letters give the same pages. */
export function layOut(sheet: Sheet, ruler: Ruler): readonly (readonly Mark[])[] {
  const desk: Desk = { ruler, accent: legible(sheet.issuer.colour) }
  const furniture = measureFurniture(desk, sheet)
  const head = layOutHead(desk, sheet)
  const flow = openFlow({ top: head.bottom + gap, nextTop: furniture.top + gap / 2, bottom: furniture.bottom - gap / 2 })
  flow.put(...head.marks)
  for (const [index, block] of sheet.blocks.entries()) {
    if (index > 0) flow.skip(gap)
    layOutBlock(desk, flow, block)
  }
  return flow.pages.map((marks, index) => [...marks, ...furnish(desk, sheet, furniture, index + 1, flow.pages.length)])
}

function layOutBlock(desk: Desk, flow: ReturnType<typeof openFlow>, block: Block): void {
  if (block.kind === 'table') layOutTable(desk, flow, block)
  else if (block.kind === 'facts') layOutFacts(desk, flow, block)
  else layOutParagraph(desk, flow, block)
}
