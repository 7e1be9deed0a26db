import { z } from '@hono/zod-openapi'
import { type ExtensionId, extensionStatuses, type InstalmentPlanId, instalmentPlanStatuses, type OrganisationId } from '@nyuzi/core'
import { answerExtension } from '../../flows/receivables/answer-extension.ts'
import { createInstalmentPlan } from '../../flows/receivables/create-instalment-plan.ts'
import { requestExtension } from '../../flows/receivables/request-extension.ts'
import { setOverdraft } from '../../flows/receivables/set-overdraft.ts'
import { withdrawInstalmentPlan } from '../../flows/receivables/withdraw-instalment-plan.ts'
import { fromPage, pageOf, pageQuery, toPage } from '../cursor.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, found } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import { idIn } from '../wire/primitives.ts'
import {
  approvalIn,
  extensionIn,
  extensionOut,
  instalmentPlanIn,
  instalmentPlanOut,
  noteIn,
  overdraftIn,
  reasonIn,
  toApiExtension,
  toApiInstalmentPlan,
} from '../wire/receivables.ts'
import { subscriberOut, toApiSubscriber } from '../wire/subscribers.ts'

const tag = 'Receivables'
const ofSubscriber = { subscriber: 'subscriber' } as const
const ofExtension = { extension: 'extension' } as const
const ofPlan = { plan: 'instalmentPlan' } as const

export function receivableRoutes(parts: ApiParts): readonly Endpoint[] {
  const { store } = parts
  const extension = async (organisationId: OrganisationId, id: ExtensionId) =>
    toApiExtension(found(await store.inOrganisation(organisationId, (tx) => tx.readings.extension(id)), 'extension'))
  const plan = async (organisationId: OrganisationId, id: InstalmentPlanId) =>
    toApiInstalmentPlan(found(await store.inOrganisation(organisationId, (tx) => tx.readings.instalmentPlan(id)), 'instalment plan'))
  return [
    endpoint({
      method: 'post',
      path: '/v1/subscribers/{subscriber}/extensions',
      permission: 'write',
      tag,
      summary: 'Ask for more time to pay',
      description: 'A promise to pay before a day. While it is approved, debt neither reminds nor cuts off.',
      params: ofSubscriber,
      body: extensionIn,
      status: 201,
      answer: extensionOut,
      handle: async ({ principal: { organisationId, actor }, params: { subscriber }, body }) =>
        await extension(organisationId, await requestExtension(parts, organisationId, subscriber, { ...body, actor })),
    }),
    endpoint({
      method: 'get',
      path: '/v1/extensions',
      permission: 'read',
      tag,
      summary: 'Extensions',
      query: { ...pageQuery, status: z.enum(extensionStatuses).optional(), subscriber: idIn('subscriber').optional() },
      answer: pageOf(extensionOut),
      async handle({ principal, query }) {
        const filters = defined({ status: query.status, subscriberId: query.subscriber })
        const rows = await store.inOrganisation(principal.organisationId, (tx) =>
          tx.readings.extensions({ ...toPage('extensions', query), ...filters }),
        )
        return fromPage('extensions', query.limit, rows.map(toApiExtension), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/extensions/{extension}',
      permission: 'read',
      tag,
      summary: 'One extension',
      params: ofExtension,
      answer: extensionOut,
      handle: async ({ principal, params }) => await extension(principal.organisationId, params.extension),
    }),
    endpoint({
      method: 'post',
      path: '/v1/extensions/{extension}/approve',
      permission: 'money',
      tag,
      summary: 'Approve an extension',
      params: ofExtension,
      body: approvalIn,
      answer: extensionOut,
      async handle({ principal: { organisationId, actor }, params, body }) {
        await answerExtension(parts, organisationId, params.extension, { answer: 'approve', ...defined(body), actor })
        return await extension(organisationId, params.extension)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/extensions/{extension}/refuse',
      permission: 'money',
      tag,
      summary: 'Refuse an extension',
      params: ofExtension,
      body: noteIn,
      answer: extensionOut,
      async handle({ principal: { organisationId, actor }, params, body }) {
        await answerExtension(parts, organisationId, params.extension, { answer: 'refuse', ...defined(body), actor })
        return await extension(organisationId, params.extension)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/extensions/{extension}/withdraw',
      permission: 'write',
      tag,
      summary: 'Take an extension back',
      description: 'From today on it holds nothing; one that was approved still counts as granted.',
      params: ofExtension,
      body: noteIn,
      answer: extensionOut,
      async handle({ principal: { organisationId, actor }, params, body }) {
        await answerExtension(parts, organisationId, params.extension, { answer: 'withdraw', ...defined(body), actor })
        return await extension(organisationId, params.extension)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/subscribers/{subscriber}/instalment-plans',
      permission: 'money',
      tag,
      summary: 'Let a subscriber pay invoices in parts',
      description: 'While each part comes, they neither remind nor cut off.',
      params: ofSubscriber,
      body: instalmentPlanIn,
      status: 201,
      answer: instalmentPlanOut,
      async handle({ principal: { organisationId, actor }, params: { subscriber }, body: { invoices, instalments, graceDays } }) {
        const made = await createInstalmentPlan(parts, organisationId, subscriber, {
          ...defined({ invoiceIds: invoices }),
          instalments: instalments.map((one) => defined(one)),
          graceDays,
          actor,
        })
        return await plan(organisationId, made)
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/instalment-plans',
      permission: 'read',
      tag,
      summary: 'Instalment plans',
      query: { ...pageQuery, status: z.enum(instalmentPlanStatuses).optional(), subscriber: idIn('subscriber').optional() },
      answer: pageOf(instalmentPlanOut),
      async handle({ principal, query }) {
        const filters = defined({ status: query.status, subscriberId: query.subscriber })
        const rows = await store.inOrganisation(principal.organisationId, (tx) =>
          tx.readings.instalmentPlans({ ...toPage('instalment_plans', query), ...filters }),
        )
        return fromPage('instalment_plans', query.limit, rows.map(toApiInstalmentPlan), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/instalment-plans/{plan}',
      permission: 'read',
      tag,
      summary: 'One instalment plan',
      params: ofPlan,
      answer: instalmentPlanOut,
      handle: async ({ principal, params }) => await plan(principal.organisationId, params.plan),
    }),
    endpoint({
      method: 'post',
      path: '/v1/instalment-plans/{plan}/withdraw',
      permission: 'money',
      tag,
      summary: 'Take an instalment plan back',
      description: 'From today on its invoices remind and cut off again.',
      params: ofPlan,
      body: reasonIn,
      answer: instalmentPlanOut,
      async handle({ principal: { organisationId, actor }, params, body }) {
        await withdrawInstalmentPlan(parts, organisationId, params.plan, { ...body, actor })
        return await plan(organisationId, params.plan)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/subscribers/{subscriber}/overdraft',
      permission: 'money',
      tag,
      summary: 'Let a subscriber owe up to an amount',
      params: ofSubscriber,
      body: overdraftIn,
      answer: subscriberOut,
      async handle({ principal: { organisationId, actor }, params: { subscriber }, body }) {
        await setOverdraft(parts, organisationId, subscriber, { ...body, actor })
        return toApiSubscriber(found(await store.inOrganisation(organisationId, (tx) => tx.readings.subscriber(subscriber)), 'subscriber'))
      },
    }),
  ]
}
