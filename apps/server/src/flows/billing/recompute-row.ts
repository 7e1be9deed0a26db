import {
  type Difference,
  type Exemption,
  exemptedPack,
  type Instant,
  type IssuedLine,
  type RecomputedInvoice,
  type RecomputedLine,
  recomputeInvoice,
  recomputeLine,
  type TaxPack,
} from '@nyuzi/core'
import type { OrganisationPolicy, Transaction } from '../ports.ts'
import { type DiscountHistory, discountsKnown, readDiscountHistory } from './discount-history.ts'
import { drawsKnown } from './draws-known.ts'
import type { IssuedInvoiceRow, IssuedLineRow } from './ports.ts'
import { knownAt, packsAround, type TaxHistory, taxHistory } from './tax-history.ts'

export type RecomputedRow = {
  readonly outcome: RecomputedInvoice['outcome']
  readonly differences: readonly Difference[]
  /** By position. */
  readonly lines: ReadonlyMap<number, RecomputedLine>
  readonly total: RecomputedInvoice['total']
}

export type History = { readonly taxes: TaxHistory; readonly discounts: DiscountHistory }

export const readHistory = async (tx: Transaction, policy: OrganisationPolicy): Promise<History> => ({
  taxes: taxHistory(policy, await tx.issued.taxChoices()),
  discounts: await readDiscountHistory(tx, policy),
})

/**
 * Computes an issued invoice again under what was known when it was issued: the taxes by which the organisation billed
 * then, the discounts that were agreed, and a cancellation only if it was recorded by then. Where the records leave two ways open, the one that agrees counts.
 */
export function recomputeRow(row: IssuedInvoiceRow, { taxes, discounts }: History): RecomputedRow {
  const attempts = packsAround(taxes, row.createdAt).flatMap((pack) =>
    [0, 1].map((choice) => () => recomputeUnder(row, pack, choice, discounts)),
  )
  let first: RecomputedRow | undefined
  for (const attempt of attempts) {
    const recomputed = attempt()
    if (recomputed.outcome === 'agree') return recomputed
    first ??= recomputed
  }
  return first ?? recomputeUnder(row, undefined, 0, discounts)
}

function recomputeUnder(row: IssuedInvoiceRow, pack: TaxPack | undefined, choice: number, discounts: DiscountHistory): RecomputedRow {
  const taxes = exemptedPack(pack, exemptionsKnown(row, choice))
  const lines = row.lines.flatMap((line) => withFacts(line, row, taxes, choice, discounts) ?? [])
  const recomputed = recomputeInvoice({ issuedOn: row.issuedOn, dueOn: row.dueOn, total: row.total, lines })
  const orphans = row.lines.flatMap(orphan)
  return {
    outcome: orphans.length > 0 ? 'differ' : recomputed.outcome,
    differences: [...orphans, ...recomputed.differences],
    lines: new Map(recomputed.lines.flatMap((line, index) => (lines[index] === undefined ? [] : [[lines[index].position, line]]))),
    total: recomputed.total,
  }
}

/** The certificates as they were recorded when the invoice was issued. */
function exemptionsKnown({ exemptions, createdAt }: IssuedInvoiceRow, choice: number): readonly Exemption[] {
  const known = (at: Instant | undefined): boolean => {
    const either = knownAt(at, createdAt)
    return either[choice] ?? either[0] ?? false
  }
  return exemptions.flatMap(({ recordedAt, endedOn, endedAt, ...exemption }) => {
    if (!known(recordedAt)) return []
    return [endedAt !== undefined && known(endedAt) ? { ...exemption, until: endedOn } : exemption]
  })
}

function withFacts(
  line: IssuedLineRow,
  { createdAt }: IssuedInvoiceRow,
  pack: TaxPack | undefined,
  choice: number,
  history: DiscountHistory,
): IssuedLine | undefined {
  if (line.subscribed === undefined) {
    const { taxClass, pricing, taxPoint } = line
    return { ...line, facts: { charged: pricing === 'exclusive' ? line.net : line.total, taxClass, pricing, taxPoint, rates: pack } }
  }
  if (line.charge !== undefined) return chargedOnce(line, line.subscribed, line.charge, pack)
  if (line.from === undefined) return undefined
  const { component, period, priceVersion } = line.subscribed
  const { price, subscription, terms, edges, cancelledAt } = line.from
  const usage = line.usage && price.usage?.find(({ tariff }) => tariff.unit === line.usage?.unit)
  const known = knownAt(cancelledAt, createdAt)
  const facts = {
    price: price.amount,
    priceVersion: price.version,
    cadence: price.cadence,
    pass: line.pass && { from: line.pass.from.toISOString(), until: line.pass.until.toISOString(), zone: line.pass.zone },
    pricing: price.pricing,
    phases: price.phases,
    extras: price.extras,
    component,
    taxClass: (usage ?? price.extras.find(({ key }) => key === component) ?? price).taxClass,
    usage: line.usage &&
      usage && { ...usage.tariff, quantity: line.usage.units, ratedUnits: line.usage.ratedUnits, drawn: drawsKnown(line, createdAt) },
    timing: price.timing,
    firstPeriod: terms.isFirst ? price.policy.firstPeriod : 'prorated',
    startsOn: terms.origin,
    anchorDay: terms.anchorDay,
    periodsBefore: terms.periodsBefore,
    edges,
    cancelledOn: (known[choice] ?? known[0]) ? subscription.cancelledOn : undefined,
    period,
    taxPoint: line.taxPoint,
    rates: pack,
  }
  const agreed = component === 'base' ? discountsKnown(history, line.from, createdAt) : []
  const discounts = agreed.find((one) => agreed.length === 1 || agreesOn(line, recomputeLine({ ...facts, discounts: one }))) ?? agreed[0]
  return { ...line, ...(priceVersion === undefined ? {} : { priceVersion }), facts: { ...facts, discounts } }
}

const agreesOn = ({ discounts = [] }: IssuedLineRow, recomputed: RecomputedLine): boolean =>
  discounts.length === recomputed.discounts.length &&
  discounts.every(
    ({ code, amount }, index) =>
      code === recomputed.discounts[index]?.code && amount.amountMinor === recomputed.discounts[index]?.amount.amountMinor,
  )

/** What a person charged once follows from what was asked for alone. */
function chargedOnce(
  line: IssuedLineRow,
  { component, period }: NonNullable<IssuedLineRow['subscribed']>,
  { amount, description: title, taxClass, pricing }: NonNullable<IssuedLineRow['charge']>,
  pack: TaxPack | undefined,
): IssuedLine {
  return {
    ...line,
    priceVersion: 0,
    facts: {
      price: amount,
      priceVersion: 0,
      cadence: { unit: 'day', count: 1 },
      extras: [{ kind: 'one_time', key: component, title, amount }],
      component,
      taxClass,
      pricing,
      startsOn: period.start,
      anchorDay: 1,
      period,
      taxPoint: line.taxPoint,
      rates: pack,
    },
  }
}

const orphan = ({ position, subscribed, from, charge }: IssuedLineRow): readonly Difference[] =>
  subscribed === undefined || from !== undefined || charge !== undefined
    ? []
    : [{ position, field: 'price', issued: subscribed.priceId ?? 'none', recomputed: 'none' }]
