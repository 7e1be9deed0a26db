import type { OrganisationId } from '@nyuzi/core'
import type { Deps } from '../ports.ts'

export type ChangeOrganisation = {
  readonly name?: string
  readonly invoiceLeadDays?: number
  /** Null forgets how to pay. */
  readonly payTo?: string | null
  readonly actor: string
}

export async function changeOrganisation(
  deps: Pick<Deps, 'store' | 'clock'>,
  organisationId: OrganisationId,
  input: ChangeOrganisation,
): Promise<void> {
  const { name, invoiceLeadDays, payTo, actor } = input
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const { policy } = await tx.organisation.read()
    const told = payTo === undefined ? policy.payTo : (payTo ?? undefined)
    await tx.organisations.change({
      ...(name === undefined ? {} : { name }),
      policy: { invoiceLeadDays: invoiceLeadDays ?? policy.invoiceLeadDays, ...(told === undefined ? {} : { payTo: told }) },
    })
    const detail = {
      ...(name === undefined ? {} : { name }),
      ...(invoiceLeadDays === undefined ? {} : { invoiceLeadDays }),
      ...(payTo === undefined ? {} : { payTo }),
    }
    await tx.audit.write({
      actor,
      action: 'organisation.change',
      subjectNoun: 'organisation',
      subjectId: organisationId,
      detail,
      at: deps.clock.now(),
    })
  })
}
