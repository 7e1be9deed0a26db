import type { OrganisationId, SubscriberId } from '@nyuzi/core'
import { Conflict, NotFound } from '../errors.ts'
import type { Deps, Transaction } from '../ports.ts'
import { resumeAwaiting } from '../steps/resume-awaiting.ts'
import { wantAccess } from '../steps/want-access.ts'
import type { Family } from './ports.ts'

export type SetParent = {
  /** Null: none. */
  readonly parentId: SubscriberId | null
  /** Whether new invoices of the child are issued to the parent; what was issued stays the child's. */
  readonly pays: boolean
  readonly actor: string
}

/** Puts a subscriber under another one, or takes it away. One level deep, so that who pays is never a question of a chain. */
export async function setParent(
  deps: Pick<Deps, 'store' | 'clock' | 'ids' | 'log' | 'wake'>,
  organisationId: OrganisationId,
  id: SubscriberId,
  { parentId, pays, actor }: SetParent,
): Promise<void> {
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const organisation = await tx.organisation.read()
    // Both, and whoever paid before, so that no invoice of them is being made meanwhile.
    await tx.billing.lockSubscribers(parentId === null ? [id] : [id, parentId])
    const child = await tx.subscribers.family(id)
    if (!child) throw new NotFound('subscriber')
    if (parentId !== null) await checkParent(tx, id, child, parentId, pays)
    await tx.subscribers.setParent(id, parentId, parentId !== null && pays)
    const detail = { parentId, pays }
    await tx.audit.write({ actor, action: 'subscriber.parent', subjectNoun: 'subscriber', subjectId: id, detail, at: now })
    // The credit of the new payer may buy at once what waited for the old one's.
    await resumeAwaiting(deps, tx, organisation, now, [parentId !== null && pays ? parentId : id])
    await wantAccess(tx, organisation, now, { subscriberIds: [id] })
  })
  deps.wake('access', organisationId)
}

async function checkParent(tx: Transaction, id: SubscriberId, child: Family, parentId: SubscriberId, pays: boolean): Promise<void> {
  const refuse = (why: string) => new Conflict('parent_not_allowed', why)
  if (parentId === id) throw refuse('A subscriber is not its own parent.')
  if (child.hasChildren) throw refuse('The subscriber has children, so it cannot have a parent.')
  const parent = await tx.subscribers.family(parentId)
  if (!parent) throw new NotFound('subscriber', 'parent')
  if (parent.parentId !== undefined) throw refuse('The parent has a parent of its own.')
  if (pays && parent.currency !== child.currency)
    throw refuse(`The parent is charged in ${parent.currency} and the child in ${child.currency}, so it cannot pay for it.`)
  if (parent.status === 'closed') throw new Conflict('subscriber_closed', 'The parent is closed: it buys nothing.')
}
