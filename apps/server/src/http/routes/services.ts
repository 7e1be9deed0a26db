import { z } from '@hono/zod-openapi'
import { createService } from '../../flows/subscribers/create-service.ts'
import { holdService } from '../../flows/subscribers/hold-service.ts'
import { reapplyService } from '../../flows/subscribers/reapply-service.ts'
import { fromPage, pageOf, pageQuery, toPage } from '../cursor.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, found } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import { accessOut, holdIn, toApiAccess } from '../wire/access.ts'
import { idIn } from '../wire/primitives.ts'
import { serviceIn, serviceOut, toApiService } from '../wire/subscribers.ts'

const params = { service: 'service' } as const

export function serviceRoutes(parts: ApiParts): readonly Endpoint[] {
  const { store } = parts
  return [
    endpoint({
      method: 'post',
      path: '/v1/services',
      permission: 'write',
      tag: 'Services',
      summary: 'Add a line',
      description: 'What it may do is decided at once and made so on the network.',
      body: serviceIn,
      status: 201,
      answer: serviceOut,
      async handle({ principal: { organisationId, actor }, body: { subscription, installation, ...body } }) {
        const id = await createService(parts, organisationId, {
          ...body,
          subscriptionId: subscription,
          installationId: installation,
          actor,
        })
        return toApiService(found(await store.inOrganisation(organisationId, (tx) => tx.readings.service(id)), 'service'))
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/services/{service}',
      permission: 'read',
      tag: 'Services',
      summary: 'One line',
      params,
      answer: serviceOut,
      handle: async ({ principal, params: { service } }) =>
        toApiService(found(await store.inOrganisation(principal.organisationId, (tx) => tx.readings.service(service)), 'service')),
    }),
    endpoint({
      method: 'get',
      path: '/v1/access',
      permission: 'read',
      tag: 'Access',
      summary: 'What lines may do, and what the network does',
      query: {
        ...pageQuery,
        status: z.enum(['in_sync', 'pending', 'retrying', 'unreachable', 'auth_failed', 'misconfigured', 'conflict']).optional(),
        installation: idIn('installation').optional(),
      },
      answer: pageOf(accessOut),
      async handle({ principal, query }) {
        const filters = defined({ status: query.status, installationId: query.installation })
        const rows = await store.inOrganisation(principal.organisationId, (tx) =>
          tx.readings.access({ ...toPage('access', query), ...filters }),
        )
        return fromPage('access', query.limit, rows.map(toApiAccess), ({ service }) => service)
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/services/{service}/access',
      permission: 'read',
      tag: 'Access',
      summary: 'What one line may do, and what the network does',
      params,
      answer: accessOut,
      handle: async ({ principal, params: { service } }) =>
        toApiAccess(found(await store.inOrganisation(principal.organisationId, (tx) => tx.readings.accessOf(service)), 'service')),
    }),
    endpoint({
      method: 'post',
      path: '/v1/services/{service}/hold',
      permission: 'write',
      tag: 'Access',
      summary: 'Overrule the books for one line',
      params,
      body: holdIn,
      answer: accessOut,
      async handle({ principal: { organisationId, actor }, params: { service }, body }) {
        await holdService(parts, organisationId, service, { ...body, actor })
        return toApiAccess(found(await store.inOrganisation(organisationId, (tx) => tx.readings.accessOf(service)), 'service'))
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/services/{service}/reapply',
      permission: 'write',
      tag: 'Access',
      summary: 'Compare one line with the network now',
      params,
      status: 202,
      answer: accessOut,
      async handle({ principal: { organisationId, actor }, params: { service } }) {
        await reapplyService(parts, organisationId, service, actor)
        return toApiAccess(found(await store.inOrganisation(organisationId, (tx) => tx.readings.accessOf(service)), 'service'))
      },
    }),
  ]
}
