import { type Money, money } from '../money/money.ts'
import { divideRounded } from '../money/rounding.ts'
import type { CivilDate } from '../time/calendar.ts'
import { ratesFor } from './exemption.ts'
import type { Pricing, TaxClass, TaxPack, TaxRule } from './rule.ts'

/** One tax on one amount, with the base it was laid on. A rate of nothing is listed too: zero-rated is not exempt. */
export type TaxAmount = {
  readonly code: string
  readonly title: string
  readonly rateBp: number
  readonly baseMinor: bigint
  readonly amountMinor: bigint
  /** The number of the certificate that frees of it; its rate is nothing then. */
  readonly certificate?: string
}

/** Net and taxes are the total, to the minor unit. */
export type TaxedAmount = { readonly net: Money; readonly taxes: readonly TaxAmount[]; readonly total: Money }

export type Taxable = {
  readonly amount: Money
  readonly taxClass: TaxClass
  /** The day whose rates apply. */
  readonly taxPoint: CivilDate
  readonly pricing: Pricing
  /** Nothing is laid on it, whatever its class: the amount is net and total, also where the price includes taxes. */
  readonly exempt?: boolean
}

/**
 * The taxes on one line. Each is rounded once, half away from zero, so a credit bears what its charge bore. On top of
 * a price the first tax comes first; out of an inclusive price the last one comes out first and net is the remainder,
 * so the parts always add up to what was advertised. This rounding is our policy, no law was found that rules it.
 */
export function computeTax({ amount, taxClass, taxPoint, pricing, exempt = false }: Taxable, pack: TaxPack | undefined): TaxedAmount {
  return taxBy(amount, pricing, pack === undefined || exempt ? [] : ratesFor(pack, { taxClass, taxPoint }))
}

/** A tax at its rate, whenever it held. */
export type TaxRate = Pick<TaxRule, 'code' | 'title' | 'rateBp' | 'base'> & { readonly certificate?: string }

/** The same by rates that are known already, in the order in which they are laid on. */
export function taxBy(amount: Money, pricing: Pricing, rates: readonly TaxRate[]): TaxedAmount {
  if (rates.length === 0) return { net: amount, taxes: [], total: amount }
  return pricing === 'exclusive' ? layOn(amount, rates) : takeOut(amount, rates)
}

function layOn(net: Money, rules: readonly TaxRate[]): TaxedAmount {
  let total = net.amountMinor
  const taxes = rules.map((rule) => {
    const baseMinor = rule.base === 'net' ? net.amountMinor : total
    const amountMinor = divideRounded(baseMinor * BigInt(rule.rateBp), whole)
    total += amountMinor
    return taxAmount(rule, baseMinor, amountMinor)
  })
  return { net, taxes, total: money(total, net.currency) }
}

function takeOut(total: Money, rules: readonly TaxRate[]): TaxedAmount {
  const grosses = grossesOf(rules)
  let rest = total.amountMinor
  const outward = rules
    .map((rule, index) => ({ rule, before: grosses[index] ?? 1n, gross: grosses[index + 1] ?? 1n, scale: whole ** BigInt(index) }))
    .reverse()
    .map(({ rule, before, gross, scale }) => {
      const ofBase = BigInt(rule.rateBp) * (rule.base === 'net' ? scale : before)
      const amountMinor = divideRounded(rest * ofBase, gross)
      rest -= amountMinor
      return { rule, baseMinor: rest, amountMinor }
    })
  const taxes = outward
    .reverse()
    .map(({ rule, baseMinor, amountMinor }) => taxAmount(rule, rule.base === 'net' ? rest : baseMinor, amountMinor))
  return { net: money(rest, total.currency), taxes, total }
}

/** What a net of one becomes with the first n taxes, as whole numbers over 10,000ⁿ: exact, however many there are. */
function grossesOf(rules: readonly TaxRate[]): readonly bigint[] {
  const grosses = [1n]
  for (const [index, { base, rateBp }] of rules.entries()) {
    const before = grosses[index] ?? 1n
    grosses.push(before * whole + BigInt(rateBp) * (base === 'net' ? whole ** BigInt(index) : before))
  }
  return grosses
}

const taxAmount = ({ code, title, rateBp, certificate }: TaxRate, baseMinor: bigint, amountMinor: bigint): TaxAmount => {
  const tax = { code, title, rateBp, baseMinor, amountMinor }
  return certificate === undefined ? tax : { ...tax, certificate }
}

/** Basis points in one. */
const whole = 10_000n
