import { join } from 'node:path'
import { startPostgres } from '@nyuzi/embedded-postgres'
import { checkDatabase } from '../store/check-database.ts'
import { migrateDatabase } from '../store/migrate.ts'
import { type Settings, UnsafeSettings } from './settings.ts'

export type OpenDatabase = { readonly url: string; close(): Promise<void> }

/**
 * The database of this server: the one that was named, or in the demo one of our own in the data directory. It is
 * migrated, and in real mode refused when it could lose what it acknowledged.
 */
export async function openDatabase({ databaseUrl, dataDirectory, mode }: Settings): Promise<OpenDatabase> {
  if (databaseUrl !== undefined) {
    await migrateDatabase(databaseUrl)
    const faults = await checkDatabase(databaseUrl)
    if (mode === 'real' && faults.length > 0) throw new UnsafeSettings(faults.map(({ message, fix }) => `${message} ${fix}`).join(' '))
    return { url: databaseUrl, close: async () => {} }
  }
  const cluster = await startPostgres({ durable: true, dataDirectory: join(dataDirectory, 'pg') })
  await migrateDatabase(cluster.url)
  return { url: cluster.url, close: () => cluster.stop() }
}
