import { type Money, toDecimal } from '../money/money.ts'
import { numberOf } from './civil-days.ts'
import { type ExpectedTax, expectedTaxes } from './expected-taxes.ts'
import { share } from './fraction.ts'
import type { LineFacts, RateTable } from './line-facts.ts'
import type { Difference } from './recompute-invoice.ts'

type Span = { readonly start: string; readonly end: string }
type Figures = { readonly net: Money; readonly taxes: readonly ExpectedTax[]; readonly total: Money }

/** A line of a credit note as it was issued, with the facts it follows from. */
export type IssuedCreditLine = Figures & {
  readonly position: number
  /** The line that is credited, as it was claimed. */
  readonly claimed: Figures & Pick<LineFacts, 'pricing'>
  /** What earlier credits had left of it. */
  readonly left: Figures
  /** Absent where an amount is credited and no days. */
  readonly days?: {
    readonly credited: Span
    /** What the line charged, and the whole period that the rate is for. */
    readonly charged: Span
    readonly whole: Span
    readonly rate: Money
  }
}

export type IssuedCredit = { readonly total: Money; readonly lines: readonly IssuedCreditLine[] }

/**
 * Computes a credit note again and names everything that is otherwise. Days are worth what is left of the period at
 * their start less what is left at their end, both by the rates on the line; an amount takes the same part of each figure.
 */
export function recomputeCredit({ total, lines }: IssuedCredit): readonly Difference[] {
  const sum = lines.reduce((minor, line) => minor + line.total.amountMinor, 0n)
  const ofLines = lines.flatMap((line) => {
    const expected = line.days === undefined ? byAmount(line) : byDays(line, line.days)
    return expected === undefined ? [] : compare(line, expected)
  })
  return sum === total.amountMinor
    ? ofLines
    : [...ofLines, { field: 'total', issued: text(total, total.amountMinor), recomputed: text(total, sum) }]
}

/** Net, each tax in order; a credit never takes more than is left of any. */
type Parts = { readonly netMinor: bigint; readonly taxMinor: readonly bigint[] }

function byDays({ claimed, left }: IssuedCreditLine, days: NonNullable<IssuedCreditLine['days']>): Parts {
  const rates = ratesOf(claimed)
  const [from, until] = [worthFrom(days.credited.start, days, claimed, rates), worthFrom(days.credited.end, days, claimed, rates)]
  const most = (minor: bigint, limit: bigint) => (minor > limit ? limit : minor)
  return {
    netMinor: most(from.netMinor - until.netMinor, left.net.amountMinor),
    taxMinor: from.taxMinor.map((minor, index) => most(minor - (until.taxMinor[index] ?? 0n), left.taxes[index]?.amountMinor ?? 0n)),
  }
}

/** What the line charges from a day to its end. */
function worthFrom(
  day: string,
  { charged, whole, rate }: NonNullable<IssuedCreditLine['days']>,
  line: IssuedCreditLine['claimed'],
  rates: RateTable,
): Parts {
  const under = BigInt(numberOf(whole.end) - numberOf(whole.start))
  const toEndOfWhole = (from: string) => share(rate.amountMinor, { over: BigInt(numberOf(whole.end) - numberOf(from)), under })
  const taxed = expectedTaxes(toEndOfWhole(day) - toEndOfWhole(charged.end), {
    rates,
    taxClass: 'line',
    pricing: line.pricing,
    taxPoint: '',
  })
  return { netMinor: taxed.netMinor, taxMinor: taxed.taxes.map(({ amountMinor }) => amountMinor) }
}

/** The rates as they stand on the line. Its own figures tell what each tax is laid on. */
function ratesOf({ net, taxes, total, pricing }: IssuedCreditLine['claimed']): RateTable {
  const tableOf = (unclear: 'net' | 'net_plus_previous'): RateTable => {
    let before = 0n
    const rules = taxes.map(({ code, title, rateBp, baseMinor, amountMinor }) => {
      const base = before === 0n ? unclear : baseMinor === net.amountMinor + before ? 'net_plus_previous' : 'net'
      before += amountMinor
      return { code, title, rateBp, base, from: '' } as const
    })
    return { rules, classes: { line: taxes.map(({ code }) => code) } }
  }
  const stacked = tableOf('net_plus_previous')
  const priced = pricing === 'exclusive' ? net : total
  const again = expectedTaxes(priced.amountMinor, { rates: stacked, taxClass: 'line', pricing, taxPoint: '' })
  return again.taxes.every(({ amountMinor }, index) => amountMinor === taxes[index]?.amountMinor) ? stacked : tableOf('net')
}

/** Undefined when the amounts are the same part of all that was left, to the unit; either net or the total was asked for. */
function byAmount({ net, taxes, total, left }: IssuedCreditLine): Parts | undefined {
  const asked = { over: total.amountMinor, under: left.total.amountMinor }
  const off = (minor: bigint, of: bigint) => minor * asked.under - of * asked.over
  const near = (minor: bigint, of: bigint) => off(minor, of) < asked.under && off(minor, of) > -asked.under
  if (
    near(net.amountMinor, left.net.amountMinor) &&
    taxes.every((tax, index) => near(tax.amountMinor, left.taxes[index]?.amountMinor ?? 0n))
  )
    return undefined
  const ofNet = { over: net.amountMinor, under: left.net.amountMinor }
  const fromNet = left.taxes.map(({ amountMinor }) => (ofNet.under === 0n ? 0n : share(amountMinor, ofNet)))
  return { netMinor: net.amountMinor, taxMinor: fromNet }
}

function compare(issued: IssuedCreditLine, expected: Parts): readonly Difference[] {
  const totalMinor = expected.taxMinor.reduce((sum, minor) => sum + minor, expected.netMinor)
  const pairs: readonly (readonly [field: string, issued: bigint, recomputed: bigint])[] = [
    ['net', issued.net.amountMinor, expected.netMinor],
    ...issued.taxes.map(({ code, amountMinor }, index) => [`${code}_amount`, amountMinor, expected.taxMinor[index] ?? 0n] as const),
    ['total', issued.total.amountMinor, totalMinor],
  ]
  return pairs
    .filter(([, was, is]) => was !== is)
    .map(([field, was, is]) => ({ position: issued.position, field, issued: text(issued.total, was), recomputed: text(issued.total, is) }))
}

const text = ({ currency }: Money, amountMinor: bigint): string => `${toDecimal({ amountMinor, currency })} ${currency}`
