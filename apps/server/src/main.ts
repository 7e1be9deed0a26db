import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startServer } from './composition/server.ts'
import { type NyuziConfig, readSettings, UnsafeSettings } from './composition/settings.ts'
import { createLog } from './telemetry/log.ts'

const configFiles = ['nyuzi.config.ts', 'nyuzi.config.js', 'nyuzi.config.mjs']

try {
  const { config, from } = await loadConfig()
  const settings = readSettings(process.env, config)
  const log = createLog({ level: settings.logLevel })
  process.stdout.write(`Nyuzi is starting in ${settings.mode} mode (${from}).\n`)
  const server = await startServer(config, settings, log)
  stopOn(server.stop)
  process.stdout.write(welcome(server.url, server.demo))
} catch (error) {
  if (!(error instanceof UnsafeSettings)) throw error
  process.stderr.write(`Nyuzi did not start: ${error.message}\n`)
  process.exitCode = 1
}

/** The operator's own shopping list, or the packaged demo when there is none. */
async function loadConfig(): Promise<{ config: NyuziConfig; from: string }> {
  const named = process.env['NYUZI_CONFIG']
  const file = [...(named ? [named] : configFiles)].map((name) => resolve(name)).find((path) => existsSync(path))
  if (named && !file) throw new UnsafeSettings(`NYUZI_CONFIG names ${named}, which is not there.`)
  // By name and at run time: the server imports no plugin, and the demo is one more config.
  const module: { default?: NyuziConfig } = await import(file ? pathToFileURL(file).href : ['@nyuzi', 'demo'].join('/'))
  if (!module.default?.plugins) throw new UnsafeSettings(`${file} must export defineConfig({ plugins: [...] }) as its default.`)
  return { config: module.default, from: file ?? 'the packaged demo; write nyuzi.config.ts for your own ISP' }
}

function stopOn(stop: () => Promise<void>): void {
  let stopping = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1)
      stopping = true
      stop().then(
        () => process.exit(0),
        () => process.exit(1),
      )
    })
  }
}

function welcome(url: string, demo: { apiKey: string; hints: readonly string[] } | undefined): string {
  const lines = [`Nyuzi serves ${url}`, `  API reference  ${url}/docs`]
  if (demo) lines.push(`  Cockpit        ${url}/`, `  API key        ${demo.apiKey}`, '', 'Try:', ...demo.hints.map((hint) => `  - ${hint}`))
  return `${lines.join('\n')}\n`
}
