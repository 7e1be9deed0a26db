import type { VerifiedBooks } from '@nyuzi/server/operations'
import { Flags } from '@oclif/core'
import { OperationsCommand, organisationFlag } from '../../operations-command.ts'

export class LedgerVerify extends OperationsCommand {
  static override readonly summary = 'Read all the books and tell every doubt'
  static override readonly description =
    'Entries balance, balances are the sums of their postings, each payment and invoice is in the ledger once, numbers have no gap, suspense is the open payments, sealed blocks are as they were sealed. Ends with 1 on any doubt.'
  static override readonly examples = ['<%= config.bin %> ledger verify', '<%= config.bin %> ledger verify --organisation savanna --json']
  static override readonly flags = { organisation: organisationFlag, json: Flags.boolean({ description: 'Answer as JSON' }) }

  async run(): Promise<void> {
    const { organisation, json } = (await this.parse(LedgerVerify)).flags
    const books = await this.withOperations((operations) => operations.verifyLedger(organisation === undefined ? {} : { organisation }))
    const doubts = books.reduce((sum, one) => sum + one.doubts.length, 0)
    if (json) this.log(JSON.stringify({ books, doubts }, null, 2))
    else if (books.length === 0) this.log('This server has no organisation yet: there are no books to verify.')
    else for (const one of books) this.log(show(one))
    if (doubts > 0) this.exit(1)
  }
}

function show({ organisation, doubts, counts }: VerifiedBooks): string {
  const read = `${counts.entries} entries, ${counts.postings} postings, ${counts.payments} payments, ${counts.invoices} invoices, ${counts.blocks} sealed blocks`
  const verdict = doubts.length === 0 ? 'in order' : `${doubts.length} ${doubts.length === 1 ? 'doubt' : 'doubts'}`
  return [
    `${organisation.name} (${organisation.slug}): ${verdict}; read ${read}`,
    ...doubts.map(({ rule, subject, message }) => `  ${rule.padEnd(4)} ${subject}: ${message}`),
  ].join('\n')
}
