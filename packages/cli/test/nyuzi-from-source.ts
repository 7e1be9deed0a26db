// The command as it stands in the sources: no build can be older than what a test is about.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { flush, handle, run } from '@oclif/core'

const root = join(import.meta.dirname, '..')
const pjson = createRequire(import.meta.url)(join(root, 'package.json'))
pjson.oclif.commands.target = './src/index.ts'

await run(process.argv.slice(2), { root, pjson })
  .catch(handle)
  .finally(() => flush())
