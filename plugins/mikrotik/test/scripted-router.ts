import { createServer, type Socket } from 'node:net'
import { encodeSentence, SentenceReader } from '../src/client/codec.ts'
import type { OpenOptions } from '../src/client/open-connection.ts'

export type Answer = {
  readonly tag: string
  readonly words: readonly string[]
  readonly socket: Socket
  send(...sentence: string[]): void
}
export type Script = (answer: Answer) => void

/** A peer that says exactly what a test makes it say, right or wrong. Logins are answered unless the script is told of them. */
export async function startScriptedRouter(script: Script, { answersLogin = true } = {}) {
  const seen: string[][] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    const reader = new SentenceReader()
    socket.on('data', (chunk: Buffer) => {
      for (const words of reader.push(chunk)) {
        seen.push(words)
        const tag = words.find((word) => word.startsWith('.tag=')) ?? ''
        const send = (...sentence: string[]) => {
          if (!socket.destroyed) socket.write(encodeSentence(sentence))
        }
        if (answersLogin && words[0] === '/login') send('!done', tag)
        else script({ tag, words, socket, send })
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    port,
    seen,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export const openOptions = (port: number, overrides: Partial<OpenOptions> = {}): OpenOptions => ({
  host: '127.0.0.1',
  port,
  transport: { mode: 'plain' },
  credentials: { username: 'nyuzi', password: 'router-password', allowOldLogin: false },
  connectTimeoutMs: 500,
  commandTimeoutMs: 500,
  cancelTimeoutMs: 200,
  idleMs: 5_000,
  inFlightMax: 6,
  ...overrides,
})

export const print = { path: '/system/identity/print' } as const
export const pauseMs = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
