import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@nyuzi/embedded-postgres'
import { migrateDatabase } from '@nyuzi/server/operations'

export type BenchDatabase = { readonly url: string; stop(): Promise<void> }

/** A cluster with every setting that durability needs, in a folder on a real disk: what a figure measures is what an ISP gets. */
export async function openBenchDatabase(): Promise<BenchDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'nyuzi-bench-'))
  // PostgreSQL may run as another owner, who must be able to walk in.
  await chmod(folder, 0o755)
  const cluster = await startPostgres({ dataDirectory: join(folder, 'pg'), durable: true })
  const stop = async () => {
    await cluster.stop('immediate')
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop().finally(() => process.exit(1)))
  await migrateDatabase(cluster.url)
  return { url: cluster.url, stop }
}
