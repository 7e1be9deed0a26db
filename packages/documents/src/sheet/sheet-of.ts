import type { PrintedDocument } from '../document.ts'
import { claimSheet } from './claim-sheet.ts'
import { receiptSheet } from './receipt-sheet.ts'
import type { Sheet } from './sheet.ts'
import { statementSheet } from './statement-sheet.ts'

export function sheetOf(document: PrintedDocument): Sheet {
  if (document.kind === 'receipt') return receiptSheet(document)
  return document.kind === 'statement' ? statementSheet(document) : claimSheet(document)
}
