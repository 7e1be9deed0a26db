import type { ExpectedTaxes, Working } from './expected-taxes.ts'
import type { LineFacts } from './line-facts.ts'

/** How the taxes of a line come about, for a person who checks with a pocket calculator. */
export function taxSteps(
  { pricing, taxPoint }: Pick<LineFacts, 'pricing' | 'taxPoint'>,
  { netMinor, totalMinor, workings }: ExpectedTaxes,
  pricedMinor: bigint,
  text: (amountMinor: bigint) => string,
): readonly string[] {
  if (workings.length === 0) return ['No tax applies']
  const inside = pricing === 'inclusive'
  const steps = workings.map(({ rate, ofMinor, part, amountMinor }) => {
    if (rate.certificate !== undefined) return `${rate.title}: exempt by the certificate ${rate.certificate}`
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
