import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sweepDeadOwners } from '../src/throw-away.ts'

test('only folders of owners that are gone are swept', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'nyuzi-sweep-'))
  const gone = spawnSync(process.execPath, ['-e', '']).pid
  for (const name of [`nyuzi-postgres-of-${gone}-a`, `nyuzi-postgres-of-${process.pid}-b`, 'someone-elses']) await mkdir(join(parent, name))
  await sweepDeadOwners(parent)
  expect((await readdir(parent)).sort()).toEqual([`nyuzi-postgres-of-${process.pid}-b`, 'someone-elses'])
  await rm(parent, { recursive: true })
})
