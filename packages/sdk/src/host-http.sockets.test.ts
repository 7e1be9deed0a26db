// Without nock, which stands between `fetch` and the socket and takes a connection for open before it is.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, expect, test, vi } from 'vitest'
import { ProviderError, ProviderUnavailable, ProviderUnclear } from './errors.ts'
import { createHostHttp } from './host-http.ts'

const log = { info() {}, warn() {}, error() {} }
const http = createHostHttp({ log })

const servers: Server[] = []
const sockets = new Set<Socket>()

afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
})

/** A server that does one thing with each connection, and says how many requests began to arrive. */
async function serve(onConnection: (socket: Socket) => void) {
  let requests = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', () => {
      requests += 1
    })
    onConnection(socket)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests: () => requests }
}

const onRequest = (answer: (socket: Socket) => void) => serve((socket) => void socket.once('data', () => answer(socket)))

test('a port where no one listens: nothing was sent', async () => {
  const { url } = await serve(() => {})
  await new Promise((resolve) => servers.pop()?.close(resolve))
  expect(await failure(http.postJson(url, {}))).toBeInstanceOf(ProviderUnavailable)
})

test('a name that does not exist: nothing was sent', async () => {
  expect(await failure(http.postJson('http://nowhere.invalid/', {}))).toBeInstanceOf(ProviderUnavailable)
})

test('a connection that breaks before the request could go out: nothing was sent', async () => {
  const { url, requests } = await serve((socket) => void socket.once('data', () => socket.resetAndDestroy()))
  // The server does not speak TLS, so the handshake fails and no request is ever written.
  const error = await failure(http.postJson(url.replace('http:', 'https:'), {}))
  expect(requests()).toBe(1)
  expect(error).toBeInstanceOf(ProviderUnavailable)
})

test('a handshake that never ends is given up: nothing was sent', async () => {
  const { url } = await serve(() => {})
  const error = await failure(http.postJson(url.replace('http:', 'https:'), {}, { timeoutMs: 100 }))
  expect(error).toBeInstanceOf(ProviderUnavailable)
})

test('a connection that does not open within five seconds is given up, however long the call may take', async () => {
  let connected = () => {}
  const connection = new Promise<void>((resolve) => {
    connected = resolve
  })
  const { url } = await serve(connected)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const call = failure(http.postJson(url.replace('http:', 'https:'), {}, { timeoutMs: 60_000 }))
  await connection
  vi.advanceTimersByTime(5_000)
  vi.useRealTimers()
  expect(await call).toBeInstanceOf(ProviderUnavailable)
})

test('a reset after the request was sent is unclear', async () => {
  const { url } = await onRequest((socket) => socket.resetAndDestroy())
  expect(await failure(http.postJson(url, {}))).toBeInstanceOf(ProviderUnclear)
})

test('silence after the request was sent is unclear, in the time allowed', async () => {
  const { url } = await serve(() => {})
  const startedMs = performance.now()
  expect(await failure(http.postJson(url, {}, { timeoutMs: 150 }))).toBeInstanceOf(ProviderUnclear)
  expect(performance.now() - startedMs).toBeLessThan(1_500)
})

test('the host’s own limit is shorter than what a plugin asks for', async () => {
  const { url } = await serve(() => {})
  const impatient = createHostHttp({ log, timeoutMsMax: 100 })
  expect(await failure(impatient.postJson(url, {}, { timeoutMs: 60_000 }))).toBeInstanceOf(ProviderUnclear)
})

test('an answer that stops half way is unclear', async () => {
  const half = 'HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{"a":'
  const slow = await onRequest((socket) => void socket.write(half))
  expect(await failure(http.postJson(slow.url, {}, { timeoutMs: 150 }))).toBeInstanceOf(ProviderUnclear)
  const broken = await onRequest((socket) => void socket.write(half, () => setTimeout(() => socket.resetAndDestroy(), 20)))
  expect(await failure(http.postJson(broken.url, {}))).toBeInstanceOf(ProviderUnclear)
})

test('an answer that drips on for ever is unclear, since time counts to the last byte', async () => {
  const { url } = await onRequest((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    const drip = setInterval(() => socket.write(' '), 20)
    socket.on('close', () => clearInterval(drip))
  })
  expect(await failure(http.getJson(url, { timeoutMs: 200 }))).toBeInstanceOf(ProviderUnclear)
})

test('an answer without end is cut off at 1 MiB and its connection closed', async () => {
  let written = 0
  const { url } = await onRequest((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    const pour = () => {
      while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 'x'))) written += 65_536
      written += 65_536
    }
    socket.on('drain', pour)
    pour()
  })
  expect(await failure(http.getJson(url))).toBeInstanceOf(ProviderUnclear)
  await new Promise((resolve) => setTimeout(resolve, 50))
  const afterCut = written
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(written).toBe(afterCut)
})

test('an answer that is not HTTP is unclear', async () => {
  const { url } = await onRequest((socket) => void socket.end('SSH-2.0-OpenSSH\r\n'))
  expect(await failure(http.getJson(url))).toBeInstanceOf(ProviderUnclear)
})

test('calls side by side do not mix up which of them was sent', async () => {
  const silent = await serve(() => {})
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, async (_, index) => {
      const url = index % 2 === 0 ? silent.url : silent.url.replace('http:', 'https:')
      return failure(http.postJson(url, {}, { timeoutMs: 300 }))
    }),
  )
  expect(outcomes.map(({ code }) => code)).toEqual(
    Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? 'provider_unclear' : 'provider_unavailable')),
  )
})
async function failure(call: Promise<unknown>): Promise<ProviderError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ProviderError)) throw new Error(`a provider error was expected, not ${inspect(error)}`)
  return error
}
