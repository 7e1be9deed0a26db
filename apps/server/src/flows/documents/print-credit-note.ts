import type { CreditId, OrganisationId } from '@nyuzi/core'
import type { Deps } from '../ports.ts'
import { addressed, type PrintedFile } from './addressed.ts'

export async function printCreditNote(
  { store, printer }: Pick<Deps, 'store' | 'printer'>,
  organisationId: OrganisationId,
  id: CreditId,
): Promise<PrintedFile | undefined> {
  const found = await store.inOrganisation(organisationId, (tx) => tx.documents.creditNote(id))
  if (!found) return undefined
  const { number, issuedOn, lines, total, reason, corrects, fiscal } = found
  const note = {
    kind: 'credit_note',
    ...addressed(found),
    number,
    issuedOn,
    lines,
    total,
    reason,
    ...(corrects ? { corrects } : {}),
    ...(fiscal === undefined ? {} : { fiscal }),
  } as const
  return { name: number, bytes: await printer.print(note) }
}
