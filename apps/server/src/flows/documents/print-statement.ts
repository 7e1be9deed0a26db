import { addDays, type CivilDate, civilDateAt, type OrganisationId, type SubscriberId } from '@nyuzi/core'
import type { StatementRow } from '@nyuzi/documents'
import { InvalidInput } from '../errors.ts'
import type { Deps } from '../ports.ts'
import { addressed, type PrintedFile } from './addressed.ts'

const daysDefault = 90

export type StatementSpan = {
  /** Default: 90 days before the last. */
  readonly from?: CivilDate
  /** The last day. Default: today. */
  readonly until?: CivilDate
}

/** What a subscriber owed, entry by entry of the ledger. */
export async function printStatement(
  { store, clock, printer }: Pick<Deps, 'store' | 'clock' | 'printer'>,
  organisationId: OrganisationId,
  id: SubscriberId,
  span: StatementSpan,
): Promise<PrintedFile | undefined> {
  const found = await store.inOrganisation(organisationId, async (tx) => {
    const { timeZone } = await tx.organisation.read()
    const until = span.until ?? civilDateAt(clock.now(), timeZone)
    const from = span.from ?? addDays(until, -daysDefault)
    if (from > until)
      throw new InvalidInput('invalid_input', 'The statement would end before it begins.', {
        errors: [{ field: 'from', rule: 'order', fix: `Send a day that is not after ${until}.` }],
      })
    const statement = await tx.documents.statement(id, { from, until })
    return statement && { statement, from, until }
  })
  if (!found) return undefined
  const { statement, from, until } = found
  const { opening } = statement
  const rows = statement.entries.map(({ kind, ...entry }) => ({ kind: kind as StatementRow['kind'], ...entry }))
  const bytes = await printer.print({ kind: 'statement', ...addressed(statement), from, until, opening, rows })
  return { name: `${statement.accountNumber} ${from} ${until}`, bytes }
}
