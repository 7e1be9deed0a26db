import type { OrganisationId, SubscriptionId } from '@nyuzi/core'
import { buyPass, type PassBought } from '../../flows/passes/buy-pass.ts'
import type { Transaction } from '../../flows/ports.ts'
import { cancelSubscription } from '../../flows/subscribers/cancel-subscription.ts'
import { changeSubscriptionPlan, type PlanChanged } from '../../flows/subscribers/change-plan.ts'
import { createSubscription } from '../../flows/subscribers/create-subscription.ts'
import { pauseSubscription } from '../../flows/subscribers/pause-subscription.ts'
import { resumeSubscription } from '../../flows/subscribers/resume-subscription.ts'
import { withdrawPlanChange } from '../../flows/subscribers/withdraw-plan-change.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, found, moneyEndpoint } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import {
  cancellationIn,
  fromApiCancellation,
  fromApiPlanChange,
  fromApiSubscription,
  passOut,
  pauseIn,
  planChangedOut,
  planChangeIn,
  subscriptionIn,
  subscriptionOut,
  toApiSubscription,
} from '../wire/subscribers.ts'

const tag = 'Subscriptions'
const params = { subscription: 'subscription' } as const

export function subscriptionRoutes(parts: ApiParts): readonly Endpoint[] {
  const { store, clock } = parts
  const asRead = (id: SubscriptionId) => async (_: undefined, tx: Transaction) =>
    toApiSubscription(found(await tx.readings.subscription(id, clock.now()), 'subscription'))
  const read = (organisationId: OrganisationId, id: SubscriptionId) =>
    store.inOrganisation(organisationId, (tx) => asRead(id)(undefined, tx))
  return [
    endpoint({
      method: 'post',
      path: '/v1/subscriptions',
      permission: 'write',
      tag,
      summary: 'Sell a plan to a subscriber',
      body: subscriptionIn,
      status: 201,
      answer: subscriptionOut,
      handle: async ({ principal: { organisationId, actor }, body }) =>
        await read(organisationId, await createSubscription(parts, organisationId, { ...fromApiSubscription(body), actor })),
    }),
    endpoint({
      method: 'get',
      path: '/v1/subscriptions/{subscription}',
      permission: 'read',
      tag,
      summary: 'One subscription',
      params,
      answer: subscriptionOut,
      handle: ({ principal, params: { subscription } }) => read(principal.organisationId, subscription),
    }),
    moneyEndpoint({
      method: 'post',
      path: '/v1/subscriptions/{subscription}/change-plan',
      tag,
      summary: 'Change to another plan or price',
      description:
        'Now: days that were charged are credited and charged anew at once; prepaid is refused where the credit does not reach (`not_enough_credit`). At the period end: noted, in the place of what was noted before.',
      params,
      body: planChangeIn,
      answer: planChangedOut,
      handle: ({ principal: { organisationId, actor }, params: { subscription }, body, once }) =>
        changeSubscriptionPlan(parts, organisationId, subscription, {
          ...fromApiPlanChange(body),
          actor,
          idempotency: once(async (changed: PlanChanged, tx) => ({ ...changed, subscription: await asRead(subscription)(undefined, tx) })),
        }),
    }),
    moneyEndpoint({
      method: 'post',
      path: '/v1/subscriptions/{subscription}/passes',
      tag,
      summary: 'Buy a pass with the credit there is',
      description:
        'Of a plan of minutes or hours. It begins at once, or as the one that is valid ends; refused where the credit does not reach (`not_enough_credit`).',
      params,
      status: 201,
      answer: passOut,
      handle: ({ principal: { organisationId, actor }, params: { subscription }, once }) =>
        buyPass(parts, organisationId, subscription, {
          actor,
          idempotency: once(async ({ from, until, invoiceId }: PassBought, tx) => ({
            from,
            until,
            invoice: invoiceId ?? null,
            subscription: await asRead(subscription)(undefined, tx),
          })),
        }),
    }),
    endpoint({
      method: 'post',
      path: '/v1/subscriptions/{subscription}/withdraw-change',
      permission: 'write',
      tag,
      summary: 'Take back a change that has not begun',
      params,
      answer: subscriptionOut,
      async handle({ principal: { organisationId, actor }, params: { subscription } }) {
        await withdrawPlanChange(parts, organisationId, subscription, { actor })
        return await read(organisationId, subscription)
      },
    }),
    moneyEndpoint({
      method: 'post',
      path: '/v1/subscriptions/{subscription}/pause',
      tag,
      summary: 'Switch the line off for a while, as for a vacation',
      description: 'It goes on again by itself when the pause has an end. What its days give back is settled then.',
      params,
      body: pauseIn,
      answer: subscriptionOut,
      handle: ({ principal: { organisationId, actor }, params: { subscription }, body: { reason, ...body }, once }) =>
        pauseSubscription(parts, organisationId, subscription, {
          ...defined(body),
          reason,
          actor,
          idempotency: once(asRead(subscription)),
        }),
    }),
    moneyEndpoint({
      method: 'post',
      path: '/v1/subscriptions/{subscription}/resume',
      tag,
      summary: 'End the pause today, or withdraw one that lies ahead',
      params,
      answer: subscriptionOut,
      handle: ({ principal: { organisationId, actor }, params: { subscription }, once }) =>
        resumeSubscription(parts, organisationId, subscription, { actor, idempotency: once(asRead(subscription)) }),
    }),
    moneyEndpoint({
      method: 'post',
      path: '/v1/subscriptions/{subscription}/cancel',
      tag,
      summary: 'End a subscription, with its add-ons',
      params,
      body: cancellationIn,
      answer: subscriptionOut,
      handle: ({ principal: { organisationId, actor }, params: { subscription }, body, once }) =>
        cancelSubscription(parts, organisationId, subscription, {
          ...fromApiCancellation(body),
          actor,
          idempotency: once(asRead(subscription)),
        }),
    }),
  ]
}
