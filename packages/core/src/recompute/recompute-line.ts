import { type Money, toDecimal } from '../money/money.ts'
import { type ExpectedDiscounts, expectedDiscounts } from './expected-discounts.ts'
import { expectedDraws } from './expected-draws.ts'
import { expectedPass } from './expected-pass.ts'
import { type ExpectedPeriod, expectedPeriod } from './expected-period.ts'
import { expectedRate } from './expected-rate.ts'
import { bareOf, type ExpectedTax, expectedTaxes } from './expected-taxes.ts'
import { expectedUsage } from './expected-usage.ts'
import { share } from './fraction.ts'
import type { LineFacts } from './line-facts.ts'
import { taxSteps } from './tax-steps.ts'

export type RecomputedLine = {
  /** Absent where no days are charged. */
  readonly period?: { readonly start: string; readonly end: string }
  /** `first`: begins late in its period. `last`: ends early in it, with the subscription, its terms or a pause. `free`: no subscription asks for it. */
  readonly rule: 'whole' | 'first' | 'last' | 'once' | 'used' | 'pass' | 'free'
  /** Of a pass: the instant at which it is over, in UTC. */
  readonly validUntil?: string
  /** What lowered the price of the whole period. */
  readonly discounts: readonly { readonly code: string; readonly amount: Money }[]
  /** Of measured use: what is rated. */
  readonly usedUnits?: bigint
  readonly net: Money
  /** In the order in which they are laid on. */
  readonly taxes: readonly ExpectedTax[]
  readonly total: Money
  /** In words and figures, for a person who checks with a pocket calculator. */
  readonly steps: readonly string[]
}

type RecomputedDays = RecomputedLine & Required<Pick<RecomputedLine, 'period'>>

/**
 * Computes a line a second time from what is stored, without one line of code of the first calculator (rating, tax,
 * time): two that were written apart do not err alike.
 */
export function recomputeLine(stored: LineFacts): RecomputedDays {
  const bare = bareOf(stored)
  const facts: LineFacts = bare === undefined ? stored : { ...stored, pricing: 'exclusive' }
  const { currency } = facts.price
  const text = (amountMinor: bigint) => toDecimal({ amountMinor, currency })
  if (facts.pass !== undefined) return passLine(facts, facts.pass, text, bare)
  const period = expectedPeriod(facts)
  if (facts.usage !== undefined) return usedLine(facts, facts.usage, text, bare)
  const { rate: listPrice, once, step } = expectedRate(facts, period.index)
  const { left, taken } = discountedRate(facts, listPrice)
  const rate = bare === undefined ? left : { amountMinor: bare(left.amountMinor), currency }
  const priced = once ? { amountMinor: rate.amountMinor, step: `Charged once: ${toDecimal(rate)}` } : sharePriced(facts, period, rate)
  const taxed = expectedTaxes(priced.amountMinor, facts)
  return {
    period: once ? facts.period : { start: period.start, end: period.end },
    discounts: taken,
    rule: once ? 'once' : ruleOf(period),
    net: { amountMinor: taxed.netMinor, currency },
    taxes: taxed.taxes,
    total: { amountMinor: taxed.totalMinor, currency },
    steps: [
      ...(once ? [] : [periodStep(facts, period)]),
      ...(step === undefined ? [] : [step]),
      ...taken.map((discount) => discount.step),
      ...bareSteps(left, rate),
      priced.step,
      ...taxSteps(facts, taxed, priced.amountMinor, text),
    ],
  }
}

/** Who is free of a tax does not pay it where a price includes it. */
const bareSteps = (priced: Money, without: Money): readonly string[] =>
  priced.amountMinor === without.amountMinor
    ? []
    : [`A tax in it is not borne: without its taxes ${toDecimal(priced)} is ${toDecimal(without)}`]

/** A pass is bought whole, at what the price comes to after discounts. */
function passLine(
  facts: LineFacts,
  pass: NonNullable<LineFacts['pass']>,
  text: (amountMinor: bigint) => string,
  bare: ReturnType<typeof bareOf>,
): RecomputedDays {
  const { currency } = facts.price
  const { period, validUntil, step } = expectedPass(facts, pass)
  const { left, taken } = discountedRate(facts, facts.price)
  const rate = bare === undefined ? left : { amountMinor: bare(left.amountMinor), currency }
  const taxed = expectedTaxes(rate.amountMinor, facts)
  return {
    period,
    validUntil,
    rule: 'pass',
    discounts: taken,
    net: { amountMinor: taxed.netMinor, currency },
    taxes: taxed.taxes,
    total: { amountMinor: taxed.totalMinor, currency },
    steps: [
      step,
      ...taken.map((discount) => discount.step),
      `The price of a pass: ${toDecimal(left)}`,
      ...bareSteps(left, rate),
      ...taxSteps(facts, taxed, rate.amountMinor, text),
    ],
  }
}

/** What was agreed lowers the price of the plan, not its extras, by what holds on the first day. */
function discountedRate({ component = 'base', discounts, period }: LineFacts, listPrice: Money): ExpectedDiscounts {
  if (component !== 'base' || discounts === undefined) return { left: listPrice, taken: [] }
  return expectedDiscounts(listPrice, { ...discounts, day: period.start })
}

/** What all that was measured comes to, less what was charged before. */
function usedLine(
  facts: LineFacts,
  usage: NonNullable<LineFacts['usage']>,
  text: (amountMinor: bigint) => string,
  bare = (minor: bigint) => minor,
): RecomputedDays {
  const { currency } = facts.price
  const drawn = usage.drawn && expectedDraws(usage.drawn)
  const quantity = drawn?.leftUnits ?? usage.quantity
  const [all, before] = [expectedUsage({ ...usage, quantity }), expectedUsage({ ...usage, quantity: usage.ratedUnits })]
  const usedMinor = all.amountMinor - before.amountMinor
  const pricedMinor = bare(usedMinor)
  const taxed = expectedTaxes(pricedMinor, facts)
  return {
    period: facts.period,
    rule: 'used',
    discounts: [],
    net: { amountMinor: taxed.netMinor, currency },
    taxes: taxed.taxes,
    total: { amountMinor: taxed.totalMinor, currency },
    usedUnits: quantity,
    steps: [
      ...(drawn?.steps ?? []),
      `${all.step} = ${text(all.amountMinor)}`,
      ...(usage.ratedUnits === 0n ? [] : [`Less what was charged before: ${before.step} = ${text(before.amountMinor)}`]),
      ...bareSteps({ amountMinor: usedMinor, currency }, { amountMinor: pricedMinor, currency }),
      ...taxSteps(facts, taxed, pricedMinor, text),
    ],
  }
}

type Priced = { readonly amountMinor: bigint; readonly step: string }

/** What is left of the whole when the line begins, less what is left when it ends. */
function sharePriced({ firstPeriod = 'prorated', startsOn }: LineFacts, period: ExpectedPeriod, rate: Money): Priced {
  const { daysAfter, wholeDays, start, wholeStart } = period
  const price = toDecimal(rate)
  const isStub = start === startsOn && start !== wholeStart
  if (isStub && firstPeriod === 'free') return { amountMinor: 0n, step: 'A first period that is shorter costs nothing' }
  // One that costs the whole price counts as if it had begun in time.
  const days = isStub && firstPeriod === 'full' ? wholeDays - daysAfter : period.days
  if (days === wholeDays) return { amountMinor: rate.amountMinor, step: `The price of a whole period: ${price}` }
  const restOf = (left: number) => share(rate.amountMinor, { over: BigInt(left), under: BigInt(wholeDays) })
  const amountMinor = restOf(days + daysAfter) - restOf(daysAfter)
  const priced = toDecimal({ ...rate, amountMinor })
  if (restOf(days) === amountMinor) return { amountMinor, step: `${price} × ${days} ÷ ${wholeDays} = ${priced}` }
  const rests = `${price} × ${days + daysAfter} ÷ ${wholeDays} − ${price} × ${daysAfter} ÷ ${wholeDays}`
  return { amountMinor, step: `${rests}, each rounded = ${priced}` }
}

function ruleOf({ start, end, wholeStart, wholeEnd }: ExpectedPeriod): RecomputedLine['rule'] {
  if (end !== wholeEnd) return 'last'
  return start === wholeStart ? 'whole' : 'first'
}

function periodStep({ cadence: { unit, count }, anchorDay, startsOn }: LineFacts, period: ExpectedPeriod): string {
  const every = count === 1 ? unit : `${count} ${unit}s`
  const anchor = unit === 'month' || unit === 'year' ? `, day ${anchorDay} of the month` : ''
  const charged = period.days === period.wholeDays ? '' : `; charged are ${period.start} to before ${period.end}: ${period.days} days`
  return `Every ${every} from ${startsOn}${anchor}: the period is ${period.wholeStart} to before ${period.wholeEnd}, ${period.wholeDays} days${charged}`
}
