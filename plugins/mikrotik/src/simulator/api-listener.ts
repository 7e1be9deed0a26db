import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Certificate } from './certificate.ts'

export type ListenerOptions = {
  readonly port: number
  readonly certificate?: Certificate
  readonly connectionsMax: number
  readonly accept: (socket: Socket) => void
}

/** The TCP side: can be pulled out and put back on the same port. */
export class ApiListener {
  readonly #options: ListenerOptions
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  port: number

  constructor(options: ListenerOptions) {
    this.#options = options
    this.port = options.port
  }

  get connections(): number {
    return this.#sockets.size
  }

  async listen(): Promise<void> {
    if (this.#server) return
    const server = this.#create()
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.port, '127.0.0.1', () => {
        server.off('error', reject)
        resolve()
      })
    })
    const address = server.address()
    if (address && typeof address === 'object') this.port = address.port
  }

  /** Refuses connections and breaks the live ones. */
  async unplug(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    this.dropAll()
    if (server) await new Promise((resolve) => server.close(resolve))
  }

  dropAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #create(): Server {
    const { certificate, accept } = this.#options
    const server = certificate ? createTlsServer({ key: certificate.key, cert: certificate.cert }, accept) : createServer(accept)
    // With TLS this is the bare socket below, so that a broken handshake is counted and cut as well.
    server.on('connection', (socket: Socket) => {
      if (this.#sockets.size >= this.#options.connectionsMax) return void socket.destroy()
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => this.#sockets.delete(socket))
    })
    server.on('tlsClientError', () => {})
    return server
  }
}
