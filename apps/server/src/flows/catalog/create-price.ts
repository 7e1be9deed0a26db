import {
  asId,
  type BillingPolicy,
  civilDateAt,
  defaultBillingPolicy,
  invariant,
  isPass,
  type OrganisationId,
  type PlanId,
  type PlanKind,
  type Price,
  type PriceId,
  refuseTariff,
} from '@nyuzi/core'
import { Conflict, InvalidInput, NotFound } from '../errors.ts'
import type { Deps, Transaction } from '../ports.ts'

type Chosen = 'effectiveFrom' | 'timing' | 'category' | 'taxClass' | 'pricing' | 'phases' | 'extras'

export type NewPrice = Omit<Price, 'id' | 'planId' | 'version' | 'policy' | Chosen> &
  /** Defaults: in force from today, in advance, internet, inclusive (as prices are advertised), without phases and extras. */
  Partial<Pick<Price, Chosen>> & {
    /** What differs from the defaults. */
    readonly policy?: Partial<BillingPolicy>
  }

/** Whether active subscriptions keep the version they were sold, or move to the new one. */
export const existingPolicies = ['stay', 'move'] as const
export type ExistingPolicy = (typeof existingPolicies)[number]

/**
 * A new version. Who moves to it does so with the first period that is in force and not charged yet: they are counted here, and
 * moved by `moveToPrices` after this has answered, so that neither it nor a lock lasts.
 */
export async function createPrice(
  deps: Pick<Deps, 'store' | 'clock' | 'ids' | 'wake'>,
  organisationId: OrganisationId,
  planId: PlanId,
  { actor, existing = 'stay', ...price }: NewPrice & { readonly actor: string; readonly existing?: ExistingPolicy },
): Promise<{ readonly priceId: PriceId; readonly moving: number }> {
  const created = await deps.store.inOrganisation(organisationId, async (tx) => {
    const priceId = await writePrice(tx, deps, planId, price, actor)
    if (existing === 'stay') return { priceId, moving: 0 }
    const written = await tx.catalog.price(priceId)
    invariant(written !== undefined, 'a price that was written is there')
    const at = deps.clock.now()
    const moving = await tx.priceMoves.begin(written, actor, at)
    if (moving === 'cadence_differs')
      throw new Conflict(
        'cadence_differs',
        'Subscriptions that move keep their periods: give the price the same cadence, or let them stay.',
      )
    await tx.audit.write({ actor, action: 'price.move', subjectNoun: 'price', subjectId: priceId, detail: { planId, moving }, at })
    return { priceId, moving }
  })
  if (created.moving > 0) deps.wake('price_moves', organisationId)
  return created
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
  const version = await tx.catalog.nextVersion(planId)
  if (version === undefined) throw new NotFound('plan')
  const id = asId('price', deps.ids.next())
  checkPrice(price)
  if (isPass(price)) checkPass(price, (await tx.catalog.plan(planId))?.kind)
  const { timing = 'advance', category = 'internet', taxClass = 'internet', pricing = 'inclusive', phases = [], extras = [] } = price
  const effectiveFrom = price.effectiveFrom ?? civilDateAt(now, organisation.timeZone)
  const policy = { ...defaultBillingPolicy, ...price.policy }
  const chosen = { timing, category, taxClass, pricing, phases, extras, policy }
  await tx.catalog.addPrice({ ...price, ...chosen, id, planId, version, effectiveFrom }, now)
  const detail = { planId, version, amountMinor: price.amount.amountMinor.toString(), effectiveFrom, taxClass, pricing }
  await tx.audit.write({ actor, action: 'price.create', subjectNoun: 'price', subjectId: id, detail, at: now })
  return id
}

function checkPrice({ amount, billing, timing, phases = [], extras = [], usage = [] }: NewPrice): void {
  const refuse = (field: string, rule: string, fix: string) => {
    throw new InvalidInput('invalid_input', fix, { errors: [{ field, rule, fix }] })
  }
  if (billing === 'prepaid' && timing === 'arrears')
    refuse('timing', 'prepaid_in_advance', 'Prepaid is charged in advance; leave timing out, or take postpaid.')
  const keys = [...extras, ...usage].map(({ key }) => key)
  if (new Set([...keys, 'base']).size <= keys.length)
    refuse('extras', 'unique_keys', 'Give each extra and each usage a key of its own; base is the price itself.')
  if ([...phases, ...extras].some((part) => part.amount.currency !== amount.currency))
    refuse('extras', 'one_currency', `Give every amount of this price in ${amount.currency}.`)
  for (const [index, { tariff }] of usage.entries()) {
    const refused = refuseTariff(tariff)
    const field = `usage.${index}.tariff`
    if (refused) throw invalidTariff(`${field}.${refused.field}`, refused.message)
    if (tariff.tiers[0]?.price.currency !== amount.currency)
      throw invalidTariff(`${field}.tiers`, `Give every amount of this price in ${amount.currency}`)
    if (usage.slice(0, index).some((other) => other.tariff.unit === tariff.unit))
      throw invalidTariff(`${field}.unit`, 'Rate each unit once')
  }
}

/** A pass is one amount for a stretch of time: what is about days, periods or debts has no meaning for it. */
function checkPass({ amount, billing, graceDays, phases = [], extras = [], usage = [], policy = {} }: NewPrice, kind?: PlanKind): void {
  const refuse = (field: string, rule: string, fix: string) => {
    throw new InvalidInput('invalid_input', fix, { errors: [{ field, rule, fix }] })
  }
  if (kind === 'add_on') refuse('cadence', 'no_add_on_by_passes', 'An add-on has the periods of its base: take days or longer.')
  if (billing !== 'prepaid') refuse('billing', 'passes_are_prepaid', 'A period of minutes or hours is paid before it begins: take prepaid.')
  if (amount.amountMinor === 0n) refuse('amount', 'passes_cost', 'Give a pass a price; a discount may take all of it.')
  if (graceDays > 0) refuse('graceDays', 'no_grace_of_a_pass', 'Leave it out: a pass ends at its instant.')
  for (const [field, parts] of Object.entries({ phases, extras, usage }))
    if (parts.length > 0)
      refuse(field, 'one_amount_of_a_pass', 'Leave it out: a pass costs one amount. Sell a longer period, or charge it once beside it.')
  for (const key of ['suspension', 'pause', 'lateRenewal', 'firstPeriod'] as const)
    if (policy[key] !== undefined && policy[key] !== defaultBillingPolicy[key])
      refuse(`policy.${key}`, 'no_days_of_a_pass', 'Leave it out: it is about days, and a pass has none.')
}

const invalidTariff = (field: string, message: string): InvalidInput =>
  new InvalidInput('invalid_tariff', `This tariff cannot be sold: ${message}.`, { errors: [{ field, rule: 'tariff', fix: `${message}.` }] })
