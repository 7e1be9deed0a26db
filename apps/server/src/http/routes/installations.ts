import { z } from '@hono/zod-openapi'
import type { InstallationId, OrganisationId } from '@nyuzi/core'
import { checkInstallation, registerCallbacks } from '../../flows/installations/call-installation.ts'
import { changeInstallation } from '../../flows/installations/change-installation.ts'
import { secretNames } from '../../flows/installations/check-settings.ts'
import { createInstallation } from '../../flows/installations/create-installation.ts'
import { setInstallationStatus } from '../../flows/installations/set-installation-status.ts'
import type { InstallationReading } from '../../flows/readings/ports.ts'
import type { Principal } from '../auth.ts'
import { fromPage, pageOf, pageQuery, toPage } from '../cursor.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, found } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import {
  installationChangesIn,
  installationIn,
  installationOut,
  installationWithCallbacksOut,
  pauseIn,
  pluginOut,
  toApiInstallation,
} from '../wire/installations.ts'

const tag = 'Installations'
const params = { installation: 'installation' } as const

export function installationRoutes(parts: ApiParts): readonly Endpoint[] {
  const { store, plugins, pluginCatalog, vault } = parts
  const toApi = (row: InstallationReading, organisationId: OrganisationId) =>
    toApiInstallation(row, secretNames(vault, organisationId, row))

  const show = async ({ organisationId, permissions }: Principal, id: InstallationId) => {
    const row = found(await store.inOrganisation(organisationId, (tx) => tx.readings.installation(id)), 'installation')
    const callbacks = permissions.includes('admin') ? await callbacksOf(id, row.callbackToken) : null
    return { ...toApi(row, organisationId), callbacks }
  }

  /** Of a channel whose token names an intent there is no one address: each prompt carries its own. */
  const callbacksOf = async (id: InstallationId, token: string) => {
    const installed = await plugins.find(id)
    if (!installed) return null
    const channels = { ...installed.payments?.channels, ...installed.messages?.reports?.channels }
    return Object.entries(channels).map(([channel, { token: owner, purpose }]) => ({
      channel,
      purpose,
      url: installed.callbackUrl(channel, owner === 'installation' ? token : '{intent}'),
    }))
  }

  return [
    endpoint({
      method: 'get',
      path: '/v1/plugins',
      permission: 'read',
      tag,
      summary: 'Plugins this server was told to load',
      description: 'What an installation can do is known once it is set up.',
      answer: z.object({ items: z.array(pluginOut).readonly() }),
      handle: async () => ({ items: pluginCatalog.list() }),
    }),
    endpoint({
      method: 'get',
      path: '/v1/installations',
      permission: 'read',
      tag,
      summary: 'Plugins with their settings',
      query: pageQuery,
      answer: pageOf(installationOut),
      async handle({ principal, query }) {
        const rows = await store.inOrganisation(principal.organisationId, (tx) => tx.readings.installations(toPage('installations', query)))
        const items = rows.map((row) => toApi(row, principal.organisationId))
        return fromPage('installations', query.limit, items, ({ id }) => id)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/installations',
      permission: 'admin',
      tag,
      summary: 'Install a plugin',
      body: installationIn,
      status: 201,
      answer: installationWithCallbacksOut,
      async handle({ principal, body: { plugin, branch, ...body } }) {
        const { organisationId, actor } = principal
        const id = await createInstallation(parts, organisationId, { ...body, ...defined({ branchId: branch }), pluginId: plugin, actor })
        return await show(principal, id)
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/installations/{installation}',
      permission: 'read',
      tag,
      summary: 'One installation',
      params,
      answer: installationWithCallbacksOut,
      handle: async ({ principal, params: { installation } }) => await show(principal, installation),
    }),
    endpoint({
      method: 'patch',
      path: '/v1/installations/{installation}',
      permission: 'admin',
      tag,
      summary: 'Change its settings',
      params,
      body: installationChangesIn,
      answer: installationWithCallbacksOut,
      async handle({ principal, params: { installation }, body: { branch, ...body } }) {
        const { organisationId, actor } = principal
        await changeInstallation(parts, organisationId, installation, { ...defined({ ...body, branchId: branch }), actor })
        return await show(principal, installation)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/installations/{installation}/pause',
      permission: 'admin',
      tag,
      summary: 'Stop using it',
      params,
      body: pauseIn,
      answer: installationWithCallbacksOut,
      async handle({ principal, params: { installation }, body: { reason } }) {
        await setInstallationStatus(parts, principal.organisationId, installation, { status: 'paused', reason, actor: principal.actor })
        return await show(principal, installation)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/installations/{installation}/resume',
      permission: 'admin',
      tag,
      summary: 'Use it again',
      params,
      answer: installationWithCallbacksOut,
      async handle({ principal, params: { installation } }) {
        await setInstallationStatus(parts, principal.organisationId, installation, { status: 'active', actor: principal.actor })
        return await show(principal, installation)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/installations/{installation}/register-callbacks',
      permission: 'admin',
      tag,
      summary: 'Tell the provider where to call us',
      params,
      answer: z.object({ outcome: z.enum(['registered', 'already_registered']) }),
      handle: ({ principal, params: { installation } }) =>
        registerCallbacks(parts, principal.organisationId, installation, principal.actor),
    }),
    endpoint({
      method: 'post',
      path: '/v1/installations/{installation}/check',
      permission: 'admin',
      tag,
      summary: 'Ask the box for a sign of life',
      params,
      answer: z.object({ version: z.string(), identity: z.string(), warnings: z.array(z.string()).readonly() }),
      handle: ({ principal, params: { installation } }) =>
        checkInstallation(parts, principal.organisationId, installation, principal.actor),
    }),
  ]
}
