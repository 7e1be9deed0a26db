import type { ExemptionId, OrganisationId } from '@nyuzi/core'
import { endExemption } from '../../flows/exemptions/end-exemption.ts'
import { recordExemption } from '../../flows/exemptions/record-exemption.ts'
import { fromPage, pageOf, pageQuery, toPage } from '../cursor.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, found } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import { exemptionEndIn, exemptionIn, exemptionOut, toApiExemption } from '../wire/exemptions.ts'
import { idIn } from '../wire/primitives.ts'

const tag = 'Tax'

export function exemptionRoutes(parts: ApiParts): readonly Endpoint[] {
  const { store } = parts
  const exemption = async (organisationId: OrganisationId, id: ExemptionId) =>
    toApiExemption(found(await store.inOrganisation(organisationId, (tx) => tx.readings.exemption(id)), 'exemption'))
  return [
    endpoint({
      method: 'post',
      path: '/v1/subscribers/{subscriber}/tax-exemptions',
      permission: 'money',
      tag,
      summary: 'Record a certificate of exemption',
      description: 'Holds on what is issued from now on, where the tax point is in its days. What was issued stays as it is.',
      params: { subscriber: 'subscriber' },
      body: exemptionIn,
      status: 201,
      answer: exemptionOut,
      handle: async ({ principal: { organisationId, actor }, params: { subscriber }, body }) =>
        await exemption(organisationId, await recordExemption(parts, organisationId, subscriber, { ...defined(body), actor })),
    }),
    endpoint({
      method: 'get',
      path: '/v1/tax-exemptions',
      permission: 'read',
      tag,
      summary: 'Certificates of exemption',
      query: { ...pageQuery, subscriber: idIn('subscriber').optional() },
      answer: pageOf(exemptionOut),
      async handle({ principal, query }) {
        const filters = defined({ subscriberId: query.subscriber })
        const rows = await store.inOrganisation(principal.organisationId, (tx) =>
          tx.readings.exemptions({ ...toPage('tax-exemptions', query), ...filters }),
        )
        return fromPage('tax-exemptions', query.limit, rows.map(toApiExemption), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/tax-exemptions/{exemption}/end',
      permission: 'money',
      tag,
      summary: 'End an exemption before its certificate does',
      params: { exemption: 'exemption' },
      body: exemptionEndIn,
      answer: exemptionOut,
      async handle({ principal: { organisationId, actor }, params, body }) {
        await endExemption(parts, organisationId, params.exemption, { ...defined(body), actor })
        return await exemption(organisationId, params.exemption)
      },
    }),
  ]
}
