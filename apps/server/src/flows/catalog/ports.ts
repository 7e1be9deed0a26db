import type { BranchId, CivilDate, Currency, Instant, Plan, PlanId, Price, PriceId } from '@nyuzi/core'

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
