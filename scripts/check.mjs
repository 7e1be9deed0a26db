// The gate besides the tests: types, lint, edges, dead code. Runs all of them, so that one failure hides no other.
import { spawnSync } from 'node:child_process'

const steps = ['typecheck', 'lint', 'edges', 'dead']
const failed = steps.filter((step) => {
  const startedAt = performance.now()
  const { status } = spawnSync('npm', ['run', '--silent', step], { stdio: 'inherit', shell: process.platform === 'win32' })
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${step} ${Math.round(performance.now() - startedAt)} ms`)
  return status !== 0
})
process.exitCode = failed.length > 0 ? 1 : 0
