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
    const differences = expected.map((parts) => compare(line, parts))
    return differences.find(({ length }) => length === 0) ?? differences[0] ?? []
  })
  return sum === total.amountMinor
    ? ofLines
    : [...ofLines, { field: 'total', issued: text(total, total.amountMinor), recomputed: text(total, sum) }]
}

/** Net, each tax in order; a credit never takes more than is left of any. */
type Parts = { readonly netMinor: bigint; readonly taxMinor: readonly bigint[] }

/** By each way in which the taxes of the line may be laid on. */
function byDays({ claimed, left }: IssuedCreditLine, days: NonNullable<IssuedCreditLine['days']>): readonly Parts[] {
  const most = (minor: bigint, limit: bigint) => (minor > limit ? limit : minor)
  return tablesOf(claimed).map((rates) => {
    const [from, until] = [worthFrom(days.credited.start, days, claimed, rates), worthFrom(days.credited.end, days, claimed, rates)]
    return {
      netMinor: most(from.netMinor - until.netMinor, left.net.amountMinor),
      taxMinor: from.taxMinor.map((minor, index) => most(minor - (until.taxMinor[index] ?? 0n), left.taxes[index]?.amountMinor ?? 0n)),
    }
  })
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

/**
 * The rates as they stand on the line. Its own figures tell what each tax is laid on; of cents, where the taxes before it came
 * to nothing, they leave more than one way open, and each that bears the line out may be the one.
 */
function tablesOf({ net, taxes, total, pricing }: IssuedCreditLine['claimed']): readonly RateTable[] {
  const before = taxes.map((_, index) => taxes.slice(0, index).reduce((sum, { amountMinor }) => sum + amountMinor, 0n))
  const ways = 2 ** taxes.length
  const tables = Array.from({ length: ways }, (_, way): RateTable => {
    const rules = taxes.map(({ code, title, rateBp, baseMinor }, index) => {
      const told = baseMinor === net.amountMinor + (before[index] ?? 0n)
      const isStacked = before[index] === 0n ? ((way >> index) & 1) === 0 : told
      return { code, title, rateBp, base: isStacked ? 'net_plus_previous' : 'net', from: '' } as const
    })
    return { rules, classes: { line: taxes.map(({ code }) => code) } }
  })
  const priced = pricing === 'exclusive' ? net : total
  const borneOut = tables.filter((rates) => {
    const again = expectedTaxes(priced.amountMinor, { rates, taxClass: 'line', pricing, taxPoint: '' })
    return again.taxes.every(({ amountMinor }, index) => amountMinor === taxes[index]?.amountMinor)
  })
  return borneOut.length > 0 ? borneOut : tables.slice(0, 1)
}

/** None when the amounts are the same part of all that was left, to the unit; either net or the total was asked for. */
function byAmount({ net, taxes, total, left }: IssuedCreditLine): readonly Parts[] {
  const asked = { over: total.amountMinor, under: left.total.amountMinor }
  const off = (minor: bigint, of: bigint) => minor * asked.under - of * asked.over
  const near = (minor: bigint, of: bigint) => off(minor, of) < asked.under && off(minor, of) > -asked.under
  if (
    near(net.amountMinor, left.net.amountMinor) &&
    taxes.every((tax, index) => near(tax.amountMinor, left.taxes[index]?.amountMinor ?? 0n))
  )
    return []
  const ofNet = { over: net.amountMinor, under: left.net.amountMinor }
  const fromNet = left.taxes.map(({ amountMinor }) => (ofNet.under === 0n ? 0n : share(amountMinor, ofNet)))
  return [{ netMinor: net.amountMinor, taxMinor: fromNet }]
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
