// Switches PPPoE lines on a MikroTik router through its API. One installation is one router with one connection.
import { type AccessController, definePlugin, type Host } from '@nyuzi/sdk'
import { applyAccess } from './apply-access.ts'
import { BulkGuard } from './bulk-guard.ts'
import { openConnection } from './client/open-connection.ts'
import { RouterLink } from './client/router-link.ts'
import type { Transport } from './client/transport.ts'
import { config, type MikrotikConfig } from './config.ts'
import { checkHealth } from './health.ts'
import { readAccess } from './read-access.ts'
import type { Router } from './router.ts'

export const mikrotik = definePlugin({
  id: 'mikrotik',
  title: 'MikroTik router (PPPoE)',
  contract: 1,
  config,
  setup: (host) => ({ access: toAccessController(toRouter(host)) }),
})

function toAccessController(router: Router): AccessController {
  return {
    serviceKinds: ['pppoe'],
    applyAccess: (wanted) => applyAccess(router, wanted),
    readAccess: () => readAccess(router),
    checkHealth: () => checkHealth(router),
    stop: () => router.link.stop(),
  }
}

function toRouter({ config: settings, log, clock }: Host<MikrotikConfig>): Router {
  const open = () =>
    openConnection({
      host: settings.host,
      port: settings.port ?? (settings.tls === 'plain' ? 8728 : 8729),
      transport: toTransport(settings),
      credentials: { username: settings.username, password: settings.password.reveal(), allowOldLogin: settings.allowOldLogin },
      connectTimeoutMs: settings.connectTimeoutMs,
      commandTimeoutMs: settings.commandTimeoutMs,
      cancelTimeoutMs: Math.min(2_000, settings.commandTimeoutMs),
      idleMs: settings.idleTimeoutMs,
      inFlightMax: settings.inFlight,
      note: (message) => log.info(message),
    })
  const guard = new BulkGuard({ share: settings.bulkGuardShare, min: settings.bulkGuardMin })
  return { config: settings, link: new RouterLink({ open }), log, clock, guard, owedDrops: new Set() }
}

function toTransport(settings: MikrotikConfig): Transport {
  if (settings.tls === 'plain') return { mode: 'plain' }
  if (settings.tls === 'pinned') return { mode: 'pinned', fingerprint: settings.fingerprint ?? '' }
  return {
    mode: 'verified',
    ...(settings.caCertificate === undefined ? {} : { ca: settings.caCertificate }),
    ...(settings.serverName === undefined ? {} : { serverName: settings.serverName }),
  }
}
