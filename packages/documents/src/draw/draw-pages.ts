import type { CivilDate, Language } from '@nyuzi/core'
import PDFDocument from 'pdfkit'
import type { Mark, Typeface } from '../layout/mark.ts'
import { paper } from '../layout/page-frame.ts'
import { type Letters, openLetters } from './letters.ts'
import { qrRows } from './qr-rows.ts'

export type FileFacts = {
  readonly title: string
  readonly author: string
  readonly language: Language
  readonly date: CivilDate
  readonly logo: Uint8Array | undefined
}

/**
 * Puts marks on paper. Nothing here knows a clock or chance: the file is dated with the document's day and its id follows
 * from its title. It is not compressed, because how a stream is packed differs between machines and versions of Node.
 */
export function drawPages(pages: readonly (readonly Mark[])[], { title, author, language, date, logo }: FileFacts): Promise<Uint8Array> {
  const letters = openLetters()
  const dated = new Date(`${date}T00:00:00Z`)
  const pdf = new PDFDocument({
    size: [paper.width, paper.height],
    margin: 0,
    compress: false,
    autoFirstPage: false,
    font: fontOf(letters.regular) as unknown as string,
    lang: language,
    displayTitle: true,
    info: { Title: title, Author: author, Creator: 'Nyuzi', Producer: 'Nyuzi', CreationDate: dated },
  })
  for (const [typeface, font] of Object.entries(letters)) pdf.registerFont(typeface, fontOf(font) as unknown as string)
  const chunks: Uint8Array[] = []
  const drawn = new Promise<Uint8Array>((resolve, reject) => {
    pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    pdf.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))))
    pdf.on('error', reject)
  })
  for (const marks of pages) {
    pdf.addPage()
    for (const mark of marks) draw(pdf, mark, logo)
  }
  pdf.end()
  return drawn
}

/** pdfkit takes any font that lays text out; its own would set Bengali wrongly (docs/adr/0045-documents.md). */
const fontOf = ({ outlines, shape }: Letters) => Object.assign(Object.create(outlines), { layout: shape })

function draw(pdf: PDFKit.PDFDocument, mark: Mark, logo: Uint8Array | undefined): void {
  switch (mark.kind) {
    case 'text':
      pdf
        .font(mark.typeface satisfies Typeface)
        .fontSize(mark.size)
        .fillColor(mark.colour)
      pdf.text(mark.text, mark.x, mark.y, { lineBreak: false, baseline: 'alphabetic' })
      return
    case 'rule':
      pdf.rect(mark.x, mark.y, mark.width, mark.thickness).fill(mark.colour)
      return
    case 'logo':
      if (logo) pdf.image(Buffer.from(logo), mark.x, mark.y, { width: mark.width, height: mark.height })
      return
    case 'code':
      drawCode(pdf, mark)
  }
}

function drawCode(pdf: PDFKit.PDFDocument, { x, y, side, text }: Extract<Mark, { kind: 'code' }>): void {
  const { modules, runs } = qrRows(text)
  const module = side / modules
  for (const { row, column, length } of runs) pdf.rect(x + column * module, y + row * module, length * module, module)
  pdf.fill('#000000')
}
