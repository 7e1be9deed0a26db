// Time and chance are refused in core and in flows by a pattern of our own; this shows that the pattern still bites.
import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
let house = ''

beforeAll(async () => {
  house = await mkdtemp(join(tmpdir(), 'nyuzi-clock-'))
  await cp(join(root, 'scripts/lint'), join(house, 'scripts/lint'), { recursive: true })
  const config = JSON.parse(await readFile(join(root, 'biome.json'), 'utf8'))
  await writeFile(join(house, 'biome.json'), JSON.stringify({ ...config, $schema: undefined, vcs: { enabled: false } }))
})

afterAll(() => rm(house, { recursive: true, force: true }))

test.each([
  ['packages/core/src/money.ts', 'export const at = Date.now()'],
  ['packages/core/src/money.ts', 'export const clock = Date.now'],
  ['packages/core/src/time/period.ts', 'export const at = new Date()'],
  ['packages/core/src/ids.ts', 'export const id = Math.random()'],
  ['packages/core/src/time/today.ts', 'export const now = Temporal.Now.instant()'],
  ['apps/server/src/flows/payments/post-payment.ts', 'export const at = new Date()'],
])('%s may not say "%s"', async (file, line) => {
  expect(await lint(file, line)).toContain('passed in as arguments')
})

test.each([
  ['packages/core/src/time/parse.ts', "export const at = new Date('2030-01-31T00:00:00Z')"],
  ['apps/server/src/composition/clock.ts', 'export const at = Date.now()'],
])('%s may say "%s"', async (file, line) => {
  expect(await lint(file, line)).not.toContain('passed in as arguments')
})

async function lint(file: string, line: string): Promise<string> {
  await mkdir(dirname(join(house, file)), { recursive: true })
  await writeFile(join(house, file), `${line}\n`)
  const { stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/biome'), ['lint', file], { cwd: house, encoding: 'utf8' })
  await rm(join(house, file))
  return stdout + stderr
}
