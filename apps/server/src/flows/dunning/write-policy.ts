import {
  asId,
  changeSteps,
  civilDateAt,
  type DunningPolicyId,
  type DunningScope,
  type DunningStep,
  defaultDunningPolicy,
  type OrganisationId,
} from '@nyuzi/core'
import { Conflict, InvalidInput, NotFound } from '../errors.ts'
import type { Deps, Transaction } from '../ports.ts'

type Parts = Pick<Deps, 'store' | 'clock' | 'ids'>
export type NewStep = Omit<DunningStep, 'since'>

export type CreateDunningPolicy = { readonly scope: DunningScope; readonly steps: readonly NewStep[]; readonly actor: string }

/** In force at once. Invoices that are past a step of it are not reminded of it. */
export async function createDunningPolicy(
  deps: Parts,
  organisationId: OrganisationId,
  { scope, steps, actor }: CreateDunningPolicy,
): Promise<DunningPolicyId> {
  checkScope(scope)
  checkKeys(steps)
  const id = asId('dunningPolicy', deps.ids.next())
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    if (scope.branchId !== undefined && !(await tx.branches.has(scope.branchId))) throw new NotFound('branch', 'branch')
    if (scope.planId !== undefined && !(await tx.catalog.plan(scope.planId))) throw new NotFound('plan', 'plan')
    const { timeZone } = await tx.organisation.read()
    // That of the whole organisation takes over from the one of the house: a step both have goes on.
    const before = Object.keys(scope).length === 0 ? defaultDunningPolicy.steps : []
    if (!(await tx.dunning.addPolicy({ id, scope, steps: changeSteps(before, steps, civilDateAt(now, timeZone)) }, now)))
      throw new Conflict(
        'scope_taken',
        'Another dunning policy is for the same branch, segment or plan. Change that one, or remove it first.',
      )
    await audit(tx, 'create', id, { ...scope, steps }, actor, now)
  })
  return id
}

/** What an invoice was reminded of stays done; a step that is new or was moved begins today. */
export async function changeDunningPolicy(
  deps: Parts,
  organisationId: OrganisationId,
  id: DunningPolicyId,
  { steps, actor }: { readonly steps: readonly NewStep[]; readonly actor: string },
): Promise<void> {
  checkKeys(steps)
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const policy = await tx.dunning.lockPolicy(id)
    if (!policy) throw new NotFound('dunning policy')
    const { timeZone } = await tx.organisation.read()
    await tx.dunning.changePolicy(id, changeSteps(policy.steps, steps, civilDateAt(now, timeZone)), now)
    await audit(tx, 'change', id, { before: policy.steps, steps }, actor, now)
  })
}

/** Its invoices go by the next less specific policy. */
export async function removeDunningPolicy(deps: Parts, organisationId: OrganisationId, id: DunningPolicyId, actor: string): Promise<void> {
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const policy = await tx.dunning.lockPolicy(id)
    if (!policy) throw new NotFound('dunning policy')
    await tx.dunning.removePolicy(id, now)
    await audit(tx, 'remove', id, { ...policy.scope, before: policy.steps }, actor, now)
  })
}

const audit = (tx: Transaction, verb: string, id: DunningPolicyId, detail: Record<string, unknown>, actor: string, at: Date) =>
  tx.audit.write({ actor, action: `dunning_policy.${verb}`, subjectNoun: 'dunning_policy', subjectId: id, detail, at })

function checkScope({ planId, branchId, segment }: DunningScope): void {
  if (planId === undefined || (branchId === undefined && segment === undefined)) return
  const fix = 'Send the plan alone: its policy is for every branch and segment.'
  throw new InvalidInput('invalid_input', 'A dunning policy of a plan has no branch and no segment.', {
    errors: [{ field: 'plan', rule: 'alone', fix }],
  })
}

function checkKeys(steps: readonly NewStep[]): void {
  const again = steps.findIndex(({ key }, index) => steps.findIndex((step) => step.key === key) < index)
  if (again < 0) return
  throw new InvalidInput('invalid_input', 'Two steps have the same key.', {
    errors: [{ field: `steps.${again}.key`, rule: 'unique', fix: 'Give each step a key of its own: it is done once for an invoice.' }],
  })
}
