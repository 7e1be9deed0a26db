import {
  answerExtension,
  asId,
  type CivilDate,
  civilDateAt,
  defaultExtensionPolicy,
  type ExtensionId,
  type OrganisationId,
  type SubscriberId,
} from '@nyuzi/core'
import { Conflict, InvalidInput } from '../errors.ts'
import type { Deps } from '../ports.ts'
import { lockAccount } from '../steps/lock-account.ts'
import { wantAccess } from '../steps/want-access.ts'

export type RequestExtension = {
  /** The first day without it. */
  readonly until: CivilDate
  readonly reason: string
  readonly actor: string
}

/** Asks to be spared until a day, for a promise to pay before it. What the policy trusts is approved at once. */
export async function requestExtension(
  deps: Pick<Deps, 'store' | 'clock' | 'ids' | 'wake'>,
  organisationId: OrganisationId,
  subscriberId: SubscriberId,
  { until, reason, actor }: RequestExtension,
): Promise<ExtensionId> {
  const id = asId('extension', deps.ids.next())
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const organisation = await tx.organisation.read()
    const today = civilDateAt(now, organisation.timeZone)
    await lockAccount(tx, subscriberId)
    const owes = (await tx.billing.openInvoices([subscriberId])).length > 0 || (await tx.extensions.awaitsCredit(subscriberId))
    if (!owes) throw new Conflict('nothing_owed', 'The subscriber owes nothing, so there is nothing to extend.')
    const policy = organisation.policy.extensions ?? defaultExtensionPolicy
    const answer = answerExtension({ today, until }, await tx.extensions.granted(subscriberId), policy)
    if (answer.outcome === 'rejected') {
      if (answer.code === 'too_many_extensions') throw new Conflict(answer.code, answer.message)
      throw new InvalidInput('invalid_input', answer.message, { errors: [{ field: 'until', rule: answer.code, fix: answer.message }] })
    }
    const added = await tx.extensions.add({ id, subscriberId, until, reason, requestedBy: actor, requestedOn: today, requestedAt: now })
    if (!added) throw new Conflict('extension_open', 'The subscriber has an extension that is requested or approved. Withdraw it first.')
    const detail = { subscriberId, until, reason }
    await tx.audit.write({ actor, action: 'extension.request', subjectNoun: 'extension', subjectId: id, detail, at: now })
    if (answer.outcome === 'requested') return
    await tx.extensions.approve(id, { until, by: 'policy', at: now })
    await wantAccess(tx, organisation, now, { subscriberIds: [subscriberId] })
  })
  deps.wake('access', organisationId)
  return id
}
