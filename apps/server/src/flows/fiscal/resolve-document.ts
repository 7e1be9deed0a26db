import type { FiscalDocumentId, OrganisationId } from '@nyuzi/core'
import { Conflict, NotFound } from '../errors.ts'
import type { Deps } from '../ports.ts'
import { askForProof } from './ask-for-proof.ts'

export type ResolveFiscalDocument = {
  readonly id: FiscalDocumentId
  /** What the portal of the authority shows. */
  readonly outcome: 'taken' | 'not_taken'
  readonly reason: string
  readonly actor: string
}

/** A person looked in the portal whether the authority took a document of which no answer tells. */
export async function resolveFiscalDocument(
  deps: Pick<Deps, 'store' | 'clock' | 'wake'>,
  organisationId: OrganisationId,
  { id, outcome, reason, actor }: ResolveFiscalDocument,
): Promise<void> {
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const at = deps.clock.now()
    const document = await tx.fiscal.lockInDoubt(id)
    if (!document) throw new NotFound('fiscalDocument')
    if (document === 'certain')
      throw new Conflict(
        'document_not_in_doubt',
        'Only a document that was handed in, and whose last try has no known end, is resolved by a person.',
      )
    if (outcome === 'taken') {
      await tx.fiscal.settle(document.counter, { id, at, answer: reason, status: 'taken_earlier' })
      await askForProof(tx, { id, documentNumber: document.documentNumber }, at)
    } else await tx.fiscal.forget(id, reason)
    await tx.audit.write({
      actor,
      action: 'fiscal_document.resolve',
      subjectNoun: 'fiscal_document',
      subjectId: id,
      detail: { outcome, reason },
      at,
    })
  })
  deps.wake('fiscal', organisationId)
}
