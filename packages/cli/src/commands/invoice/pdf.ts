import { Args } from '@oclif/core'
import { OperationsCommand, organisationFlag } from '../../operations-command.ts'

export class InvoicePdf extends OperationsCommand {
  static override readonly summary = 'Write an invoice or a debit note as PDF to the standard output'
  static override readonly description =
    'As it was issued: in the language of the subscriber, with the names and the branding of that day. The same bytes each time.'
  static override readonly examples = ['<%= config.bin %> invoice pdf NRB-000123 > NRB-000123.pdf']
  static override readonly args = { number: Args.string({ description: 'As it stands on the invoice, e.g. NRB-000123', required: true }) }
  static override readonly flags = { organisation: organisationFlag }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(InvoicePdf)
    const { organisation } = flags
    const wanted = { number: args.number, ...(organisation === undefined ? {} : { organisation }) }
    const { bytes } = await this.withOperations((operations) => operations.printInvoice(wanted))
    // Not by `log`, which writes text.
    await new Promise<void>((resolve) => process.stdout.write(bytes, () => resolve()))
  }
}
