export type Typeface = 'regular' | 'bold'

/** One thing on a page. Points of 1/72 inch, measured from the upper left corner. */
export type Mark =
  /** `y` is the line that the letters stand on. */
  | TextMark
  | {
      readonly kind: 'rule'
      readonly x: number
      readonly y: number
      readonly width: number
      readonly thickness: number
      readonly colour: string
    }
  | { readonly kind: 'logo'; readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  | { readonly kind: 'code'; readonly x: number; readonly y: number; readonly side: number; readonly text: string }

export type TextMark = {
  readonly kind: 'text'
  readonly x: number
  readonly y: number
  readonly text: string
  readonly typeface: Typeface
  readonly size: number
  readonly colour: string
}

/** How wide a text is, asked of the very letters that will be drawn. */
export type Ruler = {
  widthOf(text: string, typeface: Typeface, size: number): number
  /** The smallest parts that a word may be cut into: a letter with all that hangs on it. */
  clustersOf(word: string, typeface: Typeface): readonly string[]
  /** Undefined when the issuer has no logo. */
  readonly logo: { readonly width: number; readonly height: number } | undefined
}
