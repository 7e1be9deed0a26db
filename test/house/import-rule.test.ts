// The import rule is checked by a tool; this shows that the tool sees the sources and can say no.
import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkEdges, modulesMin } from '../../scripts/edges.ts'

const root = join(import.meta.dirname, '../..')
const rooms = ['packages/core', 'packages/documents', 'packages/sdk', 'packages/cli', 'plugins/mpesa', 'plugins/sms', 'apps/server']

/** One wrong line each, in the file that would hold it, and the rule that refuses it. */
const wrong: [rule: string, file: string, line: string][] = [
  ['core-libraries', 'packages/core/src/clock.ts', "import 'node:fs'"],
  ['core-libraries', 'packages/core/src/schema.ts', "import 'zod'"],
  ['core-rooms', 'packages/core/src/door.ts', "import '@nyuzi/sdk'"],
  ['second-calculator-alone', 'packages/core/src/recompute/borrow.ts', "import '../time/calendar.ts'"],
  [
    'second-calculator-alone',
    'packages/core/src/recompute/borrow-type.ts',
    "import type { Period } from '../time/calendar.ts'\nexport type P = Period",
  ],
  ['second-calculator-apart', 'packages/core/src/rating/lend.ts', "import '../recompute/borrow.ts'"],
  ['documents-rooms', 'packages/documents/src/row.ts', "import '@nyuzi/sdk'"],
  ['documents-words-and-places', 'packages/documents/src/layout/ink.ts', "import 'zod'"],
  ['documents-libraries', 'packages/documents/src/draw/clock.ts', "import 'node:perf_hooks'"],
  ['sdk-libraries', 'packages/sdk/src/wire.ts', "import 'hono'"],
  ['sdk-libraries', 'packages/sdk/src/disk.ts', "import 'node:fs'"],
  ['sdk-host-libraries', 'packages/sdk/src/host-http.ts', "import 'node:net'"],
  ['sdk-host-room', 'packages/sdk/src/plugin-side.ts', "import './sending-watch.ts'"],
  ['sdk-rooms', 'packages/sdk/src/host-side.ts', "import '@nyuzi/server/operations'"],
  ['plugin-rooms', 'plugins/sms/src/rules.ts', "import '@nyuzi/core'"],
  ['plugin-rooms', 'plugins/sms/src/rules-type.ts', "import type { Money } from '@nyuzi/core'\nexport type M = Money"],
  ['plugin-rooms', 'plugins/sms/src/host-side.ts', "import '@nyuzi/server/operations'"],
  ['plugin-rooms', 'plugins/sms/src/sibling.ts', "import '@nyuzi/plugin-mpesa'"],
  ['plugin-host-libraries', 'plugins/sms/src/table.ts', "import 'postgres'"],
  ['flows-libraries', 'apps/server/src/flows/payments/reply.ts', "import 'hono'"],
  ['flows-libraries', 'apps/server/src/flows/payments/rows.ts', "import 'drizzle-orm'"],
  ['flows-rooms', 'apps/server/src/flows/payments/table.ts', "import '../../store/payment.ts'"],
  ['flows-no-flows', 'apps/server/src/flows/payments/next.ts', "import '../dunning/remind.ts'"],
  ['store-rooms', 'apps/server/src/store/upwards.ts', "import '../http/app.ts'"],
  ['store-libraries', 'apps/server/src/store/queue.ts', "import 'pg-boss'"],
  ['jobs-rooms', 'apps/server/src/jobs/sideways.ts', "import '../store/payment.ts'"],
  ['http-rooms', 'apps/server/src/http/sideways.ts', "import '../jobs/queue.ts'"],
  ['http-libraries', 'apps/server/src/http/rows.ts', "import 'postgres'"],
  ['composition-from-entry', 'apps/server/src/http/container.ts', "import '../composition/container.ts'"],
  ['tsyringe-in-composition', 'apps/server/src/http/inject.ts', "import 'tsyringe'"],
  ['server-no-plugin', 'apps/server/src/composition/built-in.ts', "import '@nyuzi/plugin-mpesa'"],
  ['cli-rooms', 'packages/cli/src/inside.ts', "import '@nyuzi/server'"],
  ['cli-rooms', 'packages/cli/src/deeper.ts', "import '../../../apps/server/src/jobs/queue.ts'"],
  ['simulator-from-demo-and-tests', 'plugins/sms/src/pretend.ts', "import './simulator/index.ts'"],
  ['nobody-imports-tests', 'plugins/sms/src/borrowed.ts', "import '../test/helper.ts'"],
  ['no-own-index', 'packages/sdk/src/round.ts', "import './index.ts'"],
  ['resolvable', 'packages/core/src/lost.ts', "import './nowhere.ts'"],
]

/** Right lines, which nothing refuses. */
const neighbours: Record<string, string> = {
  'packages/core/src/time/calendar.ts': 'export type Period = string\n',
  'packages/core/src/money/money.ts': 'export type Money = bigint\n',
  'packages/core/src/recompute/amounts.ts': "import type { Money } from '../money/money.ts'\nexport type Amounts = Money[]\n",
  'packages/sdk/src/sending-watch.ts': "import 'node:async_hooks'\nimport 'node:diagnostics_channel'\n",
  'packages/sdk/src/host-entry.ts': "import './sending-watch.ts'\n",
  'packages/cli/src/door.ts': "import '@nyuzi/server/operations'\n",
  'apps/server/src/store/payment.ts': 'export {}',
  'apps/server/src/http/app.ts': 'export {}',
  'apps/server/src/jobs/queue.ts': 'export {}',
  'apps/server/src/composition/container.ts': 'export {}',
  'apps/server/src/flows/dunning/remind.ts': 'export {}',
  'apps/server/src/operations.ts': "import './composition/container.ts'\n",
  'plugins/sms/test/helper.ts': 'export {}',
}

describe('in a house with one wrong line of each kind', () => {
  let house = ''
  let violations: { rule: { name: string }; from: string }[] = []

  beforeAll(async () => {
    house = await mkdtemp(join(tmpdir(), 'nyuzi-house-'))
    for (const room of rooms) {
      const manifest = join(root, room, 'package.json')
      await mkdir(join(house, room, 'src/simulator'), { recursive: true })
      await cp(manifest, join(house, room, 'package.json'))
      for (const file of ['index', 'simulator/index']) await writeFile(join(house, room, 'src', `${file}.ts`), 'export {}\n')
    }
    await mkdir(join(house, 'bench'))
    await standInLibraries(house)
    const files = { ...neighbours, ...Object.fromEntries(wrong.map(([, file, line]) => [file, `${line}\n`])) }
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(house, file)), { recursive: true })
      await writeFile(join(house, file), text)
    }
    violations = (await checkEdges(house)).violations
  })

  afterAll(() => rm(house, { recursive: true, force: true }))

  test.each(wrong)('%s refuses %s', (rule, file) => {
    expect(violations.filter((violation) => violation.from === file).map((violation) => violation.rule.name)).toContain(rule)
  })

  test('only the wrong lines are refused', () => {
    const expected = new Set(wrong.map(([, file]) => file))
    expect(violations.map((violation) => violation.from).filter((file) => !expected.has(file))).toEqual([])
  })
})

describe('cycles', () => {
  const biome = join(root, 'node_modules/.bin/biome')
  let room = ''

  beforeAll(async () => {
    room = await mkdtemp(join(tmpdir(), 'nyuzi-cycle-'))
    await cp(join(root, 'scripts/lint'), join(room, 'scripts/lint'), { recursive: true })
    const config = JSON.parse(await readFile(join(root, 'biome.json'), 'utf8'))
    await writeFile(join(room, 'biome.json'), JSON.stringify({ ...config, $schema: undefined, vcs: { enabled: false } }))
  })

  afterAll(() => rm(room, { recursive: true, force: true }))

  const lint = () => spawnSync(biome, ['lint', '--only=suspicious/noImportCycles', '.'], { cwd: room, encoding: 'utf8' })

  test('two files that need each other only for types are accepted', async () => {
    await writeFile(join(room, 'egg.ts'), "import type { Hen } from './hen.ts'\nexport type Egg = { from?: Hen }\n")
    await writeFile(join(room, 'hen.ts'), "import type { Egg } from './egg.ts'\nexport type Hen = { lays?: Egg }\n")
    expect(lint()).toMatchObject({ status: 0 })
  })

  test('two files that need each other at run time are refused', async () => {
    await writeFile(join(room, 'egg.ts'), "import { hen } from './hen.ts'\nexport const egg = () => hen\n")
    await writeFile(join(room, 'hen.ts'), "import { egg } from './egg.ts'\nexport const hen = () => egg\n")
    const { status, stderr, stdout } = lint()
    expect(status).not.toBe(0)
    expect(stderr + stdout).toContain('noImportCycles')
  })
})

test('the house keeps its import rule, and enough of it is seen to say so', async () => {
  const { modules, violations } = await checkEdges(root)
  expect(violations.map((violation) => `${violation.rule.name}: ${violation.from} → ${violation.to}`)).toEqual([])
  expect(modules).toBeGreaterThanOrEqual(modulesMin)
})

async function standInLibraries(house: string): Promise<void> {
  await mkdir(join(house, 'node_modules/@nyuzi'), { recursive: true })
  for (const name of ['zod', 'hono', 'postgres', 'drizzle-orm', 'pg-boss', 'tsyringe']) {
    const library = join(house, 'node_modules', name)
    await mkdir(join(library, 'dist'), { recursive: true })
    await writeFile(join(library, 'package.json'), JSON.stringify({ name, version: '1.0.0', exports: './dist/index.js' }))
    await writeFile(join(library, 'dist/index.js'), '')
  }
  for (const room of rooms) {
    const name = room.startsWith('plugins/') ? room.replace('plugins/', 'plugin-') : room.replace(/^\w+\//, '')
    await symlink(join(house, room), join(house, 'node_modules/@nyuzi', name))
  }
}
