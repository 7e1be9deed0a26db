import { z } from '@hono/zod-openapi'
import { fiscalStatuses } from '../../flows/fiscal/ports.ts'
import { resolveFiscalDocument } from '../../flows/fiscal/resolve-document.ts'
import { fromPage, pageOf, pageQuery, toPage } from '../cursor.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, found } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import { fiscalOut, resolveFiscalIn, toApiFiscal } from '../wire/fiscal.ts'

const tag = 'Declared documents'
const params = { document: 'fiscalDocument' } as const

export function fiscalRoutes(parts: ApiParts): readonly Endpoint[] {
  const { store } = parts
  return [
    endpoint({
      method: 'get',
      path: '/v1/fiscal-documents',
      permission: 'read',
      tag,
      summary: 'What is declared to the tax authority',
      query: { ...pageQuery, status: z.enum(fiscalStatuses).optional() },
      answer: pageOf(fiscalOut),
      async handle({ principal, query }) {
        const rows = await store.inOrganisation(principal.organisationId, (tx) =>
          tx.readings.fiscalDocuments({ ...toPage('fiscal-documents', query), ...defined({ status: query.status }) }),
        )
        return fromPage('fiscal-documents', query.limit, rows.map(toApiFiscal), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/fiscal-documents/{document}',
      permission: 'read',
      tag,
      summary: 'One declared document with its proof',
      params,
      answer: fiscalOut,
      handle: async ({ principal, params }) =>
        toApiFiscal(
          found(
            await store.inOrganisation(principal.organisationId, (tx) => tx.readings.fiscalDocument(params.document)),
            'fiscalDocument',
          ),
        ),
    }),
    endpoint({
      method: 'post',
      path: '/v1/fiscal-documents/{document}/resolve',
      permission: 'write',
      tag,
      summary: 'Say whether the authority took a document',
      description:
        'For one that was handed in and never answered, and whose lane stands. `taken`: its number is used up. `not_taken`: it is handed in anew. Then resume the installation.',
      params,
      body: resolveFiscalIn,
      answer: fiscalOut,
      async handle({ principal: { organisationId, actor }, params: { document }, body }) {
        await resolveFiscalDocument(parts, organisationId, { id: document, ...body, actor })
        return toApiFiscal(
          found(await store.inOrganisation(organisationId, (tx) => tx.readings.fiscalDocument(document)), 'fiscalDocument'),
        )
      },
    }),
  ]
}
