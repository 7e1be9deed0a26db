import { invariant } from '../outcome.ts'
import type { Instant } from '../time/instant.ts'

/** Units that were bought or granted and may be used for some time. */
export type Allowance = {
  readonly id: string
  readonly grantedUnits: bigint
  readonly usedUnits: bigint
  readonly validFrom: Instant
  /** The first instant at which it is no longer valid. */
  readonly validUntil: Instant
}

export type Drawn = {
  readonly draws: readonly { readonly allowanceId: string; readonly units: bigint }[]
  /** What no allowance covers: the tariff rates it. */
  readonly leftUnits: bigint
}

/** Takes what was used at an instant out of the allowances that were valid then, the one that expires first before the others. */
export function drawAllowances(quantity: bigint, at: Instant, allowances: readonly Allowance[]): Drawn {
  invariant(quantity >= 0n, `nobody uses ${quantity} units`)
  let leftUnits = quantity
  const draws = allowances
    .filter(({ validFrom, validUntil }) => validFrom <= at && at < validUntil)
    .sort(byExpiry)
    .flatMap(({ id, grantedUnits, usedUnits }) => {
      const free = grantedUnits - usedUnits
      const units = free < leftUnits ? free : leftUnits
      leftUnits -= units
      return units === 0n ? [] : [{ allowanceId: id, units }]
    })
  return { draws, leftUnits }
}

/** Of two that expire together the older is drawn first, then the one with the smaller id. */
const byExpiry = (left: Allowance, right: Allowance): number =>
  left.validUntil.getTime() - right.validUntil.getTime() ||
  left.validFrom.getTime() - right.validFrom.getTime() ||
  (left.id < right.id ? -1 : 1)
