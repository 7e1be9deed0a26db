import { showId } from '@nyuzi/core'
import type { Plugin } from '@nyuzi/sdk'
import { secretsPlace } from '../flows/installations/check-settings.ts'
import type { Log } from '../flows/ports.ts'
import { type ScheduledJob, scheduledJobs } from '../jobs/names.ts'
import { jobOverdueMs } from '../jobs/schedules.ts'
import { checkDatabase, databaseSubjects } from '../store/check-database.ts'
import { type InstallationRow, type InstalledStore, installedStore } from '../store/installed.ts'
import { jobRunStore } from '../store/job-runs.ts'
import { readMigrationState } from '../store/migration-state.ts'
import { sharedSecretStore } from '../store/shared-secrets.ts'
import { redact } from '../telemetry/redact.ts'
import type { Engine } from './engine.ts'
import { loadConfig } from './load-config.ts'
import type { OpenDatabase } from './open-database.ts'
import { createPluginHost } from './plugin-host.ts'
import { readSettings, type Settings } from './settings.ts'

/** One thing that was looked at. A `fail` keeps a server from doing its work, a `warn` wants a look. */
export type Finding = { readonly level: 'ok' | 'warn' | 'fail'; readonly subject: string; readonly message: string; readonly fix?: string }

export type Patient = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly database: () => Promise<OpenDatabase>
  readonly openEngine: () => Promise<Engine>
}

const nodeMajorMin = 24
/** A box that says nothing for so long is told as silent. */
const boxDeadlineMs = 15_000

const ok = (subject: string, message: string): Finding => ({ level: 'ok', subject, message })
const warn = (subject: string, message: string, fix: string): Finding => ({ level: 'warn', subject, message, fix })
const fail = (subject: string, message: string, fix: string): Finding => ({ level: 'fail', subject, message, fix })

/** Looks at everything a server stands on, from the ground up, and stops where the next step has no ground. */
export async function examine({ env, database, openEngine }: Patient): Promise<readonly Finding[]> {
  const findings: Finding[] = [examineNode(process.versions.node)]

  const config = await attempt(() => loadConfig(env))
  if (!config.ok)
    return [
      ...findings,
      fail('config', config.reason, 'Correct the config file, or start the command in the folder that holds nyuzi.config.ts.'),
    ]
  findings.push(ok('config', `${config.value.from}: ${config.value.config.plugins.map(({ id }) => id).join(', ') || 'no plugins'}`))

  const settings = await attempt(async () => readSettings(env, config.value.config))
  if (!settings.ok) return [...findings, fail('settings', settings.reason, 'docs/reference/configuration.md explains each variable.')]
  findings.push(ok('settings', `fit for ${settings.value.mode} mode`))

  const opened = await attempt(database)
  if (!opened.ok) return [...findings, fail('database', opened.reason, databaseFix(settings.value))]
  const state = await attempt(() => readMigrationState(opened.value.url))
  if (!state.ok) return [...findings, fail('database', `it does not answer: ${state.reason}`, databaseFix(settings.value))]
  findings.push(ok('database', `it answers${settings.value.databaseUrl === undefined ? `, in ${settings.value.dataDirectory}` : ''}`))

  const faults = await checkDatabase(opened.value.url)
  const migrated = examineMigrations(state.value)
  findings.push(migrated, ...databaseSubjects.map((subject) => faults.find((fault) => fault.subject === subject) ?? subject).map(toFinding))
  if (migrated.level === 'fail' || faults.some(({ subject }) => subject === 'role')) return findings

  const engine = await openEngine()
  return [
    ...findings,
    ...(await examineInstallations(engine, config.value.config.plugins, settings.value)),
    ...(await examineSchedules(engine, settings.value)),
  ]
}

function examineNode(version: string): Finding {
  if (Number(version.split('.')[0]) >= nodeMajorMin) return ok('node', version)
  return fail('node', `${version} is too old`, `Run Node ${nodeMajorMin} or newer; on Linux and Windows it comes with the packages.`)
}

const databaseFix = ({ mode }: Settings): string =>
  mode === 'demo' ? 'Start the demo once with `npm start`.' : 'Check DATABASE_URL, that PostgreSQL runs, and that it lets this machine in.'

function examineMigrations({ pending, newer }: { pending: readonly string[]; newer: boolean }): Finding {
  if (newer)
    return fail('schema', 'a newer version of Nyuzi has migrated this database', 'Run that version, or restore a backup made before it.')
  if (pending.length > 0) return fail('schema', `it lacks ${pending.join(', ')}`, 'Run `nyuzi db migrate`.')
  return ok('schema', 'as this version needs it')
}

const toFinding = (fault: { subject: string; message: string; fix: string } | string): Finding =>
  typeof fault === 'string' ? ok(fault, 'fit') : fail(fault.subject, fault.message, fault.fix)

async function examineInstallations(engine: Engine, plugins: readonly Plugin[], settings: Settings): Promise<readonly Finding[]> {
  const store = installedStore(engine.database)
  const organisations = await store.organisations()
  if (organisations.length === 0)
    return [warn('organisations', 'there is none yet', 'Open one with `POST /v1/organisations` and the operator key.')]
  const rows = (await Promise.all(organisations.map((id) => store.ofOrganisation(id)))).flat()
  if (rows.length === 0)
    return [warn('installations', 'there is none yet', 'Make one for each paybill, router and SMS gateway with `POST /v1/installations`.')]

  const sealed = rows.filter((row) => !opens(engine, row))
  if (sealed.length > 0)
    return [
      fail(
        'secret key',
        `it does not open the secrets of ${sealed.length} of ${rows.length} installations`,
        'Bring back the NYUZI_SECRET_KEY they were sealed with; without it, enter their secrets again.',
      ),
    ]

  const looked = await lookAtInstallations(engine, plugins, settings, store, rows)
  return [ok('secret key', `it opens the secrets of all ${rows.length} installations`), ...looked.flat()]
}

function opens({ deps: { vault } }: Engine, { organisationId, id, secrets }: InstallationRow): boolean {
  try {
    vault.open(secrets, secretsPlace(organisationId, id))
    return true
  } catch {
    return false
  }
}

/** Sets each installation up in a host of its own that pauses nothing and logs nothing: a look must not change what is looked at. */
async function lookAtInstallations(
  { database, deps }: Engine,
  plugins: readonly Plugin[],
  settings: Settings,
  store: InstalledStore,
  rows: readonly InstallationRow[],
): Promise<Finding[][]> {
  const reasons = new Map<unknown, string>()
  const quiet: Log = {
    info: () => {},
    warn: () => {},
    error: (_message, facts) => void reasons.set(facts?.['installation'], String(facts?.['reason'])),
  }
  const host = await attempt(async () =>
    createPluginHost({
      plugins,
      installations: { ...store, pause: async () => {} },
      sharedSecrets: sharedSecretStore(database),
      vault: deps.vault,
      clock: deps.clock,
      log: quiet,
      meter: deps.meter,
      publicUrl: settings.publicUrl ?? `http://127.0.0.1:${settings.port}`,
      deadlineMs: boxDeadlineMs,
    }),
  )
  if (!host.ok) return [[fail('plugins', host.reason, 'Install versions that fit this server.')]]
  try {
    await host.value.refresh()
    return await Promise.all(
      rows.map(async (row): Promise<Finding[]> => {
        const subject = `installation ${row.name}`
        if (row.status !== 'active')
          return [warn(subject, `it is ${row.status}`, `Find out why in its tasks, then resume ${showId('installation', row.id)}.`)]
        if (!plugins.some(({ id }) => id === row.pluginId))
          return [fail(subject, `its plugin ${row.pluginId} is not loaded`, `Add ${row.pluginId} to the plugins of nyuzi.config.ts.`)]
        const installed = await host.value.find(row.id)
        if (!installed)
          return [
            fail(
              subject,
              `it cannot be set up: ${reasons.get(row.id) ?? 'no reason was given'}`,
              `Correct its settings with \`PATCH /v1/installations/${showId('installation', row.id)}\`.`,
            ),
          ]
        const { checkHealth } = installed.access ?? {}
        if (!checkHealth) return [ok(subject, 'set up')]
        const health = await attempt(() => checkHealth())
        if (!health.ok) return [fail(subject, health.reason, 'See the README of its plugin for how the box is prepared.')]
        const { version, identity, warnings } = health.value
        return [
          ok(subject, `${identity}, ${version}`),
          ...warnings.map((warning) => warn(subject, warning, 'See the README of its plugin for how the box is prepared.')),
        ]
      }),
    )
  } finally {
    await host.value.close()
  }
}

async function examineSchedules({ database, deps }: Engine, { mode }: Settings): Promise<readonly Finding[]> {
  const runs = new Map((await jobRunStore(database).list()).map((run) => [run.name, run]))
  const fix = 'Start the server with `npm start`; if it runs, look for this job in its log.'
  return (Object.keys(scheduledJobs) as ScheduledJob[]).map((name) => {
    const subject = `schedule ${name}`
    const run = runs.get(name)
    if (!run) return warn(subject, 'it has never run', fix)
    const ageMinutes = Math.floor((deps.clock.now().getTime() - (run.finishedAt ?? run.startedAt).getTime()) / 60_000)
    // A demo is mostly off; a server that bills real subscribers is not.
    if (ageMinutes * 60_000 > jobOverdueMs[name])
      return (mode === 'real' ? fail : warn)(subject, `it did not run for ${ageMinutes} minutes`, fix)
    if (run.outcome !== undefined && run.outcome !== 'done')
      return warn(subject, run.outcome, 'Look for this job in the log of the server, and for its tasks.')
    return ok(subject, `it ran ${ageMinutes === 0 ? 'within the last minute' : `${ageMinutes} minutes ago`}`)
  })
}

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string }

async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    return { ok: false, reason: String(redact(reasonOf(error))) }
  }
}

/** A refused connection has its reason inside, and an empty message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(reasonOf).join('; ')
  if (!(error instanceof Error)) return String(error)
  return error.message || String((error as { code?: unknown }).code ?? error.name)
}
