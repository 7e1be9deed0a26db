// A child process: sends callbacks over kept connections, each connection one at a time, and times every answer.
import { connect, type Socket } from 'node:net'
import { c2bBody, receiptOf } from './c2b.ts'
import { serveParent, sharedNowMs } from './child.ts'

export type LoadQuestion = {
  readonly port: number
  readonly path: string
  readonly connections: number
  readonly count: number
  /** Receipts are `series` and a number; each series only once a run. */
  readonly series: string
  /** Taken by turns. */
  readonly accounts: readonly string[]
  readonly amount: string
}

export type LoadAnswer = {
  readonly startedMs: number
  readonly elapsedMs: number
  readonly latenciesMs: readonly number[]
  readonly refused: number
}

serveParent<LoadQuestion, LoadAnswer>(async ({ port, path, connections, count, series, accounts, amount }) => {
  const requests = Array.from({ length: count }, (_, index) => {
    const body = c2bBody({ receipt: receiptOf(series, index), account: accounts[index % accounts.length] ?? '', amount })
    return Buffer.from(
      `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
  })
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)))
  const latenciesMs: number[] = []
  let next = 0
  let refused = 0
  const startedMs = sharedNowMs()
  await Promise.all(
    sockets.map(async (socket) => {
      for (let request = requests[next++]; request; request = requests[next++]) {
        const sentMs = sharedNowMs()
        const status = await exchange(socket, request)
        latenciesMs.push(sharedNowMs() - sentMs)
        if (status !== 200) refused++
      }
    }),
  )
  const elapsedMs = sharedNowMs() - startedMs
  for (const socket of sockets) socket.destroy()
  return { startedMs, elapsedMs, latenciesMs, refused }
})

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.once('error', reject)
    socket.once('connect', () => resolve(socket))
  })
}

/** A client of its own: a general one costs more processor than the route that is measured. */
function exchange(socket: Socket, request: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    const receive = (chunk: Buffer) => {
      text += chunk.toString('latin1')
      const head = text.indexOf('\r\n\r\n')
      if (head < 0) return
      const length = /^content-length: *(\d+)/im.exec(text.slice(0, head))?.[1]
      const whole = length === undefined ? text.endsWith('0\r\n\r\n') : text.length >= head + 4 + Number(length)
      if (!whole) return
      socket.off('data', receive)
      socket.off('close', fail)
      resolve(Number(text.slice(9, 12)))
    }
    const fail = () => reject(new Error('the server closed the connection'))
    socket.on('data', receive)
    socket.once('close', fail)
    socket.write(request)
  })
}
