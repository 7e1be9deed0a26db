import type { BranchId, PlanId } from '../ids.ts'
import type { DunningPolicy } from './policy.ts'

/** Whose invoices a policy is for: all of the organisation, those of a branch, a segment, a segment of a branch, or a plan. */
export type DunningScope = { readonly branchId?: BranchId; readonly segment?: string; readonly planId?: PlanId }
export type ScopedPolicy = DunningPolicy & { readonly scope: DunningScope }

/** What the choice goes by: the subscriber, and the plans on the invoice in the order of its lines. */
export type Dunned = { readonly branchId: BranchId; readonly segment: string; readonly planIds: readonly PlanId[] }

/**
 * The most specific policy wins: plan, then segment of a branch, branch, segment, organisation. Of several plans on one
 * invoice the first that has a policy counts.
 */
export function resolveDunningPolicy<P extends ScopedPolicy>(
  policies: readonly P[],
  { branchId, segment, planIds }: Dunned,
): P | undefined {
  for (const planId of planIds) {
    const ofPlan = policies.find(({ scope }) => scope.planId === planId)
    if (ofPlan) return ofPlan
  }
  const others = policies.filter(({ scope }) => scope.planId === undefined)
  const narrowing: readonly DunningScope[] = [{ branchId, segment }, { branchId }, { segment }, {}]
  for (const wanted of narrowing) {
    const found = others.find(({ scope }) => scope.branchId === wanted.branchId && scope.segment === wanted.segment)
    if (found) return found
  }
  return undefined
}
