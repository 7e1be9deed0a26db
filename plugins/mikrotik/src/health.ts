import type { RouterConnection } from './client/connection.ts'
import { RouterTrap } from './client/errors.ts'
import type { RouterRequest, Row } from './client/request.ts'
import { profileMark } from './convert.ts'
import { toProviderError } from './provider-errors.ts'
import { properties, type Router } from './router.ts'

/** A few small reads: who answers, and what will surprise the operator later. */
export async function checkHealth(router: Router) {
  const { config } = router
  try {
    const connection = await router.link.connection()
    const read = (request: RouterRequest) => connection.run(request, { urgent: true }).then((reply) => reply.rows)
    const [resource, identity, profiles] = await Promise.all([
      read({ path: '/system/resource/print', properties: 'version,uptime' }),
      read({ path: '/system/identity/print', properties: 'name' }),
      read({ path: '/ppp/profile/print', properties: properties.profile, queries: [`name=${config.suspendedProfile}`] }),
    ])
    return {
      version: resource[0]?.['version'] ?? 'unknown',
      identity: identity[0]?.['name'] ?? 'unknown',
      warnings: [...settingWarnings(router), ...profileWarnings(router, profiles[0]), ...(await ruleWarnings(router, connection))],
    }
  } catch (error) {
    throw toProviderError(error, 'read')
  }
}

function settingWarnings({ config }: Router): string[] {
  const warnings: string[] = []
  if (config.tls === 'plain')
    warnings.push('the API password travels readable: use TLS, or keep this on a management network or in a tunnel')
  if (config.allowOldLogin) warnings.push('the login of RouterOS before 6.43 is allowed: upgrade the router and switch it off')
  return warnings
}

function profileWarnings({ config }: Router, profile: Row | undefined): string[] {
  if (config.suspendMode !== 'profile' || !profile || profile['comment'] === profileMark) return []
  if (profile['address-list'] === config.suspendedList) return []
  return [`profile ${config.suspendedProfile} was not made by us and does not put lines in the list ${config.suspendedList}`]
}

/** Without a rule for the list a suspended line stays online. */
async function ruleWarnings({ config }: Router, connection: RouterConnection): Promise<string[]> {
  if (config.suspendMode === 'disable') return []
  try {
    const queries = [`src-address-list=${config.suspendedList}`]
    const { rows } = await connection.run({ path: '/ip/firewall/filter/print', properties: '.id,disabled', queries }, { urgent: true })
    if (rows.some((row) => row['disabled'] !== 'true')) return []
    return [`no firewall filter rule names the list ${config.suspendedList}: suspended lines stay online`]
  } catch (error) {
    if (error instanceof RouterTrap) return ['the firewall rules cannot be read']
    throw error
  }
}
