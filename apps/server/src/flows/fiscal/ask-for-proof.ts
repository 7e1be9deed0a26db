import type { Instant } from '@nyuzi/core'
import type { Transaction } from '../ports.ts'
import type { QueuedDocument } from './ports.ts'

/** A document is declared, and its signature is known to the authority only. */
export const askForProof = (
  tx: Transaction,
  { id, documentNumber }: Pick<QueuedDocument, 'id' | 'documentNumber'>,
  at: Instant,
): Promise<void> =>
  tx.tasks.open({
    kind: 'fiscal_proof_missing',
    subjectNoun: 'fiscal_document',
    subjectId: id,
    title: `${documentNumber} is declared, but the answer with its signature was lost: look it up in the portal of the authority`,
    at,
  })
