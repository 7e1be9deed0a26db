// Makes a checkout ready to run: installs what the lock file names, checks for Node 24 and builds what changed.
// Runs on the Node that happens to be on the machine (20 or newer), so it imports nothing but `node:` modules.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mendPostgres } from './mend-postgres.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const stamp = join(modules, '.setup-stamp')
const bin = join(modules, '.bin')
const nodeMajorMin = 24

if (process.argv.includes('--stamp')) {
  mendPostgres()
  writeStamp()
} else {
  installWhenLockChanged()
  requireNode()
  build()
}

function fingerprint() {
  const lock = join(root, 'package-lock.json')
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`)
  return hash.update(existsSync(lock) ? readFileSync(lock) : '').digest('hex')
}

function writeStamp() {
  mkdirSync(modules, { recursive: true })
  writeFileSync(stamp, fingerprint())
}

function installWhenLockChanged() {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint()) return
  const verb = existsSync(modules) && !process.env.CI ? 'install' : 'ci'
  console.log(`Installing packages (npm ${verb}), about a minute the first time.`)
  // The log level hides the engine warnings that an older system Node draws from packages it will never run.
  run(...npmCommand(), [verb, '--loglevel=error'])
  writeStamp()
}

function requireNode() {
  const found = spawnSync('node', ['-p', 'process.versions.node'], { env: environment(), encoding: 'utf8' })
  const version = found.stdout?.trim() ?? ''
  if (Number(version.split('.')[0]) >= nodeMajorMin) return
  console.error(
    `Nyuzi needs Node ${nodeMajorMin} or newer; this machine has ${version || 'none'}. ` +
      'On Linux and Windows it comes with the packages; on macOS please install it and start again.',
  )
  process.exit(1)
}

function build() {
  const turbo = join(modules, 'turbo', 'bin', 'turbo')
  run(process.execPath, [turbo], ['run', 'build', '--output-logs=errors-only', '--log-order=grouped'])
}

function npmCommand() {
  const script = process.env.npm_execpath
  return script ? [process.execPath, [script]] : ['npm', []]
}

function run(command, before, args) {
  const result = spawnSync(command, [...before, ...args], { cwd: root, env: environment(), stdio: ['ignore', 'inherit', 'inherit'] })
  if (result.error) console.error(`${command} could not be started: ${result.error.message}`)
  if (result.status !== 0) process.exit(result.status ?? 1)
}

// The packages carry their own Node in node_modules/.bin; it must win over the one on the machine.
function environment() {
  return {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    DO_NOT_TRACK: '1',
  }
}
