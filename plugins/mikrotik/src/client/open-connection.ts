import { type ConnectionOptions, RouterConnection } from './connection.ts'
import { ConnectFailed, LoginRefused } from './errors.ts'
import { type Credentials, logIn } from './login.ts'
import { openSocket, type Transport } from './transport.ts'

export type OpenOptions = ConnectionOptions & {
  readonly host: string
  readonly port: number
  readonly transport: Transport
  readonly credentials: Credentials
  /** For connecting and logging in together. */
  readonly connectTimeoutMs: number
}

/** Connects and logs in. Rejects with ConnectFailed, CertificateRefused or LoginRefused, and leaves no socket behind. */
export async function openConnection(options: OpenOptions): Promise<RouterConnection> {
  const startedMs = performance.now()
  const connection = await openSocket(
    { host: options.host, port: options.port, transport: options.transport, deadlineMs: options.connectTimeoutMs },
    (socket) => new RouterConnection(socket, options),
  )
  const leftMs = Math.max(1, options.connectTimeoutMs - (performance.now() - startedMs))
  const timer = setTimeout(() => connection.close('no answer to the login in time'), leftMs)
  try {
    await logIn(connection, options.credentials)
    return connection
  } catch (error) {
    connection.close('login failed')
    if (error instanceof LoginRefused) throw error
    throw new ConnectFailed(`cannot log in: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}
