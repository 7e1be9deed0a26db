import type { Money } from '../money/money.ts'
import type { DiscountFacts } from './expected-discounts.ts'
import type { DrawFacts } from './expected-draws.ts'
import type { UsageFacts } from './expected-usage.ts'

/** The taxes of a country as data. A tax pack is one; the second calculator reads it without the first one's rules. */
export type RateTable = {
  readonly rules: readonly RateRow[]
  /** The codes of the taxes that a class bears, in the order in which they are laid on. */
  readonly classes: Readonly<Record<string, readonly string[]>>
  /** The certificates of who pays, as they were known: which taxes they free of, from which day, until before which. */
  readonly exemptions?: readonly CertificateRow[] | undefined
}

export type CertificateRow = {
  readonly certificate: string
  readonly taxes: readonly string[]
  readonly from: string
  readonly until?: string | undefined
}

export type RateRow = {
  readonly code: string
  readonly title: string
  readonly rateBp: number
  readonly base: 'net' | 'net_plus_previous'
  readonly from: string
  readonly until?: string | undefined
  /** That frees of it. */
  readonly certificate?: string | undefined
}

/** What a line follows from, as it is stored: nothing here was computed. Days are civil days, `2026-02-28`. */
export type LineFacts = {
  /** For one whole period. */
  readonly price: Money
  readonly cadence: { readonly unit: 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year'; readonly count: number }
  /** Of a pass: the instants, in UTC, from which and until which it is valid, and the zone whose days count. */
  readonly pass?: { readonly from: string; readonly until: string; readonly zone: string } | undefined
  /** What the first periods cost instead, in order. */
  readonly phases?: readonly { readonly title: string; readonly periods: number; readonly amount: Money }[]
  readonly extras?: readonly { readonly kind: string; readonly key: string; readonly title: string; readonly amount: Money }[]
  /** All that may lower the price of the plan, as it was agreed: in any order, whether it holds on these days or not. */
  readonly discounts?: Omit<DiscountFacts, 'day'> | undefined
  /** What was measured and not covered, and how much of it was charged before, by the tariff of the price; with the records and allowances, `quantity` is what these come to. */
  readonly usage?: (UsageFacts & { readonly ratedUnits: bigint; readonly drawn?: DrawFacts | undefined }) | undefined
  /** Absent, the price itself: `base`. */
  readonly component?: string
  readonly timing?: 'advance' | 'arrears'
  /** What a first period costs that is shorter than a whole one: absent, its share. */
  readonly firstPeriod?: 'prorated' | 'full' | 'free'
  readonly taxClass: string
  readonly pricing: 'inclusive' | 'exclusive'
  /** From where the periods are counted. */
  readonly startsOn: string
  /** How many periods came before that day. */
  readonly periodsBefore?: number
  /** Days on which terms or a pause began or ended: a charge may begin or end there, in the middle of a period. */
  readonly edges?: readonly string[]
  readonly anchorDay: number
  /** The first day without service, when that was known as the line was issued. */
  readonly cancelledOn?: string | undefined
  readonly period: { readonly start: string; readonly end: string }
  readonly taxPoint: string
  /** Absent, no taxes were charged. */
  readonly rates?: RateTable | undefined
}
