import {
  asId,
  type CivilDate,
  civilDateAt,
  type OrganisationId,
  type PlanId,
  type Price,
  type PriceId,
  type Pricing,
  type TaxClass,
} from '@nyuzi/core'
import { InvalidInput, NotFound } from '../errors.ts'
import type { Deps, Transaction } from '../ports.ts'

export type NewPrice = Omit<Price, 'id' | 'planId' | 'version' | 'effectiveFrom' | 'taxClass' | 'pricing'> & {
  /** Default: today. */
  readonly effectiveFrom?: CivilDate
  /** Default: internet. */
  readonly taxClass?: TaxClass
  /** Default: inclusive, as prices are advertised. */
  readonly pricing?: Pricing
}

/** A new version; subscriptions keep the version they were sold. */
export async function createPrice(
  deps: Pick<Deps, 'store' | 'clock' | 'ids'>,
  organisationId: OrganisationId,
  planId: PlanId,
  { actor, ...price }: NewPrice & { readonly actor: string },
): Promise<PriceId> {
  return await deps.store.inOrganisation(organisationId, (tx) => writePrice(tx, deps, planId, price, actor))
}

export async function writePrice(
  tx: Transaction,
  deps: Pick<Deps, 'clock' | 'ids'>,
  planId: PlanId,
  price: NewPrice,
  actor: string,
): Promise<PriceId> {
  const now = deps.clock.now()
  const organisation = await tx.organisation.read()
  if (price.amount.currency !== organisation.currency) {
    throw new InvalidInput('currency_mismatch', `Prices of this organisation are in ${organisation.currency}.`)
  }
  const version = await tx.catalog.nextVersion(planId)
  if (version === undefined) throw new NotFound('plan')
  const id = asId('price', deps.ids.next())
  const { taxClass = 'internet', pricing = 'inclusive' } = price
  const effectiveFrom = price.effectiveFrom ?? civilDateAt(now, organisation.timeZone)
  await tx.catalog.addPrice({ ...price, id, planId, version, effectiveFrom, taxClass, pricing }, now)
  const detail = { planId, version, amountMinor: price.amount.amountMinor.toString(), effectiveFrom, taxClass, pricing }
  await tx.audit.write({ actor, action: 'price.create', subjectNoun: 'price', subjectId: id, detail, at: now })
  return id
}
