import { type Fraction, one, per, plus, share, times } from './fraction.ts'
import type { LineFacts, RateRow } from './line-facts.ts'

export type ExpectedTax = {
  readonly code: string
  readonly title: string
  readonly rateBp: number
  readonly baseMinor: bigint
  readonly amountMinor: bigint
  readonly certificate?: string
}

export type ExpectedTaxes = {
  readonly netMinor: bigint
  readonly taxes: readonly ExpectedTax[]
  readonly totalMinor: bigint
  /** One for each tax, in the order in which they were computed. */
  readonly workings: readonly Working[]
}

export type Working = { readonly rate: RateRow; readonly ofMinor: bigint; readonly part: Fraction; readonly amountMinor: bigint }

/** Taxes on an amount as it was priced: laid on top, first to last, or taken out again, last to first. */
export function expectedTaxes(
  pricedMinor: bigint,
  { rates, taxClass, pricing, taxPoint }: Pick<LineFacts, 'rates' | 'taxClass' | 'pricing' | 'taxPoint'>,
): ExpectedTaxes {
  const inForce = rowsOn({ rates, taxClass, taxPoint }).map((row) => {
    const certificate = certificateFor(row.code, { rates, taxPoint })
    return certificate === undefined ? row : { ...row, rateBp: 0, certificate }
  })
  const workings = pricing === 'exclusive' ? laidOn(pricedMinor, inForce) : takenOut(pricedMinor, inForce)
  const taxMinor = workings.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)
  const netMinor = pricing === 'exclusive' ? pricedMinor : pricedMinor - taxMinor
  let before = netMinor
  const inOrder = pricing === 'exclusive' ? workings : [...workings].reverse()
  const taxes = inOrder.map(({ rate: { code, title, rateBp, base, certificate }, amountMinor }) => {
    const baseMinor = base === 'net' ? netMinor : before
    before += amountMinor
    return { code, title, rateBp, baseMinor, amountMinor, ...(certificate === undefined ? {} : { certificate }) }
  })
  return { netMinor, taxes, totalMinor: netMinor + taxMinor, workings }
}

/** What somebody pays who is free of a tax that the price includes: the price without any of its taxes, and they come on top. */
export function bareOf(facts: Pick<LineFacts, 'rates' | 'taxClass' | 'pricing' | 'taxPoint'>): ((minor: bigint) => bigint) | undefined {
  const rows = rowsOn(facts)
  if (facts.pricing === 'exclusive' || rows.every(({ code }) => certificateFor(code, facts) === undefined)) return undefined
  return (minor) => takenOut(minor, rows).reduce((left, { amountMinor }) => left - amountMinor, minor)
}

const rowsOn = ({ rates, taxClass, taxPoint }: Pick<LineFacts, 'rates' | 'taxClass' | 'taxPoint'>): readonly RateRow[] =>
  (rates?.classes[taxClass] ?? []).flatMap((code) => rateOn(rates?.rules ?? [], code, taxPoint) ?? [])

function certificateFor(code: string, { rates, taxPoint }: Pick<LineFacts, 'rates' | 'taxPoint'>): string | undefined {
  for (const { certificate, taxes, from, until } of rates?.exemptions ?? [])
    if (taxes.includes(code) && from <= taxPoint && (until === undefined || until > taxPoint)) return certificate
  return undefined
}

/** Of the rows that have begun and not ended, the one that began last; of two that began together the later in the table. */
function rateOn(rows: readonly RateRow[], code: string, day: string): RateRow | undefined {
  return rows
    .filter((row) => row.code === code && row.from <= day && (row.until === undefined || row.until > day))
    .sort((left, right) => (left.from < right.from ? -1 : left.from > right.from ? 1 : 0))
    .at(-1)
}

const rateOf = ({ rateBp }: RateRow): Fraction => ({ over: BigInt(rateBp), under: 10_000n })

function laidOn(netMinor: bigint, rates: readonly RateRow[]): readonly Working[] {
  let before = netMinor
  return rates.map((rate) => {
    const ofMinor = rate.base === 'net' ? netMinor : before
    const amountMinor = share(ofMinor, rateOf(rate))
    before += amountMinor
    return { rate, ofMinor, part: rateOf(rate), amountMinor }
  })
}

/** One is priced without taxes and they are laid on it exactly: that tells which part of the whole each of them is. */
function takenOut(totalMinor: bigint, rates: readonly RateRow[]): readonly Working[] {
  let whole = one
  const parts = rates.map((rate) => {
    const tax = times(rate.base === 'net' ? one : whole, rateOf(rate))
    whole = plus(whole, tax)
    return { rate, part: per(tax, whole) }
  })
  let left = totalMinor
  return parts.reverse().map(({ rate, part }) => {
    const ofMinor = left
    const amountMinor = share(ofMinor, part)
    left -= amountMinor
    return { rate, ofMinor, part, amountMinor }
  })
}
