import type { Ruler } from './mark.ts'
import type { Style } from './style.ts'

/** Breaks a text into lines that are no wider than `width`: between words, and within a word that is too long by itself. */
export function wrap(ruler: Ruler, text: string, { typeface, size }: Style, width: number): string[] {
  const fits = (line: string) => ruler.widthOf(line, typeface, size) <= width
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (fits(longer)) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = ''
    for (const cluster of fits(word) ? [word] : ruler.clustersOf(word, typeface)) {
      if (line !== '' && !fits(line + cluster)) {
        lines.push(line)
        line = ''
      }
      line += cluster
    }
  }
  if (line !== '') lines.push(line)
  return lines
}
