import { type CivilDate, type Currency, civilDateAt, type OrganisationId } from '@nyuzi/core'
import type { Deps } from '../ports.ts'
import type { Ageing, AgeingQuery, Group } from './ports.ts'

export type AgeingReport = Pick<AgeingQuery, 'by'> & {
  readonly on: CivilDate
  readonly currency: Currency
  readonly rows: readonly (Group & Ageing)[]
  /** Of all rows, also those of other pages: what the ledger says that all subscribers owe. */
  readonly total: Ageing
}

/** What was open at the end of a day in one currency, by default the organisation's, by how long it was due. */
export const reportAgeing = (
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  organisationId: OrganisationId,
  { on, ...asked }: Omit<AgeingQuery, 'on' | 'currency'> & { readonly on?: CivilDate; readonly currency?: Currency },
): Promise<AgeingReport> =>
  store.inOrganisation(organisationId, async (tx) => {
    const organisation = await tx.organisation.read()
    const { timeZone } = organisation
    const query = { ...asked, currency: asked.currency ?? organisation.currency }
    const day = on ?? civilDateAt(clock.now(), timeZone)
    return {
      on: day,
      by: query.by,
      currency: query.currency,
      rows: await tx.reports.ageing({ ...query, on: day }),
      total: await tx.reports.ageingTotal(day, query.currency),
    }
  })
