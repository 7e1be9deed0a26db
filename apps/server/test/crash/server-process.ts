import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

export type ServerOptions = {
  readonly databaseUrl: string
  readonly masterKey: Uint8Array
  readonly publicUrl: string
  readonly port: number
  readonly dataDirectory: string
}

export type ServerProcess = {
  /** When it serves; rejects when it ends before. */
  readonly ready: Promise<void>
  /** As a power cut would end it. */
  kill(): Promise<void>
  /** As a deployment ends it; gives the exit code. */
  terminate(): Promise<number | null>
  /** What it wrote to its log. */
  said(): string
}

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const config = fileURLToPath(new URL('./nyuzi.config.ts', import.meta.url))

/** Starts the real server, in real mode, as a process of its own. */
export function startServerProcess({ databaseUrl, masterKey, publicUrl, port, dataDirectory }: ServerOptions): ServerProcess {
  const child = spawn(process.execPath, ['--conditions=@nyuzi/source', main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: databaseUrl,
      NYUZI_SECRET_KEY: Buffer.from(masterKey).toString('base64'),
      NYUZI_PUBLIC_URL: publicUrl,
      NYUZI_CONFIG: config,
      NYUZI_DATA: dataDirectory,
      NYUZI_LOG: 'warn',
      NYUZI_CONNECTIONS: '6',
      PORT: String(port),
    },
  })
  let said = ''
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk) => String(chunk).includes('Nyuzi serves') && resolve())
    void ended.then((code) => reject(new Error(`the server ended with ${code} before it served: ${said}`)))
  })
  // Who kills a server that starts does not wait for it.
  ready.catch(() => {})
  return {
    ready,
    async kill() {
      signal(child, 'SIGKILL')
      await ended
    },
    async terminate() {
      signal(child, 'SIGTERM')
      return await ended
    },
    said: () => said,
  }
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.exitCode === null && child.signalCode === null) child.kill(name)
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port'))))
    })
  })
}
