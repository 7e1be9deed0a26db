import { createDataBundle } from '../../flows/usage/create-data-bundle.ts'
import { grantAllowance } from '../../flows/usage/grant-allowance.ts'
import { recordUsage } from '../../flows/usage/record-usage.ts'
import { sellDataBundle } from '../../flows/usage/sell-data-bundle.ts'
import { withdrawDataBundle } from '../../flows/usage/withdraw-data-bundle.ts'
import { fromPage, pageOf, pageQuery, toPage } from '../cursor.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, found, moneyEndpoint } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import {
  allowanceIn,
  allowanceOut,
  dataBundleIn,
  dataBundleOut,
  dataBundleSaleIn,
  recordedOut,
  toApiAllowance,
  toApiDataBundle,
  usageOut,
  usageQuery,
  usageRecordsIn,
} from '../wire/usage.ts'

const tag = 'Usage'
const params = { subscription: 'subscription' } as const

export const usageRoutes = (parts: ApiParts): readonly Endpoint[] => [...measured(parts), ...dataBundles(parts)]

function measured(parts: ApiParts): readonly Endpoint[] {
  const { store } = parts
  return [
    endpoint({
      method: 'post',
      path: '/v1/usage-records',
      permission: 'write',
      tag,
      summary: 'Report what was used',
      description:
        'Up to 1,000 records, all of them or none. Send a batch again when its answer was lost: a record is known by its source and key. Late records are charged with the next invoice.',
      body: usageRecordsIn,
      status: 201,
      answer: recordedOut,
      handle: ({ principal: { organisationId, actor }, body: { source, records } }) =>
        recordUsage(parts, organisationId, {
          source,
          records: records.map(({ subscription, at, ...record }) => ({ ...record, subscriptionId: subscription, occurredAt: at })),
          actor,
        }),
    }),
    endpoint({
      method: 'get',
      path: '/v1/subscriptions/{subscription}/usage',
      permission: 'read',
      tag,
      summary: 'What a subscription used, by day',
      params,
      query: usageQuery,
      answer: usageOut,
      handle: ({ principal, params: { subscription }, query }) =>
        store.inOrganisation(principal.organisationId, async (tx) => {
          found(await tx.readings.subscription(subscription, parts.clock.now()), 'subscription')
          return { days: await tx.readings.usageDays({ subscriptionId: subscription, ...defined(query) }) }
        }),
    }),
    endpoint({
      method: 'get',
      path: '/v1/subscriptions/{subscription}/allowances',
      permission: 'read',
      tag,
      summary: 'Allowances of a subscription, with what is left',
      params,
      query: pageQuery,
      answer: pageOf(allowanceOut),
      async handle({ principal, params: { subscription }, query }) {
        const rows = await store.inOrganisation(principal.organisationId, async (tx) => {
          found(await tx.readings.subscription(subscription, parts.clock.now()), 'subscription')
          return await tx.readings.allowances({ subscriptionId: subscription, ...toPage('allowances', query) })
        })
        return fromPage('allowances', query.limit, rows.map(toApiAllowance), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/subscriptions/{subscription}/allowances',
      permission: 'write',
      tag,
      summary: 'Give a subscription units to use',
      description:
        'A data bundle, for example. Covers use that is reported from now on and lies within its time; what expires first is drawn first.',
      params,
      body: allowanceIn,
      status: 201,
      answer: allowanceOut,
      async handle({ principal: { organisationId, actor }, params: { subscription }, body }) {
        const id = await grantAllowance(parts, organisationId, subscription, { ...defined(body), actor })
        return toApiAllowance(found(await store.inOrganisation(organisationId, (tx) => tx.readings.allowance(id)), 'allowance'))
      },
    }),
  ]
}

function dataBundles(parts: ApiParts): readonly Endpoint[] {
  const { store } = parts
  return [
    endpoint({
      method: 'get',
      path: '/v1/data-bundles',
      permission: 'read',
      tag,
      summary: 'Data bundles',
      query: pageQuery,
      answer: pageOf(dataBundleOut),
      async handle({ principal, query }) {
        const rows = await store.inOrganisation(principal.organisationId, (tx) => tx.readings.dataBundles(toPage('data_bundles', query)))
        return fromPage('data_bundles', query.limit, rows.map(toApiDataBundle), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/data-bundles',
      permission: 'write',
      tag,
      summary: 'Make a data bundle',
      description: 'Its terms never change: withdraw it and make another.',
      body: dataBundleIn,
      status: 201,
      answer: dataBundleOut,
      async handle({ principal: { organisationId, actor }, body }) {
        const id = await createDataBundle(parts, organisationId, { ...body, actor })
        return toApiDataBundle(found(await store.inOrganisation(organisationId, (tx) => tx.readings.dataBundle(id)), 'data bundle'))
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/data-bundles/{dataBundle}/withdraw',
      permission: 'write',
      tag,
      summary: 'Sell a data bundle no more',
      params: { dataBundle: 'dataBundle' },
      answer: dataBundleOut,
      async handle({ principal: { organisationId, actor }, params: { dataBundle } }) {
        await withdrawDataBundle(parts, organisationId, dataBundle, { actor })
        return toApiDataBundle(found(await store.inOrganisation(organisationId, (tx) => tx.readings.dataBundle(dataBundle)), 'data bundle'))
      },
    }),
    moneyEndpoint({
      method: 'post',
      path: '/v1/subscriptions/{subscription}/data-bundles',
      tag,
      summary: 'Sell a data bundle to a subscription',
      description: 'A debit note for its price, and an allowance from now on. A prepaid subscription needs the credit for it.',
      params,
      body: dataBundleSaleIn,
      status: 201,
      answer: allowanceOut,
      handle: ({ principal: { organisationId, actor }, params: { subscription }, body: { dataBundle }, once }) =>
        sellDataBundle(parts, organisationId, subscription, {
          dataBundleId: dataBundle,
          actor,
          idempotency: once(async ({ allowanceId }, tx) => toApiAllowance(found(await tx.readings.allowance(allowanceId), 'allowance'))),
        }),
    }),
  ]
}
