import { z } from '@hono/zod-openapi'
import { defaultCutOffPolicy, defaultExtensionPolicy } from '@nyuzi/core'
import { createApiKey } from '../../flows/api-keys/create-api-key.ts'
import { revokeApiKey } from '../../flows/api-keys/revoke-api-key.ts'
import { changeOrganisation } from '../../flows/organisations/change-organisation.ts'
import { createBranch } from '../../flows/organisations/create-branch.ts'
import { createOrganisation } from '../../flows/organisations/create-organisation.ts'
import type { OrganisationReading } from '../../flows/readings/ports.ts'
import { fromPage, pageOf, pageQuery, toPage } from '../cursor.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, found, operatorEndpoint } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import {
  apiKeyIn,
  apiKeyOut,
  branchIn,
  branchOut,
  newApiKeyOut,
  organisationChangesIn,
  organisationIn,
  organisationOut,
} from '../wire/organisations.ts'
import { toApiLateFee } from '../wire/receivables.ts'

const toApiOrganisation = (organisation: OrganisationReading) => ({
  ...organisation,
  policy: {
    invoiceLeadDays: organisation.policy.invoiceLeadDays,
    payTo: organisation.policy.payTo ?? null,
    taxPack: organisation.policy.taxPack ?? 'none',
    taxPin: organisation.policy.taxPin ?? null,
    taxSettings: organisation.policy.taxSettings ?? null,
    quietHours: organisation.policy.quietHours ?? null,
    cutOff: organisation.policy.cutOff ?? defaultCutOffPolicy,
    extensions: organisation.policy.extensions ?? defaultExtensionPolicy,
    cutOffMode: organisation.policy.cutOffMode ?? 'automatic',
    lateFee: organisation.policy.lateFee === undefined ? null : toApiLateFee(organisation.policy.lateFee),
    volumeSteps: organisation.policy.volumeSteps ?? null,
    loyaltySteps: organisation.policy.loyaltySteps ?? null,
    referralReward: organisation.policy.referralReward ?? null,
    revenueRecognition: organisation.policy.revenueRecognition ?? 'on_invoice',
    messageCost: organisation.policy.messageCost ?? null,
  },
})

export function organisationRoutes(parts: ApiParts): readonly Endpoint[] {
  const { store } = parts
  const tag = 'Organisation'
  return [
    operatorEndpoint({
      method: 'post',
      path: '/v1/organisations',
      tag,
      summary: 'Open the books of an ISP',
      description: 'Makes the organisation, its first branch and its first API key, whose text is shown this once.',
      body: organisationIn,
      status: 201,
      answer: z.object({ organisation: organisationOut, branch: branchOut, apiKey: newApiKeyOut }),
      async handle({ body: { policy, ...body } }) {
        const made = await createOrganisation(parts, { ...body, policy: defined(policy) })
        return await store.inOrganisation(made.organisationId, async (tx) => ({
          organisation: toApiOrganisation(await tx.readings.organisation()),
          branch: found(await tx.readings.branch(made.branchId), 'branch'),
          apiKey: { ...found(await tx.readings.apiKey(made.apiKeyId), 'API key'), key: made.apiKey },
        }))
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/organisation',
      permission: 'read',
      tag,
      summary: 'Your organisation',
      answer: organisationOut,
      handle: async ({ principal }) =>
        toApiOrganisation(await store.inOrganisation(principal.organisationId, (tx) => tx.readings.organisation())),
    }),
    endpoint({
      method: 'patch',
      path: '/v1/organisation',
      permission: 'admin',
      tag,
      summary: 'Change its name or policy',
      body: organisationChangesIn,
      answer: organisationOut,
      async handle({ principal, body: { name, policy } }) {
        const { organisationId, actor } = principal
        await changeOrganisation(parts, organisationId, { ...defined({ name, ...policy }), actor })
        return toApiOrganisation(await store.inOrganisation(organisationId, (tx) => tx.readings.organisation()))
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/branches',
      permission: 'read',
      tag,
      summary: 'Branches',
      query: pageQuery,
      answer: pageOf(branchOut),
      async handle({ principal, query }) {
        const rows = await store.inOrganisation(principal.organisationId, (tx) => tx.readings.branches(toPage('branches', query)))
        return fromPage('branches', query.limit, rows, ({ id }) => id)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/branches',
      permission: 'admin',
      tag,
      summary: 'Open a branch',
      body: branchIn,
      status: 201,
      answer: branchOut,
      async handle({ principal, body }) {
        const id = await createBranch(parts, principal.organisationId, { ...body, actor: principal.actor })
        return found(await store.inOrganisation(principal.organisationId, (tx) => tx.readings.branch(id)), 'branch')
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/api-keys',
      permission: 'admin',
      tag: 'API keys',
      summary: 'API keys, without their text',
      query: pageQuery,
      answer: pageOf(apiKeyOut),
      async handle({ principal, query }) {
        const rows = await store.inOrganisation(principal.organisationId, (tx) => tx.readings.apiKeys(toPage('api_keys', query)))
        return fromPage('api_keys', query.limit, rows, ({ id }) => id)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/api-keys',
      permission: 'admin',
      tag: 'API keys',
      summary: 'Make a key',
      description: 'Its text is shown this once. Nobody grants a permission that his own key lacks.',
      body: apiKeyIn,
      status: 201,
      answer: newApiKeyOut,
      async handle({ principal, body }) {
        const { organisationId, permissions: ownPermissions, actor } = principal
        const { apiKeyId, apiKey } = await createApiKey(parts, organisationId, { ...body, ownPermissions, actor })
        return { ...found(await store.inOrganisation(organisationId, (tx) => tx.readings.apiKey(apiKeyId)), 'API key'), key: apiKey }
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/api-keys/{apiKey}/revoke',
      permission: 'admin',
      tag: 'API keys',
      summary: 'Revoke a key',
      description: 'In force with the next request.',
      params: { apiKey: 'apiKey' },
      answer: apiKeyOut,
      async handle({ principal, params }) {
        await revokeApiKey(parts, principal.organisationId, params.apiKey, principal.actor)
        return found(await store.inOrganisation(principal.organisationId, (tx) => tx.readings.apiKey(params.apiKey)), 'API key')
      },
    }),
  ]
}
