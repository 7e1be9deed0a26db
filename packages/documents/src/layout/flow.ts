import type { Mark } from './mark.ts'

/** Where the next thing goes. Moves down the page, and on to a new one when there is no room left. */
export type Flow = {
  readonly pages: readonly Mark[][]
  /** The upper edge of what comes next. */
  readonly top: number
  /** The height of an empty continuation page. */
  readonly pageHeight: number
  put(...marks: readonly Mark[]): void
  skip(height: number): void
  has(height: number): boolean
  turn(): void
}

export function openFlow(edges: { readonly top: number; readonly nextTop: number; readonly bottom: number }): Flow {
  const pages: Mark[][] = [[]]
  let top = edges.top
  return {
    pages,
    get top() {
      return top
    },
    pageHeight: edges.bottom - edges.nextTop,
    put(...marks) {
      pages.at(-1)?.push(...marks)
    },
    skip(height) {
      top += height
    },
    has: (height) => top + height <= edges.bottom,
    turn() {
      pages.push([])
      top = edges.nextTop
    },
  }
}
