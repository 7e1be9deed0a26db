import { type CivilDate, civilDateAt, type ExtensionId, type OrganisationId } from '@nyuzi/core'
import { Conflict, InvalidInput, NotFound } from '../errors.ts'
import type { Deps, Transaction } from '../ports.ts'
import { wantAccess } from '../steps/want-access.ts'

export type AnswerExtension = (
  | {
      readonly answer: 'approve'
      /** Another day than was asked for; the policy's limits are for those who ask. */
      readonly until?: CivilDate
    }
  | { readonly answer: 'refuse' }
  | { readonly answer: 'withdraw' }
) & { readonly note?: string; readonly actor: string }

type Work = Pick<Deps, 'store' | 'clock' | 'wake'>

/** A person's word on an extension: approve or refuse what was asked for, or take back what is not over. */
export async function answerExtension(deps: Work, organisationId: OrganisationId, id: ExtensionId, input: AnswerExtension): Promise<void> {
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const organisation = await tx.organisation.read()
    const today = civilDateAt(now, organisation.timeZone)
    const extension = await lock(tx, id)
    const answerable = input.answer === 'withdraw' ? ['requested', 'approved'] : ['requested']
    if (!answerable.includes(extension.status))
      throw new Conflict('extension_answered', `The extension is ${extension.status}, so it cannot be answered with ${input.answer}.`)
    const { note, actor } = input
    const answered = { by: actor, at: now, ...(note === undefined ? {} : { note }) }
    const until = input.answer === 'approve' ? (input.until ?? extension.until) : extension.until
    if (input.answer === 'approve') {
      if (until <= today) throw inThePast(today)
      await tx.extensions.approve(id, { until, ...answered })
    } else if (input.answer === 'refuse') await tx.extensions.refuse(id, answered)
    else await tx.extensions.withdraw(id, { on: today, at: now })
    const detail = { until, ...(note === undefined ? {} : { note }) }
    await tx.audit.write({ actor, action: `extension.${input.answer}`, subjectNoun: 'extension', subjectId: id, detail, at: now })
    await wantAccess(tx, organisation, now, { subscriberIds: [extension.subscriberId] })
  })
  deps.wake('access', organisationId)
}

/** The subscriber is locked first, as in every transaction that decides about a debt; then the extension is read as it is now. */
async function lock(tx: Transaction, id: ExtensionId) {
  const found = await tx.extensions.read(id)
  if (!found) throw new NotFound('extension')
  await tx.billing.lockSubscribers([found.subscriberId])
  return (await tx.extensions.read(id)) ?? found
}

function inThePast(today: CivilDate): InvalidInput {
  const fix = `Name a day after ${today}.`
  return new InvalidInput('invalid_input', 'An extension ends after today.', {
    errors: [{ field: 'until', rule: 'extension_in_the_past', fix }],
  })
}
