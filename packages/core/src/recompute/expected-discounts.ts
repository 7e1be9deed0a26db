import { type Money, toDecimal } from '../money/money.ts'
import { dayOfMonth, monthOf, numberOf, readDay } from './civil-days.ts'
import { share } from './fraction.ts'

/** A discount as it is stored: it has a rate, an amount, or a table of rates. */
export type DiscountRow = {
  readonly id: string
  readonly source: string
  readonly code: string
  readonly from?: string | undefined
  readonly until?: string | undefined
  readonly planIds?: readonly string[] | undefined
  readonly exclusive?: boolean | undefined
  readonly rateBp?: number | undefined
  readonly fixed?: Money | undefined
  readonly steps?: readonly { readonly from: number; readonly rateBp: number }[] | undefined
}

export type DiscountFacts = {
  readonly rows: readonly DiscountRow[]
  readonly day: string
  readonly planId: string
  readonly subscriberSince: string
  readonly activeSubscriptions: number
}

export type ExpectedDiscounts = {
  readonly left: Money
  readonly taken: readonly { readonly code: string; readonly amount: Money; readonly step: string }[]
}

/** The letter says which comes first. */
const turns: Readonly<Record<string, string>> = { promotion: 'a', volume: 'b', loyalty: 'c', referral: 'd', coupon: 'e' }

/** The price of a whole period less its discounts: all that may stand together, or one that stands alone if that is cheaper. */
export function expectedDiscounts(listPrice: Money, facts: DiscountFacts): ExpectedDiscounts {
  const turnOf = ({ source, from = '0000-00-00', id }: DiscountRow) => `${turns[source]} ${from} ${id}`
  const valid = facts.rows
    .filter(({ planIds }) => !planIds || new Set(planIds).has(facts.planId))
    .filter(({ from, until }) => !(from !== undefined && facts.day < from) && !(until !== undefined && until <= facts.day))
    .map((row) => ({ row, turn: turnOf(row) }))
    .sort((left, right) => (left.turn > right.turn ? 1 : -1))
    .map(({ row }) => row)
  let best = oneAfterAnother(
    listPrice,
    valid.filter((row) => !row.exclusive),
    facts,
  )
  for (const row of valid) {
    if (!row.exclusive) continue
    const single = oneAfterAnother(listPrice, [row], facts)
    if (single.left.amountMinor < best.left.amountMinor) best = single
  }
  return best
}

function oneAfterAnother(price: Money, rows: readonly DiscountRow[], facts: DiscountFacts): ExpectedDiscounts {
  const [row, ...others] = rows
  if (row === undefined) return { left: price, taken: [] }
  const { offMinor, step } = offOf(price, row, facts)
  const rest = oneAfterAnother({ ...price, amountMinor: price.amountMinor - offMinor }, others, facts)
  if (offMinor === 0n) return rest
  return { left: rest.left, taken: [{ code: row.code, amount: { ...price, amountMinor: offMinor }, step }, ...rest.taken] }
}

function offOf(price: Money, row: DiscountRow, facts: DiscountFacts): { readonly offMinor: bigint; readonly step: string } {
  const { code, fixed } = row
  if (fixed !== undefined) {
    const offMinor = fixed.currency !== price.currency ? 0n : fixed.amountMinor < price.amountMinor ? fixed.amountMinor : price.amountMinor
    return { offMinor, step: `${code}: ${toDecimal(fixed)} off ${toDecimal(price)}, at most all of it` }
  }
  const rateBp = rateOf(row, facts)
  const offMinor = share(price.amountMinor, { over: BigInt(rateBp), under: 10_000n })
  return { offMinor, step: `${code}: ${toDecimal(price)} × ${rateBp / 100} ÷ 100 = ${toDecimal({ ...price, amountMinor: offMinor })}` }
}

/** Of a table the row that begins last among those that were reached. */
function rateOf({ rateBp = 0, steps, source }: DiscountRow, facts: DiscountFacts): number {
  if (steps === undefined) return rateBp
  const count = source === 'loyalty' ? fullMonths(facts.subscriberSince, facts.day) : facts.activeSubscriptions
  const sorted = [...steps].sort((left, right) => right.from - left.from)
  return sorted.find(({ from }) => count >= from)?.rateBp ?? 0
}

function fullMonths(since: string, until: string): number {
  const first = readDay(since)
  const last = numberOf(until)
  let months = monthOf(readDay(until)) - monthOf(first)
  if (dayOfMonth(monthOf(first) + months, first.day) > last) months -= 1
  return Math.max(0, months)
}
