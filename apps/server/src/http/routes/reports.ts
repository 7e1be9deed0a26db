import { z } from '@hono/zod-openapi'
import { currencies } from '@nyuzi/core'
import { changeGeneralLedgerCodes } from '../../flows/ledger/change-general-ledger-codes.ts'
import { ageingGroupings, revenueGroupings } from '../../flows/reports/ports.ts'
import { reportAgeing } from '../../flows/reports/report-ageing.ts'
import { reportJournal } from '../../flows/reports/report-journal.ts'
import { reportRevenue } from '../../flows/reports/report-revenue.ts'
import { fromPage, pageQuery, readCursor } from '../cursor.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, reportEndpoint } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import { dateIn } from '../wire/primitives.ts'
import {
  ageingOut,
  chartIn,
  chartOut,
  journalOut,
  revenueOut,
  toApiAgeing,
  toApiAgeingRow,
  toApiChart,
  toApiJournalLine,
  toApiRevenue,
} from '../wire/reports.ts'

const tag = 'Reports'
const csvToo = 'With `Accept: text/csv` as a table of all rows.'

const spanQuery = {
  from: dateIn.optional().openapi({ description: 'The first day. Default: the first of the month of the last day' }),
  until: dateIn.optional().openapi({ description: 'The last day, at most two years later. Default: today' }),
}

const currencyQuery = z.enum(currencies).optional().openapi({ description: "Of the accounts that are summed. Default: the organisation's" })

export function reportRoutes(parts: ApiParts): readonly Endpoint[] {
  return [
    reportEndpoint({
      path: '/v1/reports/ageing',
      tag,
      summary: 'What is open, by how long it is due',
      description: `At the end of a day, also a past one; the total is what the ledger says that all subscribers owe. A claim counts under the plan of its first line. ${csvToo}`,
      query: {
        ...pageQuery,
        on: dateIn.optional().openapi({ description: 'Default: today' }),
        by: z.enum(ageingGroupings).default('branch'),
        currency: currencyQuery,
      },
      answer: ageingOut,
      handle({ principal, query: { on, by, currency, limit, cursor }, whole }) {
        const after = cursor === undefined ? undefined : readCursor('ageing', cursor)[0]
        const slice = whole ? {} : defined({ limit: limit + 1, after })
        return reportAgeing(parts, principal.organisationId, { by, ...defined({ on, currency }), ...slice })
      },
      toAnswer(report, { limit }) {
        const page = fromPage('ageing', limit, report.rows, ({ key }) => key)
        const { on, by, total, currency } = report
        const items = page.items.map((row) => toApiAgeingRow(report, row))
        return { on, by, items, total: toApiAgeing(total, currency), nextCursor: page.nextCursor }
      },
      toTable: (report) => ({
        name: `ageing ${report.on} by ${report.by}`,
        head: ['id', 'code', 'name', 'currency', 'claims', 'not_due', 'days_1_30', 'days_31_60', 'days_61_90', 'over_90', 'total'],
        rows: report.rows
          .map((row) => toApiAgeingRow(report, row))
          .map(({ id, code, name, claims, notDue, days1To30, days31To60, days61To90, over90, total }) => [
            ...[id ?? '', code, name, report.currency, claims],
            ...[notDue, days1To30, days31To60, days61To90, over90, total],
          ]),
      }),
    }),
    reportEndpoint({
      path: '/v1/reports/revenue',
      tag,
      summary: 'What was invoiced, credited, earned, taxed and paid',
      description: `From the ledger. A branch is the one a subscriber belongs to now. ${csvToo}`,
      query: { ...spanQuery, by: z.enum(revenueGroupings).default('month'), currency: currencyQuery },
      answer: revenueOut,
      handle: ({ principal, query: { by, ...span } }) => reportRevenue(parts, principal.organisationId, { by, ...defined(span) }),
      toAnswer: toApiRevenue,
      toTable(report) {
        const { from, until, by, currency } = report
        const codes = [...report.total.taxes.keys()]
        return {
          name: `revenue ${from} ${until} by ${by}`,
          head: [
            'id',
            'code',
            'name',
            'currency',
            'invoiced',
            'credited',
            'recognised',
            ...codes.map((code) => `tax_${code}`),
            'received',
            'outstanding',
          ],
          rows: toApiRevenue(report).items.map(({ id, code, name, invoiced, credited, recognised, taxes, received, outstanding }) => [
            ...[id ?? '', code, name, currency, invoiced, credited, recognised],
            ...codes.map((tax) => taxes.find((one) => one.code === tax)?.amount ?? { amountMinor: 0n, currency }),
            ...[received ?? undefined, outstanding ?? undefined],
          ]),
        }
      },
    }),
    reportEndpoint({
      path: '/v1/reports/journal',
      tag,
      summary: 'A journal by day for your general ledger',
      description: `Debits and credits of each day by account, under your codes; of each day they are the same. ${csvToo}`,
      query: spanQuery,
      answer: journalOut,
      handle: ({ principal, query }) => reportJournal(parts, principal.organisationId, defined(query)),
      toAnswer: ({ from, until, lines }) => ({ from, until, items: lines.map(toApiJournalLine) }),
      toTable: ({ from, until, lines }) => ({
        name: `journal ${from} ${until}`,
        head: ['day', 'code', 'account', 'currency', 'debit', 'credit'],
        rows: lines
          .map(toApiJournalLine)
          .map(({ day, code, account, debit, credit }) => [day, code, account, debit.currency, debit, credit]),
      }),
    }),
    endpoint({
      method: 'get',
      path: '/v1/chart-of-accounts',
      permission: 'read',
      tag,
      summary: 'Our accounts and the codes of your general ledger',
      answer: chartOut,
      handle: async ({ principal }) =>
        toApiChart(await parts.store.inOrganisation(principal.organisationId, (tx) => tx.reports.generalLedgerCodes())),
    }),
    endpoint({
      method: 'patch',
      path: '/v1/chart-of-accounts',
      permission: 'admin',
      tag,
      summary: 'Give accounts the codes of your general ledger',
      description: 'Of a kind, or of one account of it: a category, a tax, an installation, a branch. What is not named keeps its code.',
      body: chartIn,
      answer: chartOut,
      async handle({ principal: { organisationId, actor }, body: { codes } }) {
        await changeGeneralLedgerCodes(parts, organisationId, { codes, actor })
        return toApiChart(await parts.store.inOrganisation(organisationId, (tx) => tx.reports.generalLedgerCodes()))
      },
    }),
  ]
}
