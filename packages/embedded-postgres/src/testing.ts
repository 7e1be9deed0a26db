// Vitest's global set-up for tests against a real PostgreSQL: one cluster for the run, one clone of a migrated
// template for each test file.
import postgres from 'postgres'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'
import { startPostgres } from './start-postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string
  }
}

const template = 'app_template'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startPostgres({ durable: false })
  try {
    await makeTemplate(cluster.url)
  } catch (error) {
    await cluster.stop()
    throw error
  }
  project.provide('postgresUrl', cluster.url)
  return () => cluster.stop()
}

export type TestDatabase = { url: string; drop(): Promise<void> }

/** A database of its own for the caller, already migrated. Costs about 50 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const adminUrl = inject('postgresUrl')
  const name = `t_${crypto.randomUUID().replaceAll('-', '')}`
  await asAdmin(adminUrl, (sql) => sql.unsafe(`create database ${name} template ${template} strategy file_copy`))
  return {
    url: inDatabase(adminUrl, name),
    drop: () => asAdmin(adminUrl, (sql) => sql.unsafe(`drop database if exists ${name} with (force)`)),
  }
}

async function makeTemplate(adminUrl: string): Promise<void> {
  await asAdmin(adminUrl, (sql) => sql.unsafe(`create database ${template}`))
  // Named at run time: the server depends on this package, so this package cannot depend on the server.
  const server = '@nyuzi/server/operations'
  const operations: { migrateDatabase?: (url: string) => Promise<unknown> } = await import(server)
  await operations.migrateDatabase?.(inDatabase(adminUrl, template))
  await asAdmin(adminUrl, (sql) => sql.unsafe(`alter database ${template} is_template true`))
}

async function asAdmin(url: string, work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await work(sql)
  } finally {
    await sql.end()
  }
}

function inDatabase(url: string, name: string): string {
  const there = new URL(url)
  there.pathname = `/${name}`
  return there.href
}
