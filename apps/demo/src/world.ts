import { join } from 'node:path'
import { type RouterSimulator, startRouterSimulator } from '@nyuzi/plugin-mikrotik/simulator'
import { type DarajaSimulator, startDarajaSimulator } from '@nyuzi/plugin-mpesa/simulator'
import { type SmsGatewaySimulator, startSmsGatewaySimulator } from '@nyuzi/plugin-sms/simulator'
import type { MovableClock } from '@nyuzi/server'
import type { Line, Notes } from './notes.ts'

export const shortcode = '400123'
export const routerNames = ['Nairobi West router', 'Kisumu router'] as const
const routerPassword = 'demo-router-password'

/** Everything outside the server: the operator, the text gateway, two routers, and the boxes at people's homes. */
export type World = {
  readonly daraja: DarajaSimulator
  readonly gateway: SmsGatewaySimulator
  readonly routers: readonly RouterSimulator[]
  readonly ports: Notes['ports']
  routerSettings(index: number): Record<string, unknown>
  gatewaySettings(): Record<string, unknown>
  dial(line: Pick<Line, 'router' | 'username'>): void
  close(): Promise<void>
}

/** What a home's box dials in with; nobody else needs it. */
export const linePassword = (username: string): string => `line-of-${username}`

export async function startWorld(clock: MovableClock, directory: string, wanted?: Notes['ports']): Promise<World> {
  const daraja = await onPort(wanted?.daraja, (port) =>
    startDarajaSimulator({
      ...port,
      clock,
      shortcodes: [{ shortcode, kind: 'paybill' }],
      journalPath: join(directory, 'daraja.jsonl'),
      autoAnswer: { outcome: 'approve', afterMs: 1_500 },
    }),
  )
  const gateway = await onPort(wanted?.sms, (port) => startSmsGatewaySimulator({ ...port, style: 'africastalking', now: clock.now }))
  const routers: RouterSimulator[] = []
  for (const [index, identity] of routerNames.entries()) {
    routers.push(
      await onPort(wanted?.routers[index], (port) => startRouterSimulator({ ...port, identity, password: routerPassword, redialMs: 150 })),
    )
  }
  return {
    daraja,
    gateway,
    routers,
    ports: { daraja: portOf(daraja.baseUrl), sms: portOf(gateway.url), routers: routers.map(({ port }) => port) },
    // Plain transport: router and server are one machine here, and nothing leaves it.
    routerSettings: (index) => ({
      host: '127.0.0.1',
      port: routers[index]?.port,
      tls: 'plain',
      username: 'nyuzi',
      password: routerPassword,
    }),
    gatewaySettings: () => ({ gateway: 'africastalking', apiKey: 'demo-gateway-key', username: 'savanna', baseUrl: gateway.url }),
    dial: ({ router, username }) => void routers[router]?.dial(username, linePassword(username)),
    async close() {
      await Promise.all([daraja.stop(), gateway.close(), ...routers.map((router) => router.stop())])
    },
  }
}

const portOf = (url: string): number => Number(new URL(url).port)

/** The port of last time, as the installations name it; another one when somebody else took it meanwhile. */
async function onPort<T>(port: number | undefined, start: (port: { port?: number }) => Promise<T>): Promise<T> {
  try {
    return await start(port === undefined ? {} : { port })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return await start({})
    throw error
  }
}
