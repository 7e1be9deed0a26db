import type { OrganisationId } from '@nyuzi/core'
import { changeBranding } from '../../flows/documents/change-branding.ts'
import { printCreditNote } from '../../flows/documents/print-credit-note.ts'
import { printInvoice } from '../../flows/documents/print-invoice.ts'
import { printReceipt } from '../../flows/documents/print-receipt.ts'
import { printStatement } from '../../flows/documents/print-statement.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, found, pdfEndpoint } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import { brandingIn, brandingOut, toApiBranding } from '../wire/documents.ts'
import { dateIn } from '../wire/primitives.ts'

const tag = 'Documents'

export function documentRoutes(parts: ApiParts): readonly Endpoint[] {
  const readBranding = (organisationId: OrganisationId) =>
    parts.store.inOrganisation(organisationId, async (tx) => {
      const branding = await tx.documents.branding()
      return toApiBranding(branding, branding.logo && (await tx.documents.logo(branding.logo.sha256)))
    })
  return [
    endpoint({
      method: 'get',
      path: '/v1/organisation/branding',
      permission: 'read',
      tag,
      summary: 'What your documents look like',
      answer: brandingOut,
      handle: ({ principal }) => readBranding(principal.organisationId),
    }),
    endpoint({
      method: 'patch',
      path: '/v1/organisation/branding',
      permission: 'admin',
      tag,
      summary: 'Change what your documents look like',
      description: 'For documents that are issued from now on; those that were issued keep their look. Null forgets a field.',
      body: brandingIn,
      answer: brandingOut,
      async handle({ principal: { organisationId, actor }, body }) {
        await changeBranding(parts, organisationId, { ...defined(body), actor })
        return await readBranding(organisationId)
      },
    }),
    pdfEndpoint({
      path: '/v1/invoices/{invoice}/pdf',
      permission: 'read',
      tag,
      summary: 'An invoice or a debit note as PDF',
      description: 'In the language of the subscriber, with the names of the day it was issued. The same bytes each time.',
      params: { invoice: 'invoice' },
      handle: async ({ principal, params }) =>
        found(await printInvoice(parts, principal.organisationId, { invoiceId: params.invoice }), 'invoice'),
    }),
    pdfEndpoint({
      path: '/v1/credit-notes/{credit}/pdf',
      permission: 'read',
      tag,
      summary: 'A credit note as PDF',
      params: { credit: 'credit' },
      handle: async ({ principal, params }) => found(await printCreditNote(parts, principal.organisationId, params.credit), 'credit note'),
    }),
    pdfEndpoint({
      path: '/v1/payments/{payment}/receipt.pdf',
      permission: 'read',
      tag,
      summary: 'The receipt for a payment as PDF',
      description: 'Numbered in the series of the branch when it is first asked for. The same bytes each time.',
      params: { payment: 'payment' },
      handle: async ({ principal: { organisationId, actor }, params }) =>
        found(await printReceipt(parts, organisationId, { paymentId: params.payment, actor }), 'payment'),
    }),
    pdfEndpoint({
      path: '/v1/subscribers/{subscriber}/statement.pdf',
      permission: 'read',
      tag,
      summary: 'A statement of account as PDF',
      description: 'Every entry of the ledger that changed what the subscriber owes, with the balance after each.',
      params: { subscriber: 'subscriber' },
      query: {
        from: dateIn.optional().openapi({ description: 'The first day. Default: 90 days before the last' }),
        until: dateIn.optional().openapi({ description: 'The last day. Default: today' }),
      },
      handle: async ({ principal, params, query }) =>
        found(await printStatement(parts, principal.organisationId, params.subscriber, defined(query)), 'subscriber'),
    }),
  ]
}
