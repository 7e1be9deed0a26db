import type { InvoiceExplanation } from '@nyuzi/server/operations'
import { Args, Flags } from '@oclif/core'
import { invoiceText } from '../../invoice-text.ts'
import { OperationsCommand, organisationFlag } from '../../operations-command.ts'

export class InvoiceExplain extends OperationsCommand {
  static override readonly summary = 'Tell where each figure of an invoice comes from, and compute it a second time'
  static override readonly description =
    'For each line: plan and price version, dates, rule, arithmetic and taxes, beside what a second calculator makes of the same facts, and the money that was set against the invoice. Changes nothing. Ends with 1 when the two differ.'
  static override readonly examples = [
    '<%= config.bin %> invoice explain NRB-000123',
    '<%= config.bin %> invoice explain NRB-000123 --organisation savanna --json',
  ]
  static override readonly args = { number: Args.string({ description: 'As it stands on the invoice, e.g. NRB-000123', required: true }) }
  static override readonly flags = { organisation: organisationFlag, json: Flags.boolean({ description: 'Answer as JSON' }) }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(InvoiceExplain)
    const { organisation } = flags
    const wanted = { number: args.number, ...(organisation === undefined ? {} : { organisation }) }
    const explanation: InvoiceExplanation = await this.withOperations((operations) => operations.explainInvoice(wanted))
    this.log(flags.json ? JSON.stringify(explanation, null, 2) : invoiceText(explanation))
    if (!explanation.agrees) this.exit(1)
  }
}
