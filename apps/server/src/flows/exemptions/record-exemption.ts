import { asId, civilDateAt, type Exemption, type ExemptionId, type OrganisationId, type SubscriberId } from '@nyuzi/core'
import { InvalidInput } from '../errors.ts'
import type { Deps } from '../ports.ts'
import { lockAccount } from '../steps/lock-account.ts'
import { priceRenewals } from '../steps/price-renewals.ts'
import { chosenTaxPack } from '../tax-pack.ts'

export type RecordExemption = Exemption & { readonly actor: string }

/** Records a certificate by which a subscriber is free of taxes: on what is issued from now on, where its tax point is in its days. */
export async function recordExemption(
  deps: Pick<Deps, 'store' | 'clock' | 'ids'>,
  organisationId: OrganisationId,
  subscriberId: SubscriberId,
  { actor, ...exemption }: RecordExemption,
): Promise<ExemptionId> {
  const id = asId('exemption', deps.ids.next())
  const now = deps.clock.now()
  const { certificate, taxes, from, until } = exemption
  if (until !== undefined && until <= from)
    throw new InvalidInput('invalid_input', 'The exemption would end before it begins.', {
      errors: [{ field: 'until', rule: 'order', fix: `Send a day after ${from}, or none.` }],
    })
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const organisation = await tx.organisation.read()
    const known = new Set(chosenTaxPack(organisation.policy)?.rules.map(({ code }) => code))
    const unknown = taxes.find((code) => !known.has(code))
    if (unknown !== undefined)
      throw new InvalidInput('unknown_tax', `The organisation charges no tax ${unknown}.`, {
        errors: [
          { field: 'taxes', rule: 'unknown_tax', fix: `Send some of: ${[...known].join(', ') || 'none, until a tax pack is chosen'}.` },
        ],
      })
    await lockAccount(tx, subscriberId)
    await tx.exemptions.add({ ...exemption, id, subscriberId, recordedBy: actor, recordedAt: now })
    const detail = { subscriberId, certificate, taxes, from, ...(until === undefined ? {} : { until }) }
    await tx.audit.write({ actor, action: 'exemption.record', subjectNoun: 'exemption', subjectId: id, detail, at: now })
    await priceRenewals(tx, organisation, await tx.exemptions.paidBy(subscriberId), civilDateAt(now, organisation.timeZone))
  })
  return id
}
