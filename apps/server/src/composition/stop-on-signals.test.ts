import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'

const program = `
  const { stopOnSignals } = await import('${new URL('./stop-on-signals.ts', import.meta.url).href}')
  setInterval(() => {}, 1_000)
  stopOnSignals(async () => {
    await new Promise((resolve) => setTimeout(resolve, Number(process.argv[1])))
    console.log('stopped')
  })
  console.log('ready')`

/** Sends the signals one after the other, so many milliseconds apart, to a process that needs `stopMs` to stop. */
async function ended(stopMs: number, signals: readonly NodeJS.Signals[], apartMs: number) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, String(stopMs)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  await new Promise<void>((resolve) =>
    child.stdout.on('data', (chunk) => {
      said += chunk
      if (said.includes('ready')) resolve()
    }),
  )
  for (const signal of signals) {
    child.kill(signal)
    await new Promise((resolve) => setTimeout(resolve, apartMs))
  }
  return { code: await exited, said: said.trim().split('\n') }
}

test('one Ctrl-C, told by the terminal and again by npm, stops in order', async () => {
  expect(await ended(300, ['SIGINT', 'SIGINT'], 20)).toEqual({ code: 0, said: ['ready', 'stopped'] })
})

test('a terminal that is closed stops in order', async () => {
  expect(await ended(50, ['SIGHUP'], 0)).toEqual({ code: 0, said: ['ready', 'stopped'] })
})

test('a second Ctrl-C, when the first takes too long, stops at once', async () => {
  expect(await ended(30_000, ['SIGINT', 'SIGINT'], 1_200)).toEqual({ code: 1, said: ['ready'] })
})
