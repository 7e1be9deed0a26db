import { BillingPreview } from './commands/billing/preview.ts'
import { BillingRun } from './commands/billing/run.ts'
import { DbMigrate } from './commands/db/migrate.ts'
import { Doctor } from './commands/doctor.ts'
import { InvoiceExplain } from './commands/invoice/explain.ts'
import { InvoicePdf } from './commands/invoice/pdf.ts'
import { LedgerVerify } from './commands/ledger/verify.ts'

/** Every command by its id; oclif reads it by this name (package.json). */
export const COMMANDS = {
  'billing:preview': BillingPreview,
  'billing:run': BillingRun,
  'db:migrate': DbMigrate,
  doctor: Doctor,
  'invoice:explain': InvoiceExplain,
  'invoice:pdf': InvoicePdf,
  'ledger:verify': LedgerVerify,
}
