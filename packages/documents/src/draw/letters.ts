import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Defect } from '@nyuzi/core'
import { create, type Font as OutlineFont } from 'fontkit'
import { Blob, Face, Font, Buffer as ShapingBuffer, shape } from 'harfbuzzjs'
import type { Typeface } from '../layout/mark.ts'

/** A run of glyphs in font units, in the form that pdfkit asks a font for. */
export type GlyphRun = {
  readonly glyphs: readonly { readonly id: number; readonly advanceWidth: number; readonly codePoints: readonly number[] }[]
  readonly positions: readonly {
    readonly xAdvance: number
    readonly yAdvance: number
    readonly xOffset: number
    readonly yOffset: number
  }[]
  readonly advanceWidth: number
}

/** The letters of one weight: shaped by HarfBuzz, cut out of the file by fontkit. */
export type Letters = {
  readonly outlines: OutlineFont
  readonly unitsPerEm: number
  shape(text: string): GlyphRun
  clustersOf(text: string): readonly string[]
}

const files: Readonly<Record<Typeface, string>> = {
  regular: '400Regular/NotoSansBengali_400Regular.ttf',
  bold: '700Bold/NotoSansBengali_700Bold.ttf',
}

let opened: Readonly<Record<Typeface, Letters>> | undefined

/** Latin and Bengali in one family; read once. */
export function openLetters(): Readonly<Record<Typeface, Letters>> {
  opened ??= { regular: readLetters('regular'), bold: readLetters('bold') }
  return opened
}

function readLetters(typeface: Typeface): Letters {
  const require = createRequire(import.meta.url)
  const bytes = readFileSync(require.resolve(`@expo-google-fonts/noto-sans-bengali/${files[typeface]}`))
  const outlines = create(bytes)
  if (!('layout' in outlines)) throw new Defect(`${files[typeface]} holds more than one font`)
  const font = new Font(new Face(new Blob(new Uint8Array(bytes).buffer)))
  return {
    outlines,
    unitsPerEm: outlines.unitsPerEm,
    shape: (text) => toRun(text, shaped(font, text), outlines),
    clustersOf(text) {
      const starts = [...new Set(shaped(font, text).map(({ cluster }) => cluster))].sort((a, b) => a - b)
      return starts.map((start, index) => text.slice(start, starts[index + 1]))
    },
  }
}

type Shaped = readonly {
  readonly id: number
  readonly cluster: number
  readonly xAdvance: number
  readonly yAdvance: number
  readonly xOffset: number
  readonly yOffset: number
}[]

function shaped(font: Font, text: string): Shaped {
  const buffer = new ShapingBuffer()
  buffer.addText(text)
  buffer.guessSegmentProperties()
  shape(font, buffer)
  const positions = buffer.getGlyphPositions()
  return buffer.getGlyphInfos().map(({ codepoint, cluster }, index) => {
    const { xAdvance = 0, yAdvance = 0, xOffset = 0, yOffset = 0 } = positions[index] ?? {}
    return { id: codepoint, cluster, xAdvance, yAdvance, xOffset, yOffset }
  })
}

/** The letters behind a cluster belong to its first glyph, so that text can be copied out of the page again. */
function toRun(text: string, glyphs: Shaped, outlines: OutlineFont): GlyphRun {
  const starts = [...new Set(glyphs.map(({ cluster }) => cluster))].sort((a, b) => a - b)
  const told = new Set<number>()
  return {
    glyphs: glyphs.map(({ id, cluster }) => {
      const first = !told.has(cluster)
      told.add(cluster)
      const letters = first ? text.slice(cluster, starts[starts.indexOf(cluster) + 1]) : ''
      return { id, advanceWidth: outlines.getGlyph(id).advanceWidth, codePoints: [...letters].map((letter) => letter.codePointAt(0) ?? 0) }
    }),
    positions: glyphs.map(({ xAdvance, yAdvance, xOffset, yOffset }) => ({ xAdvance, yAdvance, xOffset, yOffset })),
    advanceWidth: glyphs.reduce((sum, { xAdvance }) => sum + xAdvance, 0),
  }
}
