import { type Money, toDecimal } from '../money/money.ts'
import { type ExpectedPeriod, expectedPeriod } from './expected-period.ts'
import { type ExpectedTax, type ExpectedTaxes, expectedTaxes, type Working } from './expected-taxes.ts'
import { share } from './fraction.ts'
import type { LineFacts } from './line-facts.ts'

export type RecomputedLine = {
  readonly period: { readonly start: string; readonly end: string }
  /** `first`: shorter, since the start is not the anchor day. `last`: ends with the subscription. */
  readonly rule: 'whole' | 'first' | 'last'
  readonly net: Money
  /** In the order in which they are laid on. */
  readonly taxes: readonly ExpectedTax[]
  readonly total: Money
  /** In words and figures, for a person who checks with a pocket calculator. */
  readonly steps: readonly string[]
}

/**
 * Computes a line a second time from what is stored, without one line of code of the first calculator (rating, tax,
 * time): two that were written apart do not err alike.
 */
export function recomputeLine(facts: LineFacts): RecomputedLine {
  const { currency } = facts.price
  const period = expectedPeriod(facts)
  const restOf = (days: number) => share(facts.price.amountMinor, { over: BigInt(days), under: BigInt(period.wholeDays) })
  // What is left of the whole when the line begins, less what is left when it ends.
  const pricedMinor = restOf(period.days + period.daysAfter) - restOf(period.daysAfter)
  const taxed = expectedTaxes(pricedMinor, facts)
  const text = (amountMinor: bigint) => toDecimal({ amountMinor, currency })
  return {
    period: { start: period.start, end: period.end },
    rule: ruleOf(period),
    net: { amountMinor: taxed.netMinor, currency },
    taxes: taxed.taxes,
    total: { amountMinor: taxed.totalMinor, currency },
    steps: [
      periodStep(facts, period),
      priceStep(period, toDecimal(facts.price), text(pricedMinor), restOf(period.days) === pricedMinor),
      ...taxSteps(facts, taxed, pricedMinor, text),
    ],
  }
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

function priceStep({ days, daysAfter, wholeDays }: ExpectedPeriod, price: string, priced: string, once: boolean): string {
  if (days === wholeDays) return `The price of a whole period: ${price}`
  if (once) return `${price} × ${days} ÷ ${wholeDays} = ${priced}`
  return `${price} × ${days + daysAfter} ÷ ${wholeDays} − ${price} × ${daysAfter} ÷ ${wholeDays}, each rounded = ${priced}`
}

function taxSteps(
  { pricing, taxPoint }: LineFacts,
  { netMinor, totalMinor, workings }: ExpectedTaxes,
  pricedMinor: bigint,
  text: (amountMinor: bigint) => string,
): readonly string[] {
  if (workings.length === 0) return ['No tax applies']
  const inside = pricing === 'inclusive'
  const steps = workings.map(({ rate, ofMinor, part, amountMinor }) => {
    const figures = `${text(ofMinor)} × ${inside ? partText({ rate, part }) : `${percent(rate.rateBp)} ÷ 100`} = ${text(amountMinor)}`
    return `${rate.title} ${percent(rate.rateBp)} % ${inside ? 'in' : 'on'} ${text(ofMinor)}: ${figures}`
  })
  const sum = inside
    ? `What is left of ${text(pricedMinor)} is net: ${text(netMinor)}`
    : `Net ${text(netMinor)} and the taxes: ${text(totalMinor)}`
  return [`Rates of ${taxPoint}, the price ${inside ? 'includes' : 'excludes'} them`, ...steps, sum]
}

/** A tax on all that stands before it is the part `16 ÷ 116`; any other is an exact fraction. */
const partText = ({ rate, part }: Pick<Working, 'rate' | 'part'>): string =>
  rate.base === 'net_plus_previous' || part.over * BigInt(10_000 + rate.rateBp) === part.under * BigInt(rate.rateBp)
    ? `${percent(rate.rateBp)} ÷ ${percent(10_000 + rate.rateBp)}`
    : `${part.over} ÷ ${part.under}`

/** 1600 → `16`, 250 → `2.5`. */
const percent = (basisPoints: number): string => String(basisPoints / 100)
