import { spawn } from 'node:child_process'
import { join } from 'node:path'

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string }
export type RunOptions = {
  readonly config?: keyof typeof configs
  readonly env?: Record<string, string>
  readonly nodeFlags?: readonly string[]
}

const configs = {
  real: join(import.meta.dirname, '../../../nyuzi.config.example.ts'),
  demo: join(import.meta.dirname, 'configs/demo.ts'),
}
export const masterKey = Buffer.alloc(32, 7).toString('base64')

/** Runs the command as a process of its own, with nothing of this one's environment but the search path. */
export function runNyuzi(words: string, { config = 'real', env = {}, nodeFlags = [] }: RunOptions = {}): Promise<Ran> {
  const script = join(import.meta.dirname, 'nyuzi-from-source.ts')
  const child = spawn(process.execPath, ['--conditions=@nyuzi/source', ...nodeFlags, script, ...words.split(' ')], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      NO_COLOR: '1',
      NYUZI_CONFIG: configs[config],
      ...(config === 'real' ? { NYUZI_SECRET_KEY: masterKey, NYUZI_PUBLIC_URL: 'http://127.0.0.1:3000' } : {}),
      ...env,
    },
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    out += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    err += chunk
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, out, err }))
  })
}
