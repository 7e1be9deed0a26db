import type { CutOffBatchId, OrganisationId } from '@nyuzi/core'
import { approveCutOffs, rejectCutOffs, takeOutOfCutOff } from '../../flows/dunning/decide-cut-offs.ts'
import { fromPage, pageOf, pageQuery, toPage } from '../cursor.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, found } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import {
  cutOffBatchOut,
  cutOffBatchStatus,
  cutOffMemberOut,
  rejectIn,
  takeOutIn,
  toApiCutOffBatch,
  toApiCutOffMember,
} from '../wire/cut-offs.ts'

const tag = 'Dunning'
const noun = 'cut-off batch'
const params = { cutOffBatch: 'cutOffBatch' } as const

export function cutOffRoutes(parts: ApiParts): readonly Endpoint[] {
  const { store } = parts
  const read = async (organisationId: OrganisationId, id: CutOffBatchId) =>
    toApiCutOffBatch(found(await store.inOrganisation(organisationId, (tx) => tx.readings.cutOffBatch(id)), noun))
  return [
    endpoint({
      method: 'get',
      path: '/v1/cut-off-batches',
      permission: 'read',
      tag,
      summary: 'Lines that wait to be cut off, and those that were decided on',
      description:
        'With the policy `cutOffMode: approved` the daily run lists lines here that it would have cut off. One batch is open at most.',
      query: { ...pageQuery, status: cutOffBatchStatus.optional() },
      answer: pageOf(cutOffBatchOut),
      async handle({ principal, query }) {
        const rows = await store.inOrganisation(principal.organisationId, (tx) =>
          tx.readings.cutOffBatches({ ...toPage('cut_off_batches', query), ...defined({ status: query.status }) }),
        )
        return fromPage('cut_off_batches', query.limit, rows.map(toApiCutOffBatch), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/cut-off-batches/{cutOffBatch}',
      permission: 'read',
      tag,
      summary: 'One batch of cut-offs',
      params,
      answer: cutOffBatchOut,
      handle: ({ principal, params: { cutOffBatch } }) => read(principal.organisationId, cutOffBatch),
    }),
    endpoint({
      method: 'get',
      path: '/v1/cut-off-batches/{cutOffBatch}/members',
      permission: 'read',
      tag,
      summary: 'The lines on a batch, with their debts',
      params,
      query: pageQuery,
      answer: pageOf(cutOffMemberOut),
      async handle({ principal, params: { cutOffBatch }, query }) {
        const rows = await store.inOrganisation(principal.organisationId, async (tx) => {
          found(await tx.readings.cutOffBatch(cutOffBatch), noun)
          return await tx.readings.cutOffMembers(cutOffBatch, toPage('cut_off_members', query))
        })
        return fromPage('cut_off_members', query.limit, rows.map(toApiCutOffMember), ({ service }) => service)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/cut-off-batches/{cutOffBatch}/take-out',
      permission: 'money',
      tag,
      summary: 'Keep some of its lines on',
      description:
        'As far as this batch goes: those that still owe are listed again on a later day. All of them are listed, or nothing is done.',
      params,
      body: takeOutIn,
      answer: cutOffBatchOut,
      async handle({ principal: { organisationId, actor }, params: { cutOffBatch }, body: { services, reason } }) {
        await takeOutOfCutOff(parts, organisationId, cutOffBatch, { serviceIds: services, reason, actor })
        return await read(organisationId, cutOffBatch)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/cut-off-batches/{cutOffBatch}/approve',
      permission: 'money',
      tag,
      summary: 'Cut them off',
      description:
        'Suspends exactly the listed lines that still owe. Who has paid since they were listed is left alone, and counted as spared.',
      params,
      answer: cutOffBatchOut,
      async handle({ principal: { organisationId, actor }, params: { cutOffBatch } }) {
        await approveCutOffs(parts, organisationId, cutOffBatch, actor)
        return await read(organisationId, cutOffBatch)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/cut-off-batches/{cutOffBatch}/reject',
      permission: 'money',
      tag,
      summary: 'Leave all of them on',
      description: 'Those that still owe tomorrow are listed on a new batch.',
      params,
      body: rejectIn,
      answer: cutOffBatchOut,
      async handle({ principal: { organisationId, actor }, params: { cutOffBatch }, body: { reason } }) {
        await rejectCutOffs(parts, organisationId, cutOffBatch, { reason, actor })
        return await read(organisationId, cutOffBatch)
      },
    }),
  ]
}
