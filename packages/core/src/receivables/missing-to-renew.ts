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

/** What a payer is asked for: the debts, and the renewals that wait or are near, less free credit. */
export const toCollect = (standing: { readonly debtsMinor: bigint; readonly renewalsMinor: bigint; readonly freeMinor: bigint }): bigint =>
  aboveZero(standing.debtsMinor + standing.renewalsMinor - standing.freeMinor)

const aboveZero = (minor: bigint): bigint => (minor > 0n ? minor : 0n)
