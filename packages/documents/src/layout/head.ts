import type { Sheet } from '../sheet/sheet.ts'
import type { Desk } from './lay-out.ts'
import type { Mark } from './mark.ts'
import { contentWidth, left, margin, right } from './page-frame.ts'
import { body, heading, ink, muted, type Style, small, strong, textAt, textEndingAt, title } from './style.ts'
import { wrap } from './wrap.ts'

const factsWidth = 218
const partiesWidth = contentWidth - factsWidth - 24
const factsLeft = right - factsWidth
const logoMax = { width: 170, height: 56 }

/** The head of the first page: who writes, to whom, and on the right what this is. */
export function layOutHead(desk: Desk, sheet: Sheet): { readonly marks: readonly Mark[]; readonly bottom: number } {
  const band: Mark = { kind: 'rule', x: left, y: margin.top, width: contentWidth, thickness: 3, colour: sheet.issuer.colour }
  const top = margin.top + 18
  const parties = layOutParties(desk, sheet, top)
  const facts = layOutFactsBeside(desk, sheet, top)
  return { marks: [band, ...parties.marks, ...facts.marks], bottom: Math.max(parties.bottom, facts.bottom) }
}

function layOutParties({ ruler, accent }: Desk, { issuer, issuerLines, recipient }: Sheet, from: number) {
  const marks: Mark[] = []
  let top = from
  const lines = (text: string, style: Style, colour = ink) => {
    for (const line of wrap(ruler, text, style, partiesWidth)) {
      marks.push(textAt(line, style, left, top, colour))
      top += style.leading
    }
  }
  if (ruler.logo) {
    const scale = Math.min(logoMax.width / ruler.logo.width, logoMax.height / ruler.logo.height)
    const size = { width: ruler.logo.width * scale, height: ruler.logo.height * scale }
    marks.push({ kind: 'logo', x: left, y: top, ...size })
    top += size.height + 8
  }
  lines(issuer.name, heading)
  for (const line of issuerLines) lines(line, small, muted)
  top += 16
  lines(recipient.heading, small, accent)
  lines(recipient.name, strong)
  for (const line of recipient.lines) lines(line, body)
  return { marks, bottom: top }
}

function layOutFactsBeside({ ruler, accent }: Desk, sheet: Sheet, from: number) {
  const marks: Mark[] = []
  let top = from
  for (const line of wrap(ruler, sheet.title, title, factsWidth)) {
    marks.push(textEndingAt(ruler, line, title, right, top - 5, accent))
    top += title.leading
  }
  top += 4
  const labels = sheet.facts.map(({ label }) => ruler.widthOf(label, body.typeface, body.size))
  const valuesWidth = factsWidth - Math.max(...labels) - 12
  for (const { label, value } of sheet.facts) {
    marks.push(textAt(label, body, factsLeft, top, muted))
    for (const line of wrap(ruler, value, strong, valuesWidth)) {
      marks.push(textEndingAt(ruler, line, strong, right, top))
      top += strong.leading
    }
    top += 2
  }
  return { marks, bottom: top }
}
