import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type NyuziConfig, UnsafeSettings } from './settings.ts'

const configFiles = ['nyuzi.config.ts', 'nyuzi.config.js', 'nyuzi.config.mjs']

/** The operator's own shopping list in the folder the process was started in, or the packaged demo when there is none. */
export async function loadConfig(env: Readonly<Record<string, string | undefined>>): Promise<{ config: NyuziConfig; from: string }> {
  const named = env['NYUZI_CONFIG']
  const file = [...(named ? [named] : configFiles)].map((name) => resolve(name)).find((path) => existsSync(path))
  if (named && !file) throw new UnsafeSettings(`NYUZI_CONFIG names ${named}, which is not there.`)
  // By name and at run time: the server imports no plugin, and the demo is one more config.
  const module: { default?: NyuziConfig } = await import(file ? pathToFileURL(file).href : ['@nyuzi', 'demo'].join('/'))
  if (!module.default?.plugins)
    throw new UnsafeSettings(`${file ?? 'the packaged demo'} must export defineConfig({ plugins: [...] }) as its default.`)
  return { config: module.default, from: file ?? 'the packaged demo; write nyuzi.config.ts for your own ISP' }
}
