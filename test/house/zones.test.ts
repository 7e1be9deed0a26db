// What is billed follows the organisation's zone and never that of the machine: the arithmetic runs green in any of them.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const rooms = ['rating', 'recompute', 'time', 'invoicing', 'subscriptions', 'access', 'discounts', 'usage', 'tax'].map(
  (room) => `packages/core/src/${room}`,
)

test.each(['UTC', 'Africa/Nairobi', 'Asia/Dhaka', 'America/New_York'])(
  'the core bills the same on a machine in %s',
  { timeout: 120_000 },
  (zone) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'unit', ...rooms],
      {
        cwd: root,
        env: { ...process.env, TZ: zone },
        encoding: 'utf8',
      },
    )
    expect(status, stdout + stderr).toBe(0)
  },
)
