import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { access, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { type Binaries, findBinaries, type Owner, postgresOwner, reachableByAnyone } from './binaries.ts'
import { isAlive, readPostmaster, throwAwayDirectory } from './throw-away.ts'

export type StopMode = 'smart' | 'fast' | 'immediate'
export type PostgresOptions =
  | { dataDirectory: string; durable: true; port?: number }
  /** A cluster for one run: kept in memory where possible, never synced, gone at `stop`. */
  | { dataDirectory?: string; durable: false; port?: number }
export type RunningPostgres = { url: string; stop(mode?: StopMode): Promise<void> }

const throwAwaySettings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum=off']

export type ClusterState = 'absent' | 'stopped' | 'running'

/** What is in a folder of `startPostgres`: so that a short-lived program makes no cluster, and stops none it did not start. */
export async function clusterState(dataDirectory: string): Promise<ClusterState> {
  const directory = await dataDirectoryFor(resolve(dataDirectory), postgresOwner())
  if (!(await isCluster(directory))) return 'absent'
  return (await runningPort(directory)) === undefined ? 'stopped' : 'running'
}

/** Starts the cluster in a folder, made on first use; a server already running there is used as it is. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const owner = postgresOwner()
  const binaries = await findBinaries(owner)
  const directory = options.dataDirectory ? await dataDirectoryFor(resolve(options.dataDirectory), owner) : await throwAwayDirectory()
  const password = await ensureCluster(binaries, directory, options.durable, owner)
  const port = (await runningPort(directory)) ?? (await startServer(binaries, directory, options, owner))
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    async stop(mode = options.durable ? 'fast' : 'immediate') {
      await run(binaries.pgCtl, ['stop', '-D', directory, '-m', mode, '-w'], owner)
      if (options.durable) return
      await rm(options.dataDirectory ? directory : dirname(directory), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    },
  }
}

async function ensureCluster(binaries: Binaries, directory: string, durable: boolean, owner: Owner | undefined): Promise<string> {
  const passwordFile = join(dirname(directory), 'postgres.password')
  if (await isCluster(directory)) return (await readFile(passwordFile, 'utf8')).trim()

  const parent = dirname(directory)
  await mkdir(parent, { recursive: true, mode: 0o755 })
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const password = randomBytes(24).toString('base64url')
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
  if (owner) {
    await chown(directory, owner.uid, owner.gid)
    await chown(passwordFile, owner.uid, owner.gid)
  }
  const form = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--auth=scram-sha-256']
  const sync = durable ? [] : ['--no-sync']
  await run(binaries.initdb, ['-D', directory, '-U', 'postgres', `--pwfile=${passwordFile}`, ...form, ...sync], owner)
  return password
}

const isCluster = (directory: string): Promise<boolean> =>
  access(join(directory, 'PG_VERSION')).then(
    () => true,
    () => false,
  )

/** Root's PostgreSQL runs as `nobody`, who cannot enter a private checkout: its data then lives where services keep theirs. */
async function dataDirectoryFor(wished: string, owner: Owner | undefined): Promise<string> {
  if (!owner) return wished
  await mkdir(dirname(wished), { recursive: true, mode: 0o755 })
  if (await reachableByAnyone(dirname(wished))) return wished
  const name = createHash('sha256').update(wished).digest('hex').slice(0, 12)
  return join('/var/lib/nyuzi', name, 'pg')
}

async function runningPort(directory: string): Promise<number | undefined> {
  const postmaster = await readPostmaster(directory)
  // After a crash of the machine the pid may be someone else's by now; then nobody answers on the port.
  return postmaster && isAlive(postmaster.pid) && (await answers(postmaster.port)) ? postmaster.port : undefined
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => done(true)).once('error', () => done(false))
    socket.once('connect', () => socket.destroy())
  })
}

async function startServer(binaries: Binaries, directory: string, options: PostgresOptions, owner: Owner | undefined): Promise<number> {
  const port = options.port ?? (await freePort())
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', ...(options.durable ? [] : throwAwaySettings)]
  const flags = [`-p ${port}`, ...settings.map((setting) => `-c ${setting}`)].join(' ')
  await run(binaries.pgCtl, ['start', '-w', '-D', directory, '-l', join(directory, 'server.log'), '-o', flags], owner)
  return port
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer().once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (address && typeof address === 'object' ? done(address.port) : fail(new Error('No free port'))))
    })
  })
}

function run(command: string, args: string[], owner: Owner | undefined): Promise<void> {
  return new Promise((done, fail) => {
    // The server must not hold our pipes open, so nothing but errors of the short-lived program is read.
    const child = spawn(command, args, { ...owner, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, LC_ALL: 'C' } })
    let said = ''
    child.stderr.on('data', (chunk) => {
      said += chunk
    })
    child.once('error', fail)
    child.once('exit', (code) => {
      child.stderr.destroy()
      if (code === 0) done()
      else fail(new Error(`${command} ${args[0]} ended with ${code}: ${said.trim()}`))
    })
  })
}
