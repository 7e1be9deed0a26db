import type { Ruler, TextMark, Typeface } from './mark.ts'

export type Style = { readonly typeface: Typeface; readonly size: number; readonly leading: number }

const style = (typeface: Typeface, size: number): Style => ({ typeface, size, leading: size * 1.45 })

export const body = style('regular', 9)
export const strong = style('bold', 9)
export const small = style('regular', 7.5)
export const smallStrong = style('bold', 7.5)
export const heading = style('bold', 10)
export const title = style('bold', 18)

export const ink = '#1f2328'
export const muted = '#59636e'
export const faint = '#d1d9e0'

/** A line of text whose upper edge is `top`. Bengali hangs from a headline and reaches lower than Latin: the letters stand at 0.98 of their size. */
export const textAt = (text: string, { typeface, size }: Style, x: number, top: number, colour: string = ink): TextMark => ({
  kind: 'text',
  x,
  y: top + size * 1.03,
  text,
  typeface,
  size,
  colour,
})

export const textEndingAt = (ruler: Ruler, text: string, style: Style, end: number, top: number, colour: string = ink): TextMark =>
  textAt(text, style, end - ruler.widthOf(text, style.typeface, style.size), top, colour)
