import { type Money, money, subtract, toDecimal } from '../money/money.ts'
import { divideRounded } from '../money/rounding.ts'
import { invariant } from '../outcome.ts'
import { refuseTariff, type UsageTariff, type UsageTier } from './tariff.ts'

export type RatedUsage = {
  readonly amount: Money
  /** `100 MB included`, `1000 × 5.00 ÷ 100`, `250 × 4.00 ÷ 100 + 50.00`: they add up to the amount, rounded once. */
  readonly working: readonly string[]
}

/** What a quantity of a period costs. All tiers are summed exactly and the sum is rounded once, half away from zero. */
export function rateUsage(quantity: bigint, tariff: UsageTariff): RatedUsage {
  invariant(quantity >= 0n, `nobody uses ${quantity} units`)
  invariant(refuseTariff(tariff) === undefined, 'a tariff is checked before it is sold')
  const { includedUnits, blockUnits, unit } = tariff
  const units = quantity > includedUnits ? quantity - includedUnits : 0n
  const parts = partsOf(units, tariff)
  const blocks = parts.reduce((sum, { tier, units: used }) => sum + used * tier.price.amountMinor, 0n)
  const fees = parts.reduce((sum, { tier }) => sum + (tier.flatFee?.amountMinor ?? 0n), 0n)
  const included =
    includedUnits === 0n || quantity === 0n ? [] : [`${quantity < includedUnits ? quantity : includedUnits} ${unit} included`]
  return {
    amount: money(divideRounded(blocks, blockUnits) + fees, currencyOf(tariff)),
    working: [...included, ...parts.map((part) => workingOf(part, blockUnits))],
  }
}

/**
 * What more costs when some of the period was charged before: the whole less what the earlier part came to. So
 * however late or in however many parts use is reported, the period costs what it costs at once.
 */
export function rateMoreUsage(before: bigint, more: bigint, tariff: UsageTariff): RatedUsage {
  const [whole, charged] = [rateUsage(before + more, tariff), rateUsage(before, tariff)]
  if (before === 0n) return whole
  return {
    amount: subtract(whole.amount, charged.amount),
    working: [...whole.working, `less ${toDecimal(charged.amount)} for the first ${before}`],
  }
}

type Part = { readonly tier: UsageTier; readonly units: bigint }

/** How many units cost what which tier says. */
function partsOf(units: bigint, { scheme, tiers }: UsageTariff): readonly Part[] {
  if (units === 0n) return []
  if (scheme === 'volume') {
    const tier = tiers.find(({ upTo }) => upTo === undefined || units <= upTo)
    return tier ? [{ tier, units }] : []
  }
  let above = 0n
  return tiers.flatMap((tier) => {
    const end = tier.upTo === undefined || tier.upTo > units ? units : tier.upTo
    const part = { tier, units: end - above }
    above = end
    return part.units === 0n ? [] : [part]
  })
}

function workingOf({ tier: { price, flatFee }, units }: Part, blockUnits: bigint): string {
  const product = `${units} × ${toDecimal(price)}${blockUnits === 1n ? '' : ` ÷ ${blockUnits}`}`
  return flatFee === undefined || flatFee.amountMinor === 0n ? product : `${product} + ${toDecimal(flatFee)}`
}

function currencyOf({ tiers }: UsageTariff): Money['currency'] {
  const [first] = tiers
  invariant(first !== undefined, 'a tariff has a tier')
  return first.price.currency
}
