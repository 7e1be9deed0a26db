import { changeDunningPolicy, createDunningPolicy, removeDunningPolicy } from '../../flows/dunning/write-policy.ts'
import { fromPage, pageOf, pageQuery, toPage } from '../cursor.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, found } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import { dunningPolicyChangesIn, dunningPolicyIn, dunningPolicyOut, toApiDunningPolicy } from '../wire/dunning.ts'

const tag = 'Dunning'
const params = { dunningPolicy: 'dunningPolicy' } as const

export function dunningRoutes(parts: ApiParts): readonly Endpoint[] {
  const { store } = parts
  return [
    endpoint({
      method: 'get',
      path: '/v1/dunning-policies',
      permission: 'read',
      tag,
      summary: 'Which reminders go to whom',
      description:
        'The most specific policy counts: of the plan, of the segment of a branch, of the branch, of the segment, of the organisation. Where none is, five days before the due date, on it, and one day after.',
      query: pageQuery,
      answer: pageOf(dunningPolicyOut),
      async handle({ principal, query }) {
        const rows = await store.inOrganisation(principal.organisationId, (tx) =>
          tx.readings.dunningPolicies(toPage('dunning_policies', query)),
        )
        return fromPage('dunning_policies', query.limit, rows.map(toApiDunningPolicy), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/dunning-policies',
      permission: 'admin',
      tag,
      summary: 'Decide on the reminders of a branch, a segment, a plan or everybody',
      description: 'In force at once. Invoices that are past a step of it are not reminded of it.',
      body: dunningPolicyIn,
      status: 201,
      answer: dunningPolicyOut,
      async handle({ principal: { organisationId, actor }, body: { branch, plan, segment, steps } }) {
        const scope = defined({ branchId: branch, segment, planId: plan })
        const id = await createDunningPolicy(parts, organisationId, { scope, steps: steps.map(defined), actor })
        return toApiDunningPolicy(
          found(await store.inOrganisation(organisationId, (tx) => tx.readings.dunningPolicy(id)), 'dunning policy'),
        )
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/dunning-policies/{dunningPolicy}',
      permission: 'read',
      tag,
      summary: 'One dunning policy',
      params,
      answer: dunningPolicyOut,
      handle: async ({ principal, params: { dunningPolicy } }) =>
        toApiDunningPolicy(
          found(await store.inOrganisation(principal.organisationId, (tx) => tx.readings.dunningPolicy(dunningPolicy)), 'dunning policy'),
        ),
    }),
    endpoint({
      method: 'patch',
      path: '/v1/dunning-policies/{dunningPolicy}',
      permission: 'admin',
      tag,
      summary: 'Change its steps',
      description:
        'The steps take the place of those before. What was sent is not sent again; a step that is new or was moved begins today.',
      params,
      body: dunningPolicyChangesIn,
      answer: dunningPolicyOut,
      async handle({ principal: { organisationId, actor }, params: { dunningPolicy }, body: { steps } }) {
        await changeDunningPolicy(parts, organisationId, dunningPolicy, { steps: steps.map(defined), actor })
        return toApiDunningPolicy(
          found(await store.inOrganisation(organisationId, (tx) => tx.readings.dunningPolicy(dunningPolicy)), 'dunning policy'),
        )
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/dunning-policies/{dunningPolicy}/remove',
      permission: 'admin',
      tag,
      summary: 'Remove it',
      description: 'Its invoices go by the next less specific policy. Answers with the policy as it was.',
      params,
      answer: dunningPolicyOut,
      async handle({ principal: { organisationId, actor }, params: { dunningPolicy } }) {
        const removed = await store.inOrganisation(organisationId, (tx) => tx.readings.dunningPolicy(dunningPolicy))
        await removeDunningPolicy(parts, organisationId, dunningPolicy, actor)
        return toApiDunningPolicy(found(removed, 'dunning policy'))
      },
    }),
  ]
}
