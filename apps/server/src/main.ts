import { loadConfig } from './composition/load-config.ts'
import { startServer } from './composition/server.ts'
import { readSettings, UnsafeSettings } from './composition/settings.ts'
import { stopOnSignals } from './composition/stop-on-signals.ts'
import { createLog } from './telemetry/log.ts'

try {
  const { config, from } = await loadConfig(process.env)
  const settings = readSettings(process.env, config)
  const log = createLog({ level: settings.logLevel })
  process.stdout.write(`Nyuzi is starting in ${settings.mode} mode (${from}).\n`)
  const server = await startServer(config, settings, log, stopOnSignals)
  process.stdout.write(welcome(server.url, server.demo))
} catch (error) {
  if (!(error instanceof UnsafeSettings)) throw error
  process.stderr.write(`Nyuzi did not start: ${error.message}\n`)
  process.exitCode = 1
}

function welcome(url: string, demo: { apiKey: string; hints: readonly string[] } | undefined): string {
  const lines = [`Nyuzi serves ${url}`, `  API reference  ${url}/docs`]
  if (demo)
    lines.push(`  Cockpit        ${url}/`, `  API key        ${demo.apiKey}`, '', 'Try:', ...demo.hints.map((hint) => `  - ${hint}`))
  return `${lines.join('\n')}\n`
}
