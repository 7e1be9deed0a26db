import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { CertificateRefused, ConnectFailed } from './errors.ts'

export type Transport =
  | { readonly mode: 'plain' }
  /** `ca` is PEM; without it the system's authorities are asked. */
  | { readonly mode: 'verified'; readonly ca?: string; readonly serverName?: string }
  /** SHA-256 of the certificate in hex; colons and case do not matter. */
  | { readonly mode: 'pinned'; readonly fingerprint: string }

/**
 * A socket that is ready for the first word: connected and, with TLS, its certificate checked. `handOver` is called in
 * the same turn of the event loop, so that whoever takes the socket misses no event of it.
 */
export function openSocket<T>(
  target: { host: string; port: number; transport: Transport; deadlineMs: number },
  handOver: (socket: Socket) => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const socket = dial(target)
    const timer = setTimeout(() => fail(new ConnectFailed('no answer to connect in time')), target.deadlineMs)
    const onError = (error: NodeJS.ErrnoException) => fail(translate(error))
    const onClose = () => fail(new ConnectFailed('closed by the router while connecting'))
    const fail = (error: Error) => {
      clearTimeout(timer)
      // The error listener stays: a destroyed socket may still report one, and without a listener that ends the process.
      socket.off('close', onClose).destroy()
      reject(error)
    }
    socket.on('error', onError).once('close', onClose)
    socket.once(target.transport.mode === 'plain' ? 'connect' : 'secureConnect', () => {
      const untrusted = checkPin(socket, target.transport)
      if (untrusted) return fail(untrusted)
      clearTimeout(timer)
      socket.off('error', onError).off('close', onClose)
      socket.setNoDelay(true)
      socket.setKeepAlive(true, 30_000)
      resolve(handOver(socket))
    })
  })
}

function dial({ host, port, transport }: { host: string; port: number; transport: Transport }): Socket {
  if (transport.mode === 'plain') return connectTcp({ host, port })
  // The pin replaces the chain: routers carry self-signed certificates and are addressed by number.
  if (transport.mode === 'pinned') return connectTls({ host, port, rejectUnauthorized: false })
  return connectTls({
    host,
    port,
    ...(transport.ca === undefined ? {} : { ca: transport.ca }),
    ...(transport.serverName === undefined ? {} : { servername: transport.serverName }),
  })
}

function checkPin(socket: Socket, transport: Transport): Error | undefined {
  if (transport.mode !== 'pinned') return undefined
  const seen = (socket as TLSSocket).getPeerCertificate().fingerprint256
  if (seen && digits(seen) === digits(transport.fingerprint)) return undefined
  return new CertificateRefused(`the certificate of the router has the fingerprint ${seen ?? '(none)'}, not the pinned one`)
}

const digits = (fingerprint: string): string => fingerprint.replaceAll(/[^0-9a-fA-F]/g, '').toLowerCase()

const certificateCodes = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|HOSTNAME_MISMATCH|INVALID_CA)/

function translate(error: NodeJS.ErrnoException): Error {
  const words = error.code ?? error.message
  if (certificateCodes.test(error.code ?? '')) return new CertificateRefused(`certificate not trusted: ${words}`, { cause: error })
  return new ConnectFailed(`cannot connect: ${words}`, { cause: error })
}
