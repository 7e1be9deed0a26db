import { join } from 'node:path'
import { type CivilDate, type OrganisationId, parseCivilDate, readId, type SubscriberId, showId } from '@nyuzi/core'
import { clusterState, startPostgres } from '@nyuzi/embedded-postgres'
import type { z } from 'zod'
import { explainInvoice } from '../flows/billing/explain-invoice.ts'
import { type DailyCycle, runDailyCycle } from '../flows/billing/run-daily-cycle.ts'
import type { PrintedFile } from '../flows/documents/addressed.ts'
import { printInvoice } from '../flows/documents/print-invoice.ts'
import { FlowError } from '../flows/errors.ts'
import { type VerifiedLedger, verifyLedger } from '../flows/ledger/verify-ledger.ts'
import type { explanationOut } from '../http/wire/explanations.ts'
import type { billingPreviewOut, previewPartOut } from '../http/wire/previews.ts'
import { migrateDatabase } from '../store/migrate.ts'
import { readMigrationState } from '../store/migration-state.ts'
import { createLog } from '../telemetry/log.ts'
import { systemClock } from './clock.ts'
import { examine, type Finding } from './doctor.ts'
import { createEngine, type Engine } from './engine.ts'
import { loadConfig } from './load-config.ts'
import type { OpenDatabase } from './open-database.ts'
import { OperationRefused } from './operation-refused.ts'
import { type NyuziConfig, readSettings, type Settings, UnsafeSettings } from './settings.ts'

export type NamedOrganisation = { readonly id: string; readonly slug: string; readonly name: string }
export type VerifiedBooks = VerifiedLedger & { readonly organisation: NamedOrganisation }
/** As the API answers it. */
export type InvoiceExplanation = z.output<typeof explanationOut> & { readonly organisation: NamedOrganisation }
export type BilledOrganisation = DailyCycle & { readonly organisation: NamedOrganisation }

/** As the API answers it. */
export type PreviewedOrganisation = {
  readonly organisation: NamedOrganisation
  readonly days: readonly string[]
  readonly totals: z.output<typeof billingPreviewOut>['totals']
  readonly parts: readonly z.output<typeof previewPartOut>[]
}

export type Operations = {
  /** Looks at everything a server needs and changes nothing. Never throws for what it finds. */
  doctor(): Promise<readonly Finding[]>
  /** Brings the database to this version's schema; returns the migrations that were missing. */
  migrate(): Promise<readonly string[]>
  verifyLedger(options?: { readonly organisation?: string }): Promise<readonly VerifiedBooks[]>
  /** Does what the daily cycle does on that day. A dry run is the same work, rolled back. */
  runBilling(options?: {
    readonly organisation?: string
    readonly date?: string
    readonly dryRun?: boolean
  }): Promise<readonly BilledOrganisation[]>
  /** Rehearses what the days up to that one would do. Writes nothing, not even the preview. */
  previewBilling(options?: {
    readonly organisation?: string
    readonly date?: string
    /** By the account number. */
    readonly subscriber?: string
  }): Promise<readonly PreviewedOrganisation[]>
  /** Computes an invoice a second time and tells where each figure comes from. */
  explainInvoice(options: { readonly number: string; readonly organisation?: string }): Promise<InvoiceExplanation>
  /** The PDF of an invoice or a debit note, as it was issued. */
  printInvoice(options: { readonly number: string; readonly organisation?: string }): Promise<PrintedFile>
  close(): Promise<void>
}

type Env = Readonly<Record<string, string | undefined>>

/**
 * What a person at the machine may do besides the HTTP API. Everything is opened when it is first needed: a server
 * need not run, and one that runs is not disturbed, because no worker is started here.
 */
export function openOperations(env: Env): Operations {
  const closers: (() => Promise<void>)[] = []
  const settings = once(() => loadSettings(env))
  const database = once(async () => {
    const opened = await openExisting((await settings()).settings)
    closers.push(opened.close)
    return opened
  })
  const engine = once(async () => {
    const { config, settings: read } = await settings()
    const { url } = await database()
    await refuseUnlessMigrated(url)
    const made = openEngine(config, read, url)
    closers.push(() => made.stop())
    return made
  })

  return {
    doctor: () => examine({ env, database, openEngine: engine }),
    async migrate() {
      const { url } = await database()
      const { pending, newer } = await readMigrationState(url)
      if (newer)
        throw new OperationRefused(
          'The database was migrated by a newer version of Nyuzi. Run that version, or restore a backup made before it.',
        )
      await migrateDatabase(url)
      return pending
    },
    async verifyLedger({ organisation } = {}) {
      const { deps } = await engine()
      const books: VerifiedBooks[] = []
      for (const [id, named] of await chosen(deps, organisation)) books.push({ organisation: named, ...(await verifyLedger(deps, id)) })
      return books
    },
    async runBilling({ organisation, date, dryRun = false } = {}) {
      const { deps } = await engine()
      const billed: BilledOrganisation[] = []
      for (const [id, named] of await chosen(deps, organisation)) {
        const day = date === undefined ? undefined : dayOf(date)
        const run = { dryRun, actor: 'command', ...(day ? { date: day } : {}) }
        billed.push({ organisation: named, ...(await refusing(() => runDailyCycle(deps, id, run))) })
      }
      return billed
    },
    async previewBilling({ organisation, date, subscriber } = {}) {
      const { deps } = await engine()
      const day = date === undefined ? undefined : dayOf(date)
      const previewed: PreviewedOrganisation[] = []
      for (const [id, named] of await chosen(deps, organisation)) {
        const subscriberId =
          subscriber === undefined ? undefined : await deps.store.inOrganisation(id, (tx) => tx.discounts.subscriberOf(subscriber))
        if (subscriber === undefined || subscriberId !== undefined)
          previewed.push({ organisation: named, ...(await refusing(() => preview(deps, id, day, subscriberId))) })
      }
      if (subscriber !== undefined && previewed.length === 0)
        throw new OperationRefused(`No subscriber has the account number ${subscriber}.`)
      return previewed
    },
    async explainInvoice({ number, organisation }) {
      const { deps } = await engine()
      const [named, explained] = await onlyInvoice(await chosen(deps, organisation), number, (id) => explainInvoice(deps, id, { number }))
      const { explanationOut, toApiExplanation } = await import('../http/wire/explanations.ts')
      return { organisation: named, ...explanationOut.parse(toApiExplanation(explained)) }
    },
    async printInvoice({ number, organisation }) {
      const { deps } = await engine()
      const organisations = await chosen(deps, organisation)
      const [, file] = await refusing(() => onlyInvoice(organisations, number, (id) => printInvoice(deps, id, { number })))
      return file
    },
    async close() {
      for (const close of closers.reverse()) await close()
    },
  }
}

function dayOf(date: string): CivilDate {
  const day = parseCivilDate(date)
  if (!day) throw new OperationRefused(`${date} is no day of the calendar. Write it as YYYY-MM-DD.`)
  return day
}

async function preview(deps: Engine['deps'], id: OrganisationId, date: CivilDate | undefined, subscriberId: SubscriberId | undefined) {
  const { rehearsePreview } = await import('../flows/previews/create-preview.ts')
  const wire = await import('../http/wire/previews.ts')
  const { currency } = await deps.store.inOrganisation(id, (tx) => tx.organisation.read())
  const parts: PreviewedOrganisation['parts'][number][] = []
  const asked = { ...(date === undefined ? {} : { date }), ...(subscriberId === undefined ? {} : { subscriberId }) }
  const { days, totals } = await rehearsePreview(deps, id, asked, async (more) => {
    const ids = more.flatMap(({ subscriberIds }) => subscriberIds)
    const people = await deps.store.inOrganisation(id, (tx) => tx.readings.previewedSubscribers(ids))
    for (const part of more) {
      const subscribers = people.filter((person) => part.subscriberIds.includes(person.id))
      parts.push(wire.previewPartOut.parse(wire.toApiPreviewPart(currency)({ ...part, subscribers, changes: null, followOn: null })))
    }
  })
  return { days, totals: wire.billingPreviewOut.shape.totals.parse(wire.toApiPreviewTotals(totals, currency)), parts }
}

async function loadSettings(env: Env): Promise<{ config: NyuziConfig; settings: Settings }> {
  try {
    const { config } = await loadConfig(env)
    return { config, settings: readSettings(env, config) }
  } catch (error) {
    throw error instanceof UnsafeSettings ? new OperationRefused(error.message, { cause: error }) : error
  }
}

/** As the API does for a key: who acted stands beside what came of it. */
/** What a flow refuses is a sentence for whoever typed the command. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof FlowError ? new OperationRefused(error.message, { cause: error }) : error
  }
}

/** A database that is there. A demo's own cluster is started when it does not run, and then also stopped again. */
async function openExisting({ databaseUrl, dataDirectory }: Settings): Promise<OpenDatabase> {
  if (databaseUrl !== undefined) return { url: databaseUrl, close: async () => {} }
  const directory = join(dataDirectory, 'pg')
  const before = await clusterState(directory)
  if (before === 'absent')
    throw new OperationRefused(
      `The demo has not made its database in ${directory} yet. Start it once with \`npm start\`, or set DATABASE_URL and write nyuzi.config.ts for your own ISP.`,
    )
  const cluster = await startPostgres({ durable: true, dataDirectory: directory })
  return { url: cluster.url, close: before === 'running' ? async () => {} : () => cluster.stop() }
}

async function refuseUnlessMigrated(url: string): Promise<void> {
  const { pending, newer } = await readMigrationState(url)
  if (newer) throw new OperationRefused('The database was migrated by a newer version of Nyuzi. Run the command of that version.')
  if (pending.length > 0) throw new OperationRefused(`The database lacks ${pending.join(', ')}. Run \`nyuzi db migrate\`.`)
}

const openEngine = (config: NyuziConfig, settings: Settings, databaseUrl: string): Engine =>
  createEngine({
    databaseUrl,
    connectionsMax: 2,
    masterKey: settings.masterKey,
    publicUrl: settings.publicUrl ?? `http://127.0.0.1:${settings.port}`,
    plugins: config.plugins,
    clock: systemClock,
    log: createLog({ level: 'error' }),
    sweepEveryMs: 1_000,
    processMetrics: false,
  })

/** All organisations, or the one that is named by its slug or its id. */
async function chosen({ store }: Engine['deps'], wanted: string | undefined): Promise<readonly [OrganisationId, NamedOrganisation][]> {
  const all: [OrganisationId, NamedOrganisation][] = []
  for (const id of await store.organisations()) {
    const { slug, name } = await store.inOrganisation(id, (tx) => tx.readings.organisation())
    all.push([id, { id: showId('organisation', id), slug, name }])
  }
  if (wanted === undefined) return all
  const one = all.filter(([id, { slug }]) => slug === wanted || id === readId('organisation', wanted))
  if (one.length === 0)
    throw new OperationRefused(
      `There is no organisation ${wanted}. Name one of: ${all.map(([, { slug }]) => slug).join(', ') || 'none, this server has no organisation yet'}.`,
    )
  return one
}

/** What the one organisation that has an invoice of this number says of it. */
async function onlyInvoice<T>(
  organisations: readonly (readonly [OrganisationId, NamedOrganisation])[],
  number: string,
  ask: (id: OrganisationId) => Promise<T | undefined>,
): Promise<readonly [NamedOrganisation, T]> {
  const found: (readonly [NamedOrganisation, T])[] = []
  for (const [id, named] of organisations) {
    const said = await ask(id)
    if (said !== undefined) found.push([named, said])
  }
  const [one, ...others] = found
  if (!one) throw new OperationRefused(`There is no invoice ${number}. Numbers are written as on the invoice, e.g. NRB-000123.`)
  if (others.length > 0) {
    const slugs = found.map(([{ slug }]) => slug).join(', ')
    throw new OperationRefused(`Several organisations have an invoice ${number}. Name one of ${slugs} with --organisation.`)
  }
  return one
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
