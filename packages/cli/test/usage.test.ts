import { expect, test } from 'vitest'
import { runNyuzi } from './run-nyuzi.ts'

test.each([
  ['billing run --date 2026-02-30', '--date must be a day of the calendar, not "2026-02-30". Write it as YYYY-MM-DD'],
  ['billing preview --date 2026-02-30', '--date must be a day of the calendar, not "2026-02-30". Write it as YYYY-MM-DD'],
  ['billing run --date 30/11/2026', '--date must be a day of the calendar, not "30/11/2026". Write it as YYYY-MM-DD'],
  ['billing run --date', '--date needs a value. Run `nyuzi billing run --help`'],
  ['ledger verify --organization savanna', '--organization: there is no such flag. Run `nyuzi ledger verify --help`'],
  ['invoice explain', 'NUMBER must be given. Run `nyuzi invoice explain --help`'],
  ['invoice explain NRB-1 NRB-2', 'NRB-2: this command takes NUMBER and flags only. Run `nyuzi invoice explain --help`'],
  ['invoice pdf', 'NUMBER must be given. Run `nyuzi invoice pdf --help`'],
  ['doctor --json now', 'now: this command takes flags only. Run `nyuzi doctor --help`'],
])('`nyuzi %s` ends with 2 and says what to write instead', async (words, sentence) => {
  const { code, err } = await runNyuzi(words)
  expect(err).toContain(sentence)
  expect(code).toBe(2)
})

test('a config that is not there is named, and nothing is opened', async () => {
  const { code, err } = await runNyuzi('ledger verify', { env: { NYUZI_CONFIG: '/nowhere/nyuzi.config.ts' } })
  expect(err).toBe('nyuzi: NYUZI_CONFIG names /nowhere/nyuzi.config.ts, which is not there.\n')
  expect(code).toBe(1)
})

test('help names every command and loads nothing of the server', async () => {
  const refuseServer = `data:text/javascript,${encodeURIComponent(`
    import { registerHooks } from 'node:module'
    registerHooks({ resolve(name, context, next) {
      if (name.startsWith('@nyuzi/server')) throw new Error('help loads the server')
      return next(name, context)
    } })`)}`
  for (const words of [
    '--help',
    'ledger --help',
    'billing preview --help',
    'billing run --help',
    'invoice explain --help',
    'invoice pdf --help',
    'db migrate --help',
    'doctor --help',
  ]) {
    const { code, out } = await runNyuzi(words, { nodeFlags: [`--import=${refuseServer}`] })
    expect(out).toContain('USAGE')
    expect(code).toBe(0)
  }
  expect((await runNyuzi('doctor', { nodeFlags: [`--import=${refuseServer}`] })).err).toContain('help loads the server')
  // Eight processes, one after the other.
}, 30_000)
