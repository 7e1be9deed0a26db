import { type AllowanceId, asId, type Instant, type OrganisationId, type SubscriptionId } from '@nyuzi/core'
import { InvalidInput, NotFound } from '../errors.ts'
import type { Deps } from '../ports.ts'

export type GrantAllowance = {
  readonly title: string
  readonly unit: string
  readonly units: bigint
  /** Default: now. */
  readonly validFrom?: Instant
  readonly validUntil: Instant
  readonly actor: string
}

/** Gives a subscription units to use. Use that was recorded before stays as it was covered then. */
export async function grantAllowance(
  deps: Pick<Deps, 'store' | 'clock' | 'ids'>,
  organisationId: OrganisationId,
  subscriptionId: SubscriptionId,
  { title, unit, units, validUntil, actor, ...input }: GrantAllowance,
): Promise<AllowanceId> {
  const id = asId('allowance', deps.ids.next())
  const now = deps.clock.now()
  const validFrom = input.validFrom ?? now
  if (validUntil <= validFrom)
    throw new InvalidInput('invalid_input', 'An allowance ends after it begins.', {
      errors: [{ field: 'validUntil', rule: 'after_valid_from', fix: `Send an instant after ${validFrom.toISOString()}.` }],
    })
  await deps.store.inOrganisation(organisationId, async (tx) => {
    if (!(await tx.subscriptions.read(subscriptionId))) throw new NotFound('subscription')
    await tx.usage.addAllowance({ id, subscriptionId, title, unit, grantedUnits: units, validFrom, validUntil }, now)
    const detail = { allowance: id, unit, units: units.toString(), validUntil }
    await tx.audit.write({ actor, action: 'allowance.grant', subjectNoun: 'subscription', subjectId: subscriptionId, detail, at: now })
  })
  return id
}
