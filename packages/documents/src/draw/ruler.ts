import type { Ruler, Typeface } from '../layout/mark.ts'
import { type Letters, openLetters } from './letters.ts'

/** Measures what pdfkit will draw: it shapes a text run by run, each up to the next space. Kept for one document only. */
export function openRuler(logo: Ruler['logo']): Ruler {
  const letters = openLetters()
  const widths: Record<Typeface, Map<string, number>> = { regular: new Map(), bold: new Map() }
  return {
    logo,
    widthOf(text, typeface, size) {
      const units = (text.match(/[^ ]* ?/g) ?? []).reduce((sum, run) => sum + runWidth(letters[typeface], widths[typeface], run), 0)
      return (units / letters[typeface].unitsPerEm) * size
    },
    clustersOf: (word, typeface) => letters[typeface].clustersOf(word),
  }
}

function runWidth(letters: Letters, known: Map<string, number>, run: string): number {
  if (run === '') return 0
  const width = known.get(run) ?? letters.shape(run).advanceWidth
  known.set(run, width)
  return width
}
