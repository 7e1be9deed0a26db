import { OperationsCommand } from '../../operations-command.ts'

export class DbMigrate extends OperationsCommand {
  static override readonly summary = "Bring the database to this version's schema"
  static override readonly description = 'Connects as the owner of the database. Running it twice, or while a server starts, does no harm.'
  static override readonly examples = ['<%= config.bin %> db migrate']

  async run(): Promise<void> {
    await this.parse(DbMigrate)
    const applied = await this.withOperations((operations) => operations.migrate())
    this.log(applied.length === 0 ? 'The database is as this version needs it.' : `Applied ${applied.join(', ')}.`)
  }
}
