import { z } from '@hono/zod-openapi'
import { type LedgerAccountKind, ledgerAccountKinds, readId } from '@nyuzi/core'
import { closeTask } from '../../flows/tasks/close-task.ts'
import { retryTask } from '../../flows/tasks/retry-task.ts'
import { fromPage, pageOf, pageQuery, toPage } from '../cursor.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, found } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import { entryOut, ledgerAccountOut, taskOut, toApiEntry, toApiLedgerAccount, toApiTask } from '../wire/ledger.ts'
import { idIn } from '../wire/primitives.ts'

export function ledgerRoutes(parts: ApiParts): readonly Endpoint[] {
  const { store } = parts
  return [
    endpoint({
      method: 'get',
      path: '/v1/ledger/accounts',
      permission: 'read',
      tag: 'Ledger',
      summary: 'Ledger accounts with their balances',
      query: { ...pageQuery, kind: z.enum(ledgerAccountKinds as [LedgerAccountKind, ...LedgerAccountKind[]]).optional() },
      answer: pageOf(ledgerAccountOut),
      async handle({ principal, query }) {
        const filters = defined({ kind: query.kind })
        const rows = await store.inOrganisation(principal.organisationId, (tx) =>
          tx.readings.ledgerAccounts({ ...toPage('ledger_accounts', query), ...filters }),
        )
        return fromPage('ledger_accounts', query.limit, rows.map(toApiLedgerAccount), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/ledger/entries',
      permission: 'read',
      tag: 'Ledger',
      summary: 'Journal entries with their postings',
      query: {
        ...pageQuery,
        account: idIn('ledgerAccount').optional(),
        source: sourceIn.optional().openapi({ type: 'string', description: 'The invoice or payment an entry came from' }),
      },
      answer: pageOf(entryOut),
      async handle({ principal, query }) {
        const filters = defined({ accountId: query.account, sourceId: query.source })
        const rows = await store.inOrganisation(principal.organisationId, (tx) =>
          tx.readings.entries({ ...toPage('entries', query), ...filters }),
        )
        return fromPage('entries', query.limit, rows.map(toApiEntry), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/tasks',
      permission: 'read',
      tag: 'Tasks',
      summary: 'What waits for a person',
      query: { ...pageQuery, status: z.enum(['open', 'done']).optional().openapi({ description: 'Default: open' }) },
      answer: pageOf(taskOut),
      async handle({ principal, query }) {
        const rows = await store.inOrganisation(principal.organisationId, (tx) =>
          tx.readings.tasks({ ...toPage('tasks', query), status: query.status ?? 'open' }),
        )
        return fromPage('tasks', query.limit, rows.map(toApiTask), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/tasks/{task}/close',
      permission: 'write',
      tag: 'Tasks',
      summary: 'Say that it is done',
      params: { task: 'task' },
      answer: taskOut,
      async handle({ principal: { organisationId, actor }, params: { task } }) {
        await closeTask(parts, organisationId, task, actor)
        return toApiTask(found(await store.inOrganisation(organisationId, (tx) => tx.readings.task(task)), 'task'))
      },
    }),
    endpoint({
      method: 'post',
      path: '/v1/tasks/{task}/retry',
      permission: 'write',
      tag: 'Tasks',
      summary: 'Try again what was parked',
      description:
        'For a call, a notice, a subscription or a prompt that was parked, once its cause is mended. When it fails again a new task says so.',
      params: { task: 'task' },
      answer: taskOut,
      async handle({ principal: { organisationId, actor }, params: { task } }) {
        await retryTask(parts, organisationId, task, actor)
        return toApiTask(found(await store.inOrganisation(organisationId, (tx) => tx.readings.task(task)), 'task'))
      },
    }),
  ]
}

const sourceIn = z.string().transform((text, context) => {
  const id = readId('invoice', text) ?? readId('payment', text) ?? readId('entry', text)
  if (id !== undefined) return id as string
  context.addIssue({ code: 'custom', message: 'Send the id of an invoice, a payment or an entry.', params: { rule: 'id' } })
  return z.NEVER
})
