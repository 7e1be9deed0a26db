import { z } from '@hono/zod-openapi'
import { claimKinds } from '@nyuzi/core'
import { explainInvoice } from '../../flows/billing/explain-invoice.ts'
import { runDailyCycle } from '../../flows/billing/run-daily-cycle.ts'
import { fromPage, pageOf, pageQuery, toPage } from '../cursor.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, found } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import { explanationOut, toApiExplanation } from '../wire/explanations.ts'
import { invoiceOut, invoiceWithLinesOut, toApiInvoice, toApiInvoiceWithLines } from '../wire/invoices.ts'
import { dateIn, dateOut, idIn } from '../wire/primitives.ts'

const count = z.number().int()

export function invoiceRoutes(parts: ApiParts): readonly Endpoint[] {
  const { store } = parts
  return [
    endpoint({
      method: 'get',
      path: '/v1/invoices',
      permission: 'read',
      tag: 'Invoices',
      summary: 'Invoices, and every other claim',
      query: {
        ...pageQuery,
        status: z.enum(['open', 'paid', 'void', 'uncollectible']).optional(),
        kind: z.enum(claimKinds).optional(),
        subscriber: idIn('subscriber').optional(),
      },
      answer: pageOf(invoiceOut),
      async handle({ principal, query }) {
        const filters = defined({ status: query.status, kind: query.kind, subscriberId: query.subscriber })
        const rows = await store.inOrganisation(principal.organisationId, (tx) =>
          tx.readings.invoices({ ...toPage('invoices', query), ...filters }),
        )
        return fromPage('invoices', query.limit, rows.map(toApiInvoice), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/invoices/{invoice}',
      permission: 'read',
      tag: 'Invoices',
      summary: 'One invoice with its arithmetic',
      params: { invoice: 'invoice' },
      answer: invoiceWithLinesOut,
      handle: async ({ principal, params }) =>
        toApiInvoiceWithLines(
          found(await store.inOrganisation(principal.organisationId, (tx) => tx.readings.invoice(params.invoice)), 'invoice'),
        ),
    }),
    endpoint({
      method: 'get',
      path: '/v1/invoices/{invoice}/explanation',
      permission: 'read',
      tag: 'Invoices',
      summary: 'Where each figure of an invoice comes from, computed a second time',
      description: 'Each line with its plan, dates, rule and taxes, beside what the second calculator makes of the same facts.',
      params: { invoice: 'invoice' },
      answer: explanationOut,
      handle: async ({ principal, params }) =>
        toApiExplanation(found(await explainInvoice(parts, principal.organisationId, { invoiceId: params.invoice }), 'invoice')),
    }),
    endpoint({
      method: 'post',
      path: '/v1/billing/run',
      permission: 'money',
      tag: 'Billing',
      summary: 'Invoice, remind and suspend what is due',
      description: 'Does what is due and not done; a second run changes nothing. It runs by itself each day.',
      body: z.strictObject({
        date: dateIn.optional().openapi({ description: 'Default: today' }),
        dryRun: z.boolean().default(false).openapi({ description: 'Count only: all is rolled back' }),
      }),
      answer: z.object({
        day: dateOut,
        invoicesIssued: count,
        subscriptionsParked: count,
        promisesKept: count,
        promisesBroken: count,
        lateFeesCharged: count,
        daysRecognised: count.openapi({ description: 'Days whose share of what was claimed ahead is earned now' }),
        remindersOwed: count,
        remindersSkipped: count,
        servicesSuspended: count,
        cutOffsListed: count.openapi({ description: 'Lines that stay on until someone approves their batch' }),
        servicesMoved: count,
        dryRun: z.boolean(),
      }),
      async handle({ principal: { organisationId, actor }, body }) {
        return await runDailyCycle(parts, organisationId, { actor, ...defined(body) })
      },
    }),
  ]
}
