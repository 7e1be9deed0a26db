// The one door of the server besides its HTTP API, for commands at the machine (docs/adr/0018-operations-door.md).
// What it opens is loaded when it is used: a test that only migrates pays for nothing else.
import type { Operations } from './composition/open-operations.ts'

export type { Finding } from './composition/doctor.ts'
export type {
  BilledOrganisation,
  InvoiceExplanation,
  NamedOrganisation,
  Operations,
  PreviewedOrganisation,
  VerifiedBooks,
} from './composition/open-operations.ts'
export { OperationRefused } from './composition/operation-refused.ts'
export { migrateDatabase } from './store/migrate.ts'

/** Opens the operations for an environment, which names config, settings and database as it does for the server. */
export async function openOperations(env: Readonly<Record<string, string | undefined>>): Promise<Operations> {
  return (await import('./composition/open-operations.ts')).openOperations(env)
}
