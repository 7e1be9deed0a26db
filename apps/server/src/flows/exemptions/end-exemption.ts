import { type CivilDate, civilDateAt, type ExemptionId, type OrganisationId } from '@nyuzi/core'
import { Conflict, InvalidInput, NotFound } from '../errors.ts'
import type { Deps } from '../ports.ts'
import { priceRenewals } from '../steps/price-renewals.ts'

export type EndExemption = {
  /** The first day that bears the taxes again. Default: today. */
  readonly on?: CivilDate
  readonly actor: string
}

/** Ends an exemption before its certificate does. What was issued stays as it is. */
export async function endExemption(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  organisationId: OrganisationId,
  id: ExemptionId,
  { on, actor }: EndExemption,
): Promise<void> {
  const now = clock.now()
  await store.inOrganisation(organisationId, async (tx) => {
    const organisation = await tx.organisation.read()
    const today = civilDateAt(now, organisation.timeZone)
    const exemption = await tx.exemptions.lock(id)
    if (!exemption) throw new NotFound('exemption')
    if (exemption.endedOn !== undefined) throw new Conflict('exemption_ended', `The exemption was ended before, on ${exemption.endedOn}.`)
    const day = on ?? (today > exemption.from ? today : exemption.from)
    if (day < exemption.from || (exemption.until !== undefined && day > exemption.until))
      throw new InvalidInput('invalid_input', 'The exemption does not hold on that day.', {
        errors: [
          { field: 'on', rule: 'order', fix: `Send a day from ${exemption.from}${exemption.until ? ` to ${exemption.until}` : ' on'}.` },
        ],
      })
    await tx.exemptions.end(id, { on: day, by: actor, at: now })
    await tx.audit.write({ actor, action: 'exemption.end', subjectNoun: 'exemption', subjectId: id, detail: { on: day }, at: now })
    await tx.billing.lockSubscribers([exemption.subscriberId])
    await priceRenewals(tx, organisation, await tx.exemptions.paidBy(exemption.subscriberId), today)
  })
}
