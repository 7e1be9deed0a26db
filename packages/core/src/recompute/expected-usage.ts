import { type Money, toDecimal } from '../money/money.ts'
import { share } from './fraction.ts'

export type UsageFacts = {
  readonly quantity: bigint
  readonly scheme: string
  readonly blockUnits: bigint
  readonly includedUnits: bigint
  readonly tiers: readonly { readonly upTo?: bigint | undefined; readonly price: Money; readonly flatFee?: Money | undefined }[]
}

export type ExpectedUsage = { readonly amountMinor: bigint; readonly step: string }

/**
 * What use costs, found another way than by cutting it into tiers: everything at the first price, then from each edge on
 * the difference to the next price for all that lies beyond.
 */
export function expectedUsage(facts: UsageFacts): ExpectedUsage {
  const { quantity, includedUnits, blockUnits, scheme } = facts
  const beyond = quantity - includedUnits
  const free = includedUnits === 0n ? `${quantity} units` : `${quantity} units, ${includedUnits} of them free`
  if (beyond <= 0n) return { amountMinor: 0n, step: `${free}: nothing` }
  const { products, feesMinor, texts } = scheme === 'volume' ? atOnePrice(beyond, facts) : fromEdgeToEdge(beyond, facts)
  const amountMinor = share(products, { over: 1n, under: blockUnits }) + feesMinor
  const price = facts.tiers[0]?.price
  const fees = feesMinor === 0n || price === undefined ? '' : `, and fees of ${toDecimal({ ...price, amountMinor: feesMinor })}`
  return { amountMinor, step: `${free}: (${texts.join(' + ')}) ÷ ${blockUnits}, rounded${fees}` }
}

type Sum = { readonly products: bigint; readonly feesMinor: bigint; readonly texts: readonly string[] }

function atOnePrice(units: bigint, { tiers }: UsageFacts): Sum {
  const tier = tiers.find(({ upTo }, index) => (tiers[index - 1]?.upTo ?? 0n) < units && (upTo === undefined || upTo >= units))
  if (tier === undefined) return { products: 0n, feesMinor: 0n, texts: [] }
  const { price, flatFee } = tier
  return { products: units * price.amountMinor, feesMinor: flatFee?.amountMinor ?? 0n, texts: [`${units} × ${toDecimal(price)}`] }
}

function fromEdgeToEdge(units: bigint, { tiers }: UsageFacts): Sum {
  let [products, feesMinor, edge, priceMinor] = [0n, 0n, 0n, 0n]
  const texts: string[] = []
  for (const { upTo, price, flatFee } of tiers) {
    const beyond = units - edge
    if (beyond <= 0n) break
    const risesMinor = price.amountMinor - priceMinor
    products += beyond * risesMinor
    feesMinor += flatFee?.amountMinor ?? 0n
    texts.push(`${beyond} × ${toDecimal({ ...price, amountMinor: risesMinor })}`)
    priceMinor = price.amountMinor
    edge = upTo ?? units
  }
  return { products, feesMinor, texts }
}
