import { z } from '@hono/zod-openapi'
import type { PaymentId } from '@nyuzi/core'
import { NotFound } from '../../flows/errors.ts'
import { recordManualPayment } from '../../flows/payments/record-manual-payment.ts'
import { requestPayment } from '../../flows/payments/request-payment.ts'
import { resolveSuspense } from '../../flows/payments/resolve-suspense.ts'
import type { Transaction } from '../../flows/ports.ts'
import { phoneOf } from '../../flows/subscribers/create-subscriber.ts'
import { fromPage, pageOf, pageQuery, toPage } from '../cursor.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, found, moneyEndpoint } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import {
  intentIn,
  intentOut,
  intentWithMovesOut,
  manualPaymentIn,
  paymentOut,
  paymentWithProofOut,
  resolveIn,
  suspenseOut,
  toApiIntent,
  toApiIntentWithMoves,
  toApiPayment,
  toApiPaymentWithProof,
  toApiSuspense,
} from '../wire/payments.ts'
import { idIn } from '../wire/primitives.ts'

export function paymentRoutes(parts: ApiParts): readonly Endpoint[] {
  const { store, clock } = parts
  const paymentOf = async ({ paymentId }: { paymentId: PaymentId }, tx: Transaction) =>
    toApiPaymentWithProof(found(await tx.readings.payment(paymentId), 'payment'))
  return [
    endpoint({
      method: 'get',
      path: '/v1/payments',
      permission: 'read',
      tag: 'Payments',
      summary: 'Payments',
      query: { ...pageQuery, status: z.enum(['matched', 'unmatched']).optional(), subscriber: idIn('subscriber').optional() },
      answer: pageOf(paymentOut),
      async handle({ principal, query }) {
        const filters = defined({ status: query.status, subscriberId: query.subscriber })
        const rows = await store.inOrganisation(principal.organisationId, (tx) =>
          tx.readings.payments({ ...toPage('payments', query), ...filters }),
        )
        return fromPage('payments', query.limit, rows.map(toApiPayment), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/payments/{payment}',
      permission: 'read',
      tag: 'Payments',
      summary: 'One payment with its evidence and entries',
      params: { payment: 'payment' },
      answer: paymentWithProofOut,
      handle: async ({ principal, params }) =>
        await store.inOrganisation(principal.organisationId, (tx) => paymentOf({ paymentId: params.payment }, tx)),
    }),
    moneyEndpoint({
      method: 'post',
      path: '/v1/payments',
      tag: 'Payments',
      summary: 'Record cash or a bank slip',
      body: manualPaymentIn,
      status: 201,
      answer: paymentWithProofOut,
      async handle({ principal: { organisationId, actor }, body: { branch, subscriber, amount, reference, paidAt }, once }) {
        if (!(await store.inOrganisation(organisationId, (tx) => tx.branches.has(branch)))) throw new NotFound('branch', 'branch')
        const input = { branchId: branch, subscriberId: subscriber, amount, reference, paidAt: paidAt ?? clock.now(), actor }
        return await recordManualPayment(parts, organisationId, { ...input, idempotency: once(paymentOf) })
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/payment-intents',
      permission: 'read',
      tag: 'Payment intents',
      summary: 'Requests to pay',
      query: { ...pageQuery, status: z.string().max(30).optional(), subscriber: idIn('subscriber').optional() },
      answer: pageOf(intentOut),
      async handle({ principal, query }) {
        const filters = defined({ status: query.status, subscriberId: query.subscriber })
        const rows = await store.inOrganisation(principal.organisationId, (tx) =>
          tx.readings.intents({ ...toPage('intents', query), ...filters }),
        )
        return fromPage('intents', query.limit, rows.map(toApiIntent), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/payment-intents/{intent}',
      permission: 'read',
      tag: 'Payment intents',
      summary: 'One request to pay, and what became of it',
      params: { intent: 'intent' },
      answer: intentWithMovesOut,
      handle: async ({ principal, params }) =>
        toApiIntentWithMoves(
          found(await store.inOrganisation(principal.organisationId, (tx) => tx.readings.intent(params.intent)), 'intent'),
        ),
    }),
    moneyEndpoint({
      method: 'post',
      path: '/v1/payment-intents',
      tag: 'Payment intents',
      summary: 'Ask a payer to pay',
      description: 'The prompt goes out at once after this answer; read the intent to see what became of it. Accepted is not paid.',
      body: intentIn,
      status: 202,
      answer: intentWithMovesOut,
      async handle({ principal: { organisationId, actor }, body: { subscriber, amount, phone, installation }, once }) {
        const { country } = await store.inOrganisation(organisationId, (tx) => tx.organisation.read())
        return await requestPayment(parts, organisationId, {
          ...defined({ amount, installationId: installation, phone: phone === undefined ? undefined : phoneOf(phone, country) }),
          subscriberId: subscriber,
          actor,
          idempotency: once(async ({ intentId }, tx) => toApiIntentWithMoves(found(await tx.readings.intent(intentId), 'intent'))),
        })
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/suspense',
      permission: 'read',
      tag: 'Suspense',
      summary: 'Money whose owner is unknown',
      query: pageQuery,
      answer: pageOf(suspenseOut),
      async handle({ principal, query }) {
        const rows = await store.inOrganisation(principal.organisationId, (tx) => tx.readings.suspense(toPage('suspense', query)))
        return fromPage('suspense', query.limit, rows.map(toApiSuspense(clock.now())), ({ id }) => id)
      },
    }),
    moneyEndpoint({
      method: 'post',
      path: '/v1/suspense/{payment}/resolve',
      tag: 'Suspense',
      summary: 'Give a payment to its owner',
      description: 'Allocation, access and receipt follow by themselves.',
      params: { payment: 'payment' },
      body: resolveIn,
      answer: paymentWithProofOut,
      handle: ({ principal: { organisationId, actor }, params, body, once }) =>
        resolveSuspense(parts, organisationId, {
          paymentId: params.payment,
          subscriberId: body.subscriber,
          actor,
          idempotency: once(paymentOf),
        }),
    }),
  ]
}
