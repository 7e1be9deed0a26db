import { Flags } from '@oclif/core'
import { civilDay } from '../../civil-day.ts'
import { OperationsCommand, organisationFlag } from '../../operations-command.ts'
import { previewText } from '../../preview-text.ts'

export class BillingPreview extends OperationsCommand {
  static override readonly summary = 'Show what a day would do: invoices, messages, lines to switch, cost'
  static override readonly description =
    'Lives through the days from today up to that one and takes all of it back: writes nothing. Each line begins with + for what would be new, ~ for what would change.'
  static override readonly examples = [
    '<%= config.bin %> billing preview',
    '<%= config.bin %> billing preview --date 2026-12-31 --subscriber 10001 --organisation savanna',
  ]
  static override readonly flags = {
    date: Flags.string({
      description: "Look at this civil day, with those from today up to it; default: today in the organisation's zone",
      helpValue: 'YYYY-MM-DD',
    }),
    subscriber: Flags.string({
      description: 'One subscriber with its family, by the account number; default: all',
      helpValue: '<account>',
    }),
    organisation: organisationFlag,
    json: Flags.boolean({ description: 'Answer as JSON' }),
  }

  async run(): Promise<void> {
    const { date, subscriber, organisation, json } = (await this.parse(BillingPreview)).flags
    const chosen = {
      ...(date === undefined ? {} : { date: civilDay(date) }),
      ...(subscriber === undefined ? {} : { subscriber }),
      ...(organisation === undefined ? {} : { organisation }),
    }
    const previewed = await this.withOperations((operations) => operations.previewBilling(chosen))
    if (json) this.log(JSON.stringify({ previewed }, null, 2))
    else if (previewed.length === 0) this.log('This server has no organisation yet: there is nothing to preview.')
    else for (const one of previewed) this.log(previewText(one))
  }
}
