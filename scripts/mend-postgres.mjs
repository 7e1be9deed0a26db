// Mends postgres.js 3.4.9 where it ends the whole process when PostgreSQL goes away: a write that waits for the next turn
// of the loop meets a connection that has closed meanwhile (porsager/postgres issues 1066, 1154 and 1208; no release has
// a fix); and where a connection that was lost spoils the one that follows it. Run after each install, changes nothing twice, and fails when the code is not what it knows: then look whether
// the release at hand needs it still. `apps/server/test/flows/database-outage.pg.test.ts` shows what it is for.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const mends = [
  {
    found: '  function nextWrite(fn) {\n    const x = socket.write(chunk, fn)\n',
    mended:
      "  function nextWrite(fn) {\n    if (socket === null) {\n      chunk = nextWriteTimer = null\n      error(Errors.connection('CONNECTION_CLOSED', options))\n      return true\n    }\n    const x = socket.write(chunk, fn)\n",
  },
  {
    // Left as it was, the next connection of this slot never sends its first words.
    found:
      "    clearImmediate(nextWriteTimer)\n    socket.removeListener('data', data)\n    socket.removeListener('connect', connected)\n    idleTimer",
    mended:
      "    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    socket.removeListener('data', data)\n    socket.removeListener('connect', connected)\n    idleTimer",
  },
  {
    // The server's last words, "terminating connection", were kept and failed the first query of the next connection.
    found: '    incomings = null\n    clearImmediate(nextWriteTimer)\n',
    mended: '    incomings = null\n    errorResponse = null\n    clearImmediate(nextWriteTimer)\n',
  },
]

export function mendPostgres(root = dirname(dirname(fileURLToPath(import.meta.url)))) {
  for (const form of ['src', 'cjs/src']) {
    const path = join(root, 'node_modules', 'postgres', form, 'connection.js')
    if (!existsSync(path)) continue
    const before = readFileSync(path, 'utf8')
    let after = before
    for (const { found, mended } of mends) {
      if (after.includes(mended)) continue
      if (!after.includes(found)) throw new Error(`${path} is not the code that scripts/mend-postgres.mjs knows.`)
      after = after.replace(found, () => mended)
    }
    if (after !== before) writeFileSync(path, after)
  }
}
