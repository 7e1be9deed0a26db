import type { PrintedDocument } from './document.ts'
import { drawPages } from './draw/draw-pages.ts'
import { openRuler } from './draw/ruler.ts'
import { layOut } from './layout/lay-out.ts'
import { sizeOf } from './logo.ts'
import { sheetOf } from './sheet/sheet-of.ts'

/** A document as PDF: words first, then places on pages, then ink. The same document gives the same bytes. */
export async function renderDocument(document: PrintedDocument): Promise<Uint8Array> {
  const sheet = sheetOf(document)
  const { logo } = document.issuer
  const pages = layOut(sheet, openRuler(logo && sizeOf(logo)))
  return await drawPages(pages, {
    title: `${sheet.title} ${sheet.number}`,
    author: document.issuer.name,
    language: document.language,
    date: sheet.date,
    logo,
  })
}
