import { access, constants, mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const prefix = 'nyuzi-postgres-of-'

/** A folder for a cluster that dies with this process: in memory where the machine has such a place. */
export async function throwAwayDirectory(): Promise<string> {
  const parent = await throwAwayParent()
  await sweepDeadOwners(parent)
  const directory = join(parent, `${prefix}${process.pid}-${Date.now().toString(36)}`)
  await mkdir(directory, { mode: 0o755 })
  return join(directory, 'pg')
}

/** Removes clusters whose owning process is gone, ending a server that outlived it. */
export async function sweepDeadOwners(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const owner = Number(name.startsWith(prefix) ? name.slice(prefix.length).split('-')[0] : Number.NaN)
    if (!Number.isInteger(owner) || isAlive(owner)) continue
    const folder = join(parent, name)
    const postmaster = await readPostmaster(join(folder, 'pg'))
    // Only a live postmaster keeps this file truthful: its data directory is line 2, which guards against a reused pid.
    if (postmaster && isAlive(postmaster.pid) && postmaster.dataDirectory === join(folder, 'pg')) process.kill(postmaster.pid, 'SIGQUIT')
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

export type Postmaster = { pid: number; dataDirectory: string; port: number }

export async function readPostmaster(dataDirectory: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8').catch(() => '')
  const [pid, directory, , port] = text.split('\n')
  return pid && directory && port ? { pid: Number(pid), dataDirectory: directory, port: Number(port) } : undefined
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Someone else's process is alive too.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function throwAwayParent(): Promise<string> {
  const inMemory = await access('/dev/shm', constants.W_OK).then(
    () => true,
    () => false,
  )
  return inMemory ? '/dev/shm' : tmpdir()
}
