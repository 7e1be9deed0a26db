import { type ChargeCreated, createCharge } from '../../flows/charges/create-charge.ts'
import { defined } from '../defined.ts'
import { type Endpoint, moneyEndpoint } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import { chargeIn, chargeOut } from '../wire/charges.ts'

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
]
