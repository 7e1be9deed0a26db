import type { CivilDate, Language } from '@nyuzi/core'
import type { Issuer } from '../document.ts'

/** A document as words and tables, before anything has a place on a page. */
export type Sheet = {
  readonly language: Language
  readonly title: string
  /** Beside the title on every page but the first. */
  readonly number: string
  /** The day that the file is dated with. */
  readonly date: CivilDate
  readonly issuer: Issuer
  readonly issuerLines: readonly string[]
  readonly facts: readonly Fact[]
  readonly recipient: { readonly heading: string; readonly name: string; readonly lines: readonly string[] }
  readonly blocks: readonly Block[]
  readonly page: (page: number, pages: number) => string
}

export type Fact = { readonly label: string; readonly value: string }

export type Column = { readonly title: string; readonly align: 'left' | 'right'; readonly width: 'rest' | 'content' }
/** `note` stands below in small print. */
export type Cell = { readonly text: string; readonly note?: string }
export type TotalRow = { readonly label: string; readonly amount: string; readonly strong: boolean }

export type Code = { readonly text: string; readonly caption: string }

export type Block =
  /** Its totals never stand alone: they take the last row along to a new page. */
  | {
      readonly kind: 'table'
      readonly columns: readonly Column[]
      readonly rows: readonly (readonly Cell[])[]
      readonly totals: readonly TotalRow[]
    }
  | { readonly kind: 'paragraph'; readonly heading?: string; readonly text: string }
  /** Facts, with a code to scan beside them where there is one; kept together. */
  | { readonly kind: 'facts'; readonly heading: string; readonly facts: readonly Fact[]; readonly code?: Code }
