import type { BilledOrganisation } from '@nyuzi/server/operations'
import { Flags } from '@oclif/core'
import { civilDay } from '../../civil-day.ts'
import { OperationsCommand, organisationFlag } from '../../operations-command.ts'

export class BillingRun extends OperationsCommand {
  static override readonly summary = 'Issue invoices, remind and suspend: all that is due and not done'
  static override readonly description =
    'What the server does every five minutes, at once. Days that were missed are made up one by one, and a second run finds nothing to do. A running server switches the lines and sends the messages.'
  static override readonly examples = [
    '<%= config.bin %> billing run --dry-run',
    '<%= config.bin %> billing run --date 2026-11-30 --organisation savanna',
  ]
  static override readonly flags = {
    date: Flags.string({
      description: "Do what is due up to this civil day; default: today in the organisation's zone",
      helpValue: 'YYYY-MM-DD',
    }),
    'dry-run': Flags.boolean({ description: 'Do the same work and roll it back: shows the counts, writes nothing' }),
    organisation: organisationFlag,
    json: Flags.boolean({ description: 'Answer as JSON' }),
  }

  async run(): Promise<void> {
    const { date, organisation, json, 'dry-run': dryRun } = (await this.parse(BillingRun)).flags
    const chosen = {
      dryRun,
      ...(date === undefined ? {} : { date: civilDay(date) }),
      ...(organisation === undefined ? {} : { organisation }),
    }
    const billed = await this.withOperations((operations) => operations.runBilling(chosen))
    if (json) this.log(JSON.stringify({ billed }, null, 2))
    else if (billed.length === 0) this.log('This server has no organisation yet: there is nobody to bill.')
    else for (const one of billed) this.log(show(one))
  }
}

function show({ organisation, day, dryRun, ...done }: BilledOrganisation): string {
  const facts = [
    `${done.invoicesIssued} invoices`,
    `${done.remindersOwed} reminders`,
    `${done.servicesSuspended} suspensions`,
    ...(done.cutOffsListed > 0 ? [`${done.cutOffsListed} cut-offs to approve`] : []),
    `${done.servicesMoved} lines to switch`,
    `${done.subscriptionsParked} parked`,
  ]
  return `${organisation.name} (${organisation.slug}), ${day}${dryRun ? ', dry run, nothing was written' : ''}: ${facts.join(', ')}`
}
