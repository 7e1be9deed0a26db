import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { type Answer, type DeclaredSale, openBooks, refuse } from './books.ts'

export type EtimsSimulatorOptions = {
  /** A free port of 127.0.0.1 when absent. */
  readonly port?: number
  readonly pin?: string
  readonly branch?: string
  readonly now?: () => Date
  /** What a repeat of a document that was taken is told: 994, or its receipt once more. */
  readonly repeats?: 'known' | 'receipt'
}

/** `lose-answer`: taken, and the connection breaks. `lose-request`: not even read. */
export type Mishap =
  | 'lose-answer'
  | 'lose-request'
  | 'late-answer'
  | 'html'
  | 'rate-limit'
  | 'server-error'
  | { readonly resultCd: string; readonly resultMsg: string }

export type EtimsSimulator = {
  /** The plugin's `baseUrl`. */
  readonly url: string
  readonly cmcKey: string
  /** Settings of an installation that starts the device by itself. */
  readonly settings: Readonly<Record<string, unknown>>
  /** What was taken, in order. */
  readonly declared: readonly DeclaredSale[]
  /** Every body of a document that arrived, also those that were not taken. */
  readonly requests: readonly string[]
  /** The next documents meet this, one after the other. */
  next(mishap: Mishap, times?: number): void
  /** So many numbers are gone that we did not use. */
  drift(numbers: number): void
  /** How often a device was started. */
  readonly starts: number
  close(): Promise<void>
}

/**
 * A stand-in for the authority's OSCU interface on a real socket: keeps one branch's count, signs, refuses what does not add up.
 * @example
 * const authority = await startEtimsSimulator({ now: clock.now })
 * authority.next('lose-answer')
 * expect(authority.declared).toHaveLength(1)
 */
export async function startEtimsSimulator(options: EtimsSimulatorOptions = {}): Promise<EtimsSimulator> {
  const { pin = 'P052345678A', branch = '00', now = () => new Date(), repeats = 'known' } = options
  const cmcKey = 'SIMCMCKEY0123456789012345678901234567890'
  const books = openBooks({ now, repeats })
  const mishaps: Mishap[] = []
  const requests: string[] = []
  let starts = 0

  function answer(path: string, body: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, unknown>>): Answer {
    if (path === '/selectInitOsdcInfo') {
      if (body['tin'] !== pin || body['bhfId'] !== branch) return refuse('901', 'It is not valid device')
      if (starts++ > 0) return refuse('902', 'This device is installed')
      const info = { tin: pin, bhfId: branch, dvcId: '9999900000000001', sdcId: 'KRACU0400000001', mrcNo: 'WIS00012345', cmcKey }
      return { resultCd: '000', resultMsg: 'It is succeeded', data: { info } }
    }
    if (path !== '/saveTrnsSalesOsdc') return refuse('891', 'An error occurred while Request URL is created')
    const { tin, bhfId, cmcKey: key, ...sale } = body
    const known = { tin: headers['tin'] ?? tin, bhfId: headers['bhfid'] ?? bhfId, key: headers['cmckey'] ?? key }
    if (known.key === undefined) return refuse('900', 'Header data is not found')
    if (known.tin !== pin || known.bhfId !== branch || known.key !== cmcKey) return refuse('901', 'It is not valid device')
    return books.declare(sale)
  }

  const server = createServer((request, response) => {
    attend().catch(() => request.socket.destroy())
    async function attend(): Promise<void> {
      const path = new URL(request.url ?? '/', 'http://authority').pathname
      const body = await readText(request)
      const isSale = path === '/saveTrnsSalesOsdc'
      const mishap = isSale ? mishaps.shift() : undefined
      if (mishap === 'lose-request') return void request.socket.destroy()
      if (isSale) requests.push(body)
      const end = (status: number, type: string, text: string) => void response.writeHead(status, { 'content-type': type }).end(text)
      if (mishap === 'html') return end(200, 'text/html', '<html><body>Maintenance</body></html>')
      if (mishap === 'rate-limit') return end(429, 'text/plain', 'Too Many Requests')
      if (mishap === 'server-error') return end(500, 'text/plain', 'Internal Server Error')
      const said = typeof mishap === 'object' ? refuse(mishap.resultCd, mishap.resultMsg) : answer(path, JSON.parse(body), request.headers)
      if (mishap === 'lose-answer') return void request.socket.destroy()
      if (mishap === 'late-answer') await wait(2_000, undefined, { ref: false })
      end(200, 'application/json', JSON.stringify({ ...said, resultDt: '20260901101503' }))
    }
  })
  const url = await listen(server, options.port ?? 0)
  return {
    url,
    cmcKey,
    settings: {
      pin,
      branch,
      deviceSerial: 'SAVANNAH-BILL-01',
      baseUrl: url,
      items: Object.fromEntries(
        ['internet', 'equipment', 'installation', 'exempt'].map((taxClass, index) => [
          taxClass,
          { code: `KE3NTU000000${index + 1}`, class: '8111210100' },
        ]),
      ),
    },
    declared: books.taken,
    requests,
    next: (mishap, times = 1) => void mishaps.push(...Array<Mishap>(times).fill(mishap)),
    drift: books.drift,
    get starts() {
      return starts
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
