import { z } from '@hono/zod-openapi'
import { type ChargeCreated, createCharge } from '../../flows/charges/create-charge.ts'
import { withdrawCharge } from '../../flows/charges/withdraw-charge.ts'
import { fromPage, pageOf, pageQuery, toPage } from '../cursor.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, found, moneyEndpoint } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import { chargeIn, chargeOut, chargeStatuses, chargeWithStatusOut, toApiCharge, withdrawalIn } from '../wire/charges.ts'

export const chargeRoutes = (parts: ApiParts): readonly Endpoint[] => [
  moneyEndpoint({
    method: 'post',
    path: '/v1/charges',
    tag: 'Claims',
    summary: 'Charge once for what no price asks for: an installation, a call-out',
    description: 'Now, on an invoice at once; or on the next invoice, which is one of its own when none comes within the lead days.',
    body: chargeIn,
    status: 201,
    answer: chargeOut,
    handle: ({ principal: { organisationId, actor }, body: { subscriber, subscription, ...body }, once }) =>
      createCharge(parts, organisationId, {
        ...body,
        subscriberId: subscriber,
        ...defined({ subscriptionId: subscription }),
        actor,
        idempotency: once(async ({ chargeId, invoiceId }: ChargeCreated) => ({ id: chargeId, invoice: invoiceId ?? null })),
      }),
  }),
  endpoint({
    method: 'get',
    path: '/v1/subscribers/{subscriber}/charges',
    permission: 'read',
    tag: 'Claims',
    summary: 'What a subscriber is charged once: waiting, invoiced and withdrawn',
    params: { subscriber: 'subscriber' },
    query: { ...pageQuery, status: z.enum(chargeStatuses).optional() },
    answer: pageOf(chargeWithStatusOut),
    async handle({ principal, params, query }) {
      const filters = defined({ status: query.status })
      const rows = await parts.store.inOrganisation(principal.organisationId, async (tx) => {
        found(await tx.readings.subscriber(params.subscriber), 'subscriber')
        return await tx.readings.charges({ ...toPage('charges', query), ...filters, subscriberId: params.subscriber })
      })
      return fromPage('charges', query.limit, rows.map(toApiCharge), ({ id }) => id)
    },
  }),
  endpoint({
    method: 'post',
    path: '/v1/charges/{charge}/withdraw',
    permission: 'money',
    tag: 'Claims',
    summary: 'Take back a charge that waits for an invoice',
    description: 'One that is invoiced stays so: credit its line.',
    params: { charge: 'charge' },
    body: withdrawalIn,
    answer: chargeWithStatusOut,
    async handle({ principal: { organisationId, actor }, params: { charge }, body }) {
      await withdrawCharge(parts, organisationId, charge, { ...body, actor })
      return toApiCharge(found(await parts.store.inOrganisation(organisationId, (tx) => tx.readings.charge(charge)), 'charge'))
    },
  }),
]
