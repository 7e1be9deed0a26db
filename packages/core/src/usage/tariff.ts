import type { Money } from '../money/money.ts'
import { type Rejection, rejected } from '../outcome.ts'

/**
 * `per_unit`: one price. `graduated`: each unit costs what its own tier says. `volume`: all units cost what the tier
 * says that the last of them reaches.
 */
export const usageSchemes = ['per_unit', 'graduated', 'volume'] as const
export type UsageScheme = (typeof usageSchemes)[number]

export type UsageTier = {
  /** The last unit that belongs to it; absent on the last tier, which has no end. */
  readonly upTo?: bigint | undefined
  /** For one block of units. */
  readonly price: Money
  /** Once, as soon as one unit reaches the tier. */
  readonly flatFee?: Money | undefined
}

/** What measured use costs. */
export type UsageTariff = {
  readonly scheme: UsageScheme
  /** What is counted: `MB`, `minute`. */
  readonly unit: string
  /** How many units a price is for, so that one unit may cost a fraction of a cent. Begun blocks cost their part. */
  readonly blockUnits: bigint
  /** Units of a period that cost nothing; tiers count those beyond. */
  readonly includedUnits: bigint
  readonly tiers: readonly UsageTier[]
}

/** Why a tariff cannot be sold; undefined when it can. */
export function refuseTariff({ scheme, blockUnits, includedUnits, tiers }: UsageTariff): Rejection<'invalid_tariff'> | undefined {
  const no = (message: string, field: string) => rejected('invalid_tariff', message, field)
  if (blockUnits < 1n) return no('a price is for one unit or more', 'blockUnits')
  if (includedUnits < 0n) return no('the included units are 0 or more', 'includedUnits')
  const [first] = tiers
  if (first === undefined) return no('a tariff has at least one tier', 'tiers')
  if (scheme === 'per_unit' && tiers.length > 1) return no('a price per unit has one tier; take graduated or volume', 'tiers')
  for (const [index, { upTo, price, flatFee }] of tiers.entries()) {
    const field = `tiers[${index}]`
    const isLast = index === tiers.length - 1
    if (isLast && upTo !== undefined) return no('the last tier has no end: leave upTo out', `${field}.upTo`)
    if (!isLast && (upTo === undefined || upTo <= (tiers[index - 1]?.upTo ?? 0n)))
      return no('each tier but the last ends above the one before', `${field}.upTo`)
    const amounts = [price, ...(flatFee === undefined ? [] : [flatFee])]
    if (amounts.some(({ amountMinor }) => amountMinor < 0n)) return no('an amount is 0 or more', field)
    if (amounts.some(({ currency }) => currency !== first.price.currency)) return no('all amounts are in one currency', field)
  }
  return undefined
}
