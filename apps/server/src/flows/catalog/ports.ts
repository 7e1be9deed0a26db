import type { BranchId, CivilDate, Currency, Instant, Plan, PlanId, Price, PriceId, SubscriptionId } from '@nyuzi/core'

/** Subscriptions that go over to a new version of their price. */
export type PriceMove = {
  readonly price: Price
  /** The last that was looked at; absent before the first. */
  readonly after?: SubscriptionId
}

export type PriceMoveStore = {
  /** Returns how many subscriptions are to be moved, or why they cannot be. */
  begin(price: Price, actor: string, at: Instant): Promise<number | 'cadence_differs'>
  /** The earliest that is not finished, locked until the commit. */
  lockNext(): Promise<PriceMove | undefined>
  /** Active subscriptions that an older version for the same buyers holds, in the order of their ids. */
  replaced(price: Price, after: SubscriptionId | undefined, limit: number): Promise<readonly SubscriptionId[]>
  advance(
    priceId: PriceId,
    to: { readonly moved: number; readonly after: SubscriptionId | undefined; readonly finishedAt?: Instant },
  ): Promise<void>
}

export type CatalogStore = {
  /** False when the code is taken. */
  addPlan(plan: Plan, at: Instant): Promise<boolean>
  /** The version the plan's next price will have; the plan stays locked until the commit. Undefined when there is no such plan. */
  nextVersion(planId: PlanId): Promise<number | undefined>
  addPrice(price: Price, at: Instant): Promise<void>
  price(id: PriceId): Promise<Price | undefined>
  plan(id: PlanId): Promise<Plan | undefined>
  /** The newest version in force on that day, in the buyer's currency, of the most exact price list that is for the buyer: branch before segment before all. */
  priceInForce(
    planId: PlanId,
    on: CivilDate,
    buyer: { readonly currency: Currency; readonly segment: string; readonly branchId: BranchId },
  ): Promise<Price | undefined>
}
