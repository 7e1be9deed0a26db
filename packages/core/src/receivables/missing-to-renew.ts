/** What a payer's money is set against before and with one renewal. */
export type RenewalStanding = {
  readonly renewalMinor: bigint
  /** Renewals of the same payer that come before it. */
  readonly aheadMinor: bigint
  /** Open on claims: they take the money first. */
  readonly debtsMinor: bigint
  readonly freeMinor: bigint
}

/**
 * What has to be paid for one renewal to be bought: the part of it that free credit does not reach, and the debts that
 * would take the money first. Of several renewals the earlier use the credit first, so each tells its own part.
 */
export function missingToRenew({ renewalMinor, aheadMinor, debtsMinor, freeMinor }: RenewalStanding): bigint {
  if (renewalMinor === 0n) return 0n
  const shortMinor = aboveZero(debtsMinor + aheadMinor + renewalMinor - freeMinor)
  return (shortMinor < renewalMinor ? shortMinor : renewalMinor) + aboveZero(debtsMinor - freeMinor)
}

/** What has to be paid for several renewals of one payer: the own part of each, and the debts once. */
export function missingTogether(standings: readonly RenewalStanding[]): bigint {
  const [first] = standings
  if (first === undefined) return 0n
  const debtsMinor = aboveZero(first.debtsMinor - first.freeMinor)
  const parts = standings.map((one) => missingToRenew(one)).filter((minor) => minor > 0n)
  return parts.reduce((sum, minor) => sum + minor - debtsMinor, parts.length > 0 ? debtsMinor : 0n)
}

/** What a payer is asked for: the debts, and the renewals that wait or are near, less free credit. */
export const toCollect = (standing: { readonly debtsMinor: bigint; readonly renewalsMinor: bigint; readonly freeMinor: bigint }): bigint =>
  aboveZero(standing.debtsMinor + standing.renewalsMinor - standing.freeMinor)

const aboveZero = (minor: bigint): bigint => (minor > 0n ? minor : 0n)
