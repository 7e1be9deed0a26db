import type { OrganisationId } from '@nyuzi/core'
import type { Deps } from '../ports.ts'
import { type AskedSpan, daySpan } from './day-span.ts'
import type { DaySpan, JournalLine } from './ports.ts'

export type Journal = DaySpan & { readonly lines: readonly JournalLine[] }

/** Each day's debits and credits by account of the general ledger, for the books of an accountant. Of a day both are the same. */
export const reportJournal = (
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  organisationId: OrganisationId,
  asked: AskedSpan,
): Promise<Journal> =>
  store.inOrganisation(organisationId, async (tx) => {
    const span = daySpan(asked, await tx.organisation.read(), clock)
    return { ...span, lines: await tx.reports.journal(span) }
  })
