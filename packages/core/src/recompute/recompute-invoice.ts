import { type Money, toDecimal } from '../money/money.ts'
import { bareOf, type ExpectedTax } from './expected-taxes.ts'
import type { LineFacts } from './line-facts.ts'
import { type FreeLineFacts, recomputeFreeLine } from './recompute-free-line.ts'
import { type RecomputedLine, recomputeLine } from './recompute-line.ts'

/** An invoice as it was issued, each line with the facts it follows from. */
export type IssuedInvoice = {
  readonly issuedOn: string
  readonly dueOn: string
  readonly total: Money
  readonly lines: readonly IssuedLine[]
}

export type IssuedLine = {
  readonly position: number
  readonly taxClass: string
  readonly pricing: string
  /** Absent where no price asks for it. */
  readonly priceVersion?: number
  readonly net: Money
  readonly taxes: readonly ExpectedTax[]
  readonly total: Money
  /** What lowered the price of its whole period, in order. */
  readonly discounts?: readonly { readonly code: string; readonly amount: Money }[]
  readonly facts: (LineFacts & { readonly priceVersion: number }) | FreeLineFacts
}

/** What stands on the invoice and what the second calculator found. */
export type Difference = {
  /** Absent when it is the invoice's own. */
  readonly position?: number
  /** `net`, `period_end`, `vat_amount`. */
  readonly field: string
  readonly issued: string
  readonly recomputed: string
}

export type RecomputedInvoice = {
  readonly outcome: 'agree' | 'differ'
  readonly differences: readonly Difference[]
  readonly lines: readonly RecomputedLine[]
  readonly total: Money
}

/** Computes an invoice or a debit note again and names everything that is otherwise. */
export function recomputeInvoice(issued: IssuedInvoice): RecomputedInvoice {
  const lines = issued.lines.map(({ facts }) => ('charged' in facts ? recomputeFreeLine(facts) : recomputeLine(facts)))
  const total = { ...issued.total, amountMinor: lines.reduce((sum, line) => sum + line.total.amountMinor, 0n) }
  const owed = lines.map(({ period, rule }, index) => {
    const facts = issued.lines[index]?.facts
    // When an amount that was named is due was named with it.
    if (period === undefined || facts === undefined || 'charged' in facts) return issued.dueOn
    return rule === 'used' || facts.timing === 'arrears' ? period.end : period.start
  })
  const dueOn = owed.reduce((first, day) => (day < first ? day : first), owed[0] ?? issued.issuedOn)
  const differences = [
    ...issued.lines.flatMap((line, index) => {
      const recomputed = lines[index]
      return recomputed === undefined ? [] : compareLine(line, recomputed, issued.issuedOn)
    }),
    ...unequal([
      ['total', amountText(issued.total), amountText(total)],
      ['due_on', issued.dueOn, dueOn > issued.issuedOn ? dueOn : issued.issuedOn],
    ]),
  ]
  return { outcome: differences.length === 0 ? 'agree' : 'differ', differences, lines, total }
}

function compareLine(issued: IssuedLine, recomputed: RecomputedLine, issuedOn: string): readonly Difference[] {
  const { facts, position } = issued
  const { period } = recomputed
  const taxPoint = period !== undefined && period.start < issuedOn ? period.start : issuedOn
  return unequal([
    ...('charged' in facts || period === undefined
      ? []
      : ([
          ['price_version', String(issued.priceVersion), String(facts.priceVersion)],
          ['period_start', facts.period.start, period.start],
          ['period_end', facts.period.end, period.end],
          ['valid_until', facts.pass?.until ?? 'none', recomputed.validUntil ?? 'none'],
        ] as const)),
    ['tax_class', issued.taxClass, facts.taxClass],
    ['pricing', issued.pricing, bareOf(facts) === undefined ? facts.pricing : 'exclusive'],
    ['tax_point', facts.taxPoint, taxPoint],
    ...('usage' in facts && facts.usage && recomputed.usedUnits !== undefined
      ? ([['units', String(facts.usage.quantity), String(recomputed.usedUnits)]] as const)
      : []),
    ...compareDiscounts(issued.discounts ?? [], recomputed.discounts),
    ['net', amountText(issued.net), amountText(recomputed.net)],
    ...compareTaxes(issued.taxes, recomputed.taxes, (amountMinor) => toDecimal({ ...recomputed.net, amountMinor })),
    ['total', amountText(issued.total), amountText(recomputed.total)],
  ]).map((difference) => ({ position, ...difference }))
}

type Pair = readonly [field: string, issued: string, recomputed: string]

function compareTaxes(issued: readonly ExpectedTax[], recomputed: readonly ExpectedTax[], text: (amountMinor: bigint) => string): Pair[] {
  const codes = (taxes: readonly ExpectedTax[]) => taxes.map(({ code }) => code).join(', ') || 'none'
  if (codes(issued) !== codes(recomputed)) return [['taxes', codes(issued), codes(recomputed)]]
  return issued.flatMap((tax, index): Pair[] => {
    const other = recomputed[index] ?? tax
    return [
      [`${tax.code}_rate_bp`, String(tax.rateBp), String(other.rateBp)],
      [`${tax.code}_certificate`, tax.certificate ?? 'none', other.certificate ?? 'none'],
      [`${tax.code}_base`, text(tax.baseMinor), text(other.baseMinor)],
      [`${tax.code}_amount`, text(tax.amountMinor), text(other.amountMinor)],
    ]
  })
}

function compareDiscounts(issued: RecomputedLine['discounts'], recomputed: RecomputedLine['discounts']): Pair[] {
  const text = (discounts: RecomputedLine['discounts']) =>
    discounts.map(({ code, amount }) => `${code} ${amountText(amount)}`).join(', ') || 'none'
  return [['discounts', text(issued), text(recomputed)]]
}

const unequal = (pairs: readonly Pair[]): Difference[] =>
  pairs.flatMap(([field, issued, recomputed]) => (issued === recomputed ? [] : [{ field, issued, recomputed }]))

const amountText = (amount: Money): string => `${toDecimal(amount)} ${amount.currency}`
