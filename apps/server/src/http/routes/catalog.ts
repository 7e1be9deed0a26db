import { createPlan } from '../../flows/catalog/create-plan.ts'
import { createPrice } from '../../flows/catalog/create-price.ts'
import { fromPage, pageOf, pageQuery, toPage } from '../cursor.ts'
import { type Endpoint, endpoint, found } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import { fromApiPrice, newPriceIn, planIn, planOut, planWithMovingOut, toApiPlan } from '../wire/catalog.ts'

const tag = 'Plans'

export function catalogRoutes(parts: ApiParts): readonly Endpoint[] {
  const { store } = parts
  return [
    endpoint({
      method: 'get',
      path: '/v1/plans',
      permission: 'read',
      tag,
      summary: 'Plans with their prices',
      query: pageQuery,
      answer: pageOf(planOut),
      async handle({ principal, query }) {
        const rows = await store.inOrganisation(principal.organisationId, (tx) => tx.readings.plans(toPage('plans', query)))
        return fromPage('plans', query.limit, rows.map(toApiPlan), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/plans',
      permission: 'write',
      tag,
      summary: 'Make a plan with its first price',
      body: planIn,
      status: 201,
      answer: planOut,
      async handle({ principal: { organisationId, actor }, body }) {
        const id = await createPlan(parts, organisationId, { ...body, price: fromApiPrice(body.price), actor })
        return toApiPlan(found(await store.inOrganisation(organisationId, (tx) => tx.readings.plan(id)), 'plan'))
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/plans/{plan}',
      permission: 'read',
      tag,
      summary: 'One plan',
      params: { plan: 'plan' },
      answer: planOut,
      handle: async ({ principal, params }) =>
        toApiPlan(found(await store.inOrganisation(principal.organisationId, (tx) => tx.readings.plan(params.plan)), 'plan')),
    }),
    endpoint({
      method: 'post',
      path: '/v1/plans/{plan}/prices',
      permission: 'write',
      tag,
      summary: 'Add a version of its price',
      description:
        'Subscriptions keep the version they were sold, unless `existing` is `move`: then they move with the first period that is in force and not charged yet. That is done in the background, in chunks, and finished before the next run of a day.',
      params: { plan: 'plan' },
      body: newPriceIn,
      status: 201,
      answer: planWithMovingOut,
      async handle({ principal: { organisationId, actor }, params, body: { existing, ...price } }) {
        const { moving } = await createPrice(parts, organisationId, params.plan, { ...fromApiPrice(price), existing, actor })
        const plan = found(await store.inOrganisation(organisationId, (tx) => tx.readings.plan(params.plan)), 'plan')
        return { ...toApiPlan(plan), moving }
      },
    }),
  ]
}
