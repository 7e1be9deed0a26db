import { type Money, money, subtract, toDecimal, zero } from '../money/money.ts'
import { divideRounded } from '../money/rounding.ts'
import { splitByWeights } from '../money/split.ts'
import { invariant } from '../outcome.ts'
import { prorate, prorationWorking } from '../rating/prorate.ts'
import { type TaxAmount, type TaxedAmount, type TaxRate, taxBy } from '../tax/compute-tax.ts'
import type { Pricing, TaxBase } from '../tax/rule.ts'
import { taxArithmetic } from '../tax/tax-arithmetic.ts'
import type { CivilDate } from '../time/calendar.ts'
import { daysIn, type Period } from '../time/period.ts'

/** A line as it was claimed. */
export type ClaimedLine = TaxedAmount & { readonly pricing: Pricing }

/** A line that was claimed for days: its share of what a whole period costs, after discounts. */
export type ClaimedDays = ClaimedLine & { readonly period: Period; readonly rate: Money; readonly whole: Period }

export type CreditAmount = TaxedAmount & { readonly arithmetic: string }

/**
 * What a line claimed for some of its days: what it claimed from the first of them on, less what it claimed from the
 * end of them on, each taxed by the rates that stand on the line. So the credits of all its days are the line to the
 * cent, however they are cut. `left` is what no credit has taken yet; a line that was reduced for goodwill gives back no more.
 */
export function creditForDays(line: ClaimedDays, days: Period, left: TaxedAmount = line): CreditAmount {
  invariant(daysIn(days) > 0 && days.start >= line.period.start && days.end <= line.period.end, 'credited days are days of the line')
  const rates = ratesOf(line)
  const claimed = less(claimedFrom(line, rates, days.start), claimedFrom(line, rates, days.end))
  const credited = atMost(claimed, left)
  const priced = line.pricing === 'exclusive' ? claimed.net : claimed.total
  const working = taxArithmetic(prorationWorking(line.rate, days, line.whole), priced, line.pricing, claimed)
  const reduced = credited.total.amountMinor === claimed.total.amountMinor ? '' : `; left of the line: ${toDecimal(credited.total)}`
  return { ...credited, arithmetic: `${working}${reduced}` }
}

/** A part of what is left of a line, as net or with its taxes; the taxes are the same part of what is left of them. */
export function creditForAmount(left: TaxedAmount, part: { readonly net: Money } | { readonly total: Money }): CreditAmount {
  const credited = 'net' in part ? withTaxes(left, part.net) : sharesOf(left, part.total)
  const [amount, pricing] = 'net' in part ? ([part.net, 'exclusive'] as const) : ([part.total, 'inclusive'] as const)
  return { ...credited, arithmetic: taxArithmetic(toDecimal(amount), amount, pricing, credited) }
}

/** What credits have left of a line. */
export const leftOf = (line: TaxedAmount, credited: readonly TaxedAmount[]): TaxedAmount => credited.reduce(less, line)

function sharesOf(left: TaxedAmount, total: Money): TaxedAmount {
  invariant(total.amountMinor > 0n && total.amountMinor <= left.total.amountMinor, 'a credit is a part of what is left of its line')
  const [net = total, ...taxMinor] = splitByWeights(total, [left.net.amountMinor, ...left.taxes.map(({ amountMinor }) => amountMinor)])
  return withParts(left, net, (_, index) => taxMinor[index]?.amountMinor ?? 0n)
}

function withTaxes(left: TaxedAmount, net: Money): TaxedAmount {
  invariant(net.amountMinor > 0n && net.amountMinor <= left.net.amountMinor, 'a credit is a part of what is left of its line')
  return withParts(left, net, ({ amountMinor }) => divideRounded(amountMinor * net.amountMinor, left.net.amountMinor))
}

function withParts(left: TaxedAmount, net: Money, taxMinor: (tax: TaxAmount, index: number) => bigint): TaxedAmount {
  const baseOf = ({ baseMinor }: TaxAmount) =>
    left.net.amountMinor === 0n ? 0n : divideRounded(baseMinor * net.amountMinor, left.net.amountMinor)
  return summed(
    net,
    left.taxes.map((tax, index) => ({ ...tax, baseMinor: baseOf(tax), amountMinor: taxMinor(tax, index) })),
  )
}

/** What the line claimed for its days from one on; from its first, that is the line. */
function claimedFrom(line: ClaimedDays, rates: readonly TaxRate[], from: CivilDate): TaxedAmount {
  const { period, rate, whole, pricing } = line
  if (from === period.start) return line
  if (from === period.end) return nothingOf(line)
  return taxBy(prorate(rate, { start: from, end: period.end }, whole), pricing, rates)
}

/** The rates of a line as they stand on it, on whatever bases bear the line out. */
function ratesOf(line: ClaimedLine): readonly TaxRate[] {
  const amount = line.pricing === 'exclusive' ? line.net : line.total
  const found = basesOf(line)
    .map((bases) => line.taxes.map(({ baseMinor: _, amountMinor: __, ...rate }, index) => ({ ...rate, base: bases[index] ?? 'net' })))
    .find((rates) => taxBy(amount, line.pricing, rates).taxes.every((tax, index) => tax.amountMinor === line.taxes[index]?.amountMinor))
  invariant(found !== undefined, 'a line bears the taxes of its rates')
  return found
}

/** What each tax may be laid on. Where the taxes before it came to nothing its base does not tell, and both may be. */
function basesOf({ net, taxes }: TaxedAmount): readonly (readonly TaxBase[])[] {
  let before = 0n
  let known: readonly (readonly TaxBase[])[] = [[]]
  for (const { baseMinor, amountMinor } of taxes) {
    const told: readonly TaxBase[] = [baseMinor === net.amountMinor ? 'net' : 'net_plus_previous']
    const may: readonly TaxBase[] = before === 0n ? ['net_plus_previous', 'net'] : told
    known = may.flatMap((base) => known.map((bases) => [...bases, base]))
    before += amountMinor
  }
  return known
}

function less(from: TaxedAmount, taken: TaxedAmount): TaxedAmount {
  return summed(
    subtract(from.net, taken.net),
    from.taxes.map((tax) => {
      const other = taken.taxes.find(({ code }) => code === tax.code)
      return {
        ...tax,
        baseMinor: tax.baseMinor - (other?.baseMinor ?? 0n),
        amountMinor: tax.amountMinor - (other?.amountMinor ?? 0n),
      }
    }),
  )
}

function atMost(claimed: TaxedAmount, left: TaxedAmount): TaxedAmount {
  return summed(
    money(smaller(claimed.net.amountMinor, left.net.amountMinor), claimed.net.currency),
    claimed.taxes.map((tax) => {
      const most = left.taxes.find(({ code }) => code === tax.code)
      return {
        ...tax,
        baseMinor: smaller(tax.baseMinor, most?.baseMinor ?? 0n),
        amountMinor: smaller(tax.amountMinor, most?.amountMinor ?? 0n),
      }
    }),
  )
}

const smaller = (left: bigint, right: bigint): bigint => (left < right ? left : right)

const nothingOf = ({ net, taxes }: TaxedAmount): TaxedAmount =>
  summed(
    zero(net.currency),
    taxes.map((tax) => ({ ...tax, baseMinor: 0n, amountMinor: 0n })),
  )

function summed(net: Money, taxes: readonly TaxAmount[]): TaxedAmount {
  const totalMinor = taxes.reduce((sum, { amountMinor }) => sum + amountMinor, net.amountMinor)
  return { net, taxes, total: money(totalMinor, net.currency) }
}
