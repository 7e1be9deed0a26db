import { z } from '@hono/zod-openapi'
import { type Currency, type LedgerAccountKind, ledgerAccountKinds, type Noun, normalSide, readId, showId } from '@nyuzi/core'
import type { Ageing, GeneralLedgerCode, Group, JournalLine } from '../../flows/reports/ports.ts'
import type { AgeingReport } from '../../flows/reports/report-ageing.ts'
import type { RevenueFigures, RevenueReport } from '../../flows/reports/report-revenue.ts'
import { accountOwners, ownerText } from './ledger.ts'
import { amountOf, dateOut, moneyOut } from './primitives.ts'

const groupOut = {
  id: z
    .string()
    .nullable()
    .openapi({ description: 'Of the branch, subscriber or plan; null where a row is of none, or is a day or a word' }),
  code: z.string(),
  name: z.string(),
}

const nouns: Readonly<Record<string, Noun>> = { branch: 'branch', subscriber: 'subscriber', plan: 'plan' }

const toApiGroup = (by: string, { key, code, name }: Group) => {
  const noun = nouns[by]
  return { id: noun === undefined || key === '' ? null : showId(noun, key), code, name }
}

const ageingFields = {
  claims: z.number().int(),
  notDue: moneyOut,
  days1To30: moneyOut,
  days31To60: moneyOut,
  days61To90: moneyOut,
  over90: moneyOut,
  total: moneyOut,
}

export const ageingOut = z
  .object({
    on: dateOut,
    by: z.string(),
    items: z.array(z.object({ ...groupOut, ...ageingFields })),
    total: z.object(ageingFields).openapi({ description: 'Of all pages: what the ledger says that all subscribers owe' }),
    nextCursor: z.string().nullable().openapi({ description: 'Null on the last page' }),
  })
  .openapi('AgeingReport')

export const toApiAgeing = (ageing: Ageing, currency: Currency) => ({
  claims: ageing.claims,
  notDue: amountOf(ageing.notDueMinor, currency),
  days1To30: amountOf(ageing.days1To30Minor, currency),
  days31To60: amountOf(ageing.days31To60Minor, currency),
  days61To90: amountOf(ageing.days61To90Minor, currency),
  over90: amountOf(ageing.over90Minor, currency),
  total: amountOf(ageing.totalMinor, currency),
})

export const toApiAgeingRow = ({ by, currency }: AgeingReport, row: Group & Ageing) => ({
  ...toApiGroup(by, row),
  ...toApiAgeing(row, currency),
})

const revenueFields = {
  invoiced: moneyOut.openapi({ description: 'Net of invoices and debit notes, less those made void' }),
  credited: moneyOut.openapi({ description: 'Net of credit notes' }),
  recognised: moneyOut.openapi({ description: 'What was earned' }),
  taxes: z.array(z.object({ code: z.string(), amount: moneyOut })),
  received: moneyOut.nullable().openapi({ description: 'Payments; null by category and plan, which no payment names' }),
  outstanding: moneyOut.nullable().openapi({ description: 'Owed at the end of the day or month, or of the span; null by category' }),
}

export const revenueOut = z
  .object({
    from: dateOut,
    until: dateOut,
    by: z.string(),
    items: z.array(z.object({ ...groupOut, ...revenueFields })),
    total: z.object(revenueFields),
  })
  .openapi('RevenueReport')

const toApiFigures = (figures: RevenueFigures, currency: Currency) => ({
  invoiced: amountOf(figures.invoicedMinor, currency),
  credited: amountOf(figures.creditedMinor, currency),
  recognised: amountOf(figures.recognisedMinor, currency),
  taxes: [...figures.taxes].map(([code, amountMinor]) => ({ code, amount: amountOf(amountMinor, currency) })),
  received: figures.receivedMinor === undefined ? null : amountOf(figures.receivedMinor, currency),
  outstanding: figures.outstandingMinor === undefined ? null : amountOf(figures.outstandingMinor, currency),
})

export const toApiRevenue = ({ from, until, by, currency, rows, total }: RevenueReport) => ({
  from,
  until,
  by,
  items: rows.map((row) => ({ ...toApiGroup(by, row), ...toApiFigures(row, currency) })),
  total: toApiFigures(total, currency),
})

export const journalOut = z
  .object({
    from: dateOut,
    until: dateOut,
    items: z.array(
      z.object({
        day: dateOut,
        code: z.string().openapi({ description: 'Of your general ledger; where none was given, the name of our account' }),
        account: z.string(),
        debit: moneyOut,
        credit: moneyOut,
      }),
    ),
  })
  .openapi('Journal')

export const toApiJournalLine = ({ day, kind, owner, code, currency, debitMinor, creditMinor }: JournalLine) => {
  const account = owner === '' ? kind : `${kind}:${ownerText(kind, owner)}`
  return { day, code: code ?? account, account, debit: amountOf(debitMinor, currency), credit: amountOf(creditMinor, currency) }
}

export const chartOut = z
  .object({
    items: z.array(
      z.object({
        kind: z.string(),
        normalSide: z.enum(['debit', 'credit']),
        code: z.string().nullable(),
        owners: z.array(z.object({ owner: z.string(), code: z.string() })).openapi({ description: 'Accounts with a code of their own' }),
      }),
    ),
  })
  .openapi('ChartOfAccounts')

export const toApiChart = (codes: readonly GeneralLedgerCode[]) => ({
  items: ledgerAccountKinds.map((kind) => {
    const theirs = codes.filter((one) => one.kind === kind)
    return {
      kind,
      normalSide: normalSide(kind),
      code: theirs.find(({ owner }) => owner === '')?.code ?? null,
      owners: theirs.filter(({ owner }) => owner !== '').map(({ owner, code }) => ({ owner: ownerText(kind, owner), code })),
    }
  }),
})

const codeIn = z
  .strictObject({
    kind: z.enum(ledgerAccountKinds as [LedgerAccountKind, ...LedgerAccountKind[]]),
    owner: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .openapi({ description: 'A category, a tax, an installation or a branch. Default: all of the kind' }),
    code: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,39}$/, 'Send 1 to 40 letters, digits, spaces, dots, dashes and slashes.')
      .nullable()
      .openapi({ description: 'Null takes it away', example: '4000' }),
  })
  .transform(({ kind, owner, code }, context) => {
    if (owner === undefined) return { kind, owner: '', code }
    const noun = accountOwners[kind]
    const read = noun === undefined ? owner : noun === 'subscriber' ? undefined : readId(noun, owner)
    if (read !== undefined) return { kind, owner: read as string, code }
    const fix = noun === 'subscriber' ? 'Leave it out: accounts of subscribers have one code together.' : `Send the id of the ${noun}.`
    context.addIssue({ code: 'custom', path: ['owner'], message: fix, params: { rule: 'owner' } })
    return z.NEVER
  })

export const chartIn = z.strictObject({
  codes: z
    .array(codeIn)
    .min(1)
    .max(200)
    .refine((codes) => new Set(codes.map(({ kind, owner }) => `${kind}:${owner}`)).size === codes.length, 'Name each account once.'),
})
