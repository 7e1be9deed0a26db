import { z } from '@hono/zod-openapi'
import { type LedgerAccountKind, type Noun, normalSide, onNormalSide, showId } from '@nyuzi/core'
import type { EntryReading, LedgerAccountReading, TaskReading } from '../../flows/readings/ports.ts'
import { amountOf, dateOut, idOut, instantOut, moneyOut } from './primitives.ts'

/** Whose account of a kind it is. Other kinds are owned by a category or a tax, or by nobody. */
export const accountOwners: Readonly<Partial<Record<LedgerAccountKind, Noun>>> = {
  receivable: 'subscriber',
  credit: 'subscriber',
  deposit: 'subscriber',
  clearing: 'installation',
  suspense: 'installation',
  fees: 'installation',
  cash: 'branch',
  withholding_receivable: 'subscriber',
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
export const ownerText = (kind: LedgerAccountKind, owner: string): string => {
  const noun = accountOwners[kind]
  return noun === undefined || !uuid.test(owner) ? owner : showId(noun, owner)
}

export const ledgerAccountOut = z
  .object({
    id: idOut('ledgerAccount'),
    kind: z.string(),
    owner: z.string(),
    normalSide: z.enum(['debit', 'credit']),
    balance: moneyOut.openapi({ description: 'Above zero when it stands on its usual side; summed from the postings' }),
    postings: z.number().int(),
  })
  .openapi('LedgerAccount')

export const toApiLedgerAccount = ({ id, kind, owner, currency, balanceMinor, postings }: LedgerAccountReading) => ({
  id,
  kind,
  owner: ownerText(kind, owner),
  normalSide: normalSide(kind),
  balance: amountOf(onNormalSide(kind, balanceMinor), currency),
  postings: Number(postings),
})

const sources: Readonly<Record<string, Noun>> = {
  invoice: 'invoice',
  payment: 'payment',
  intent: 'intent',
  entry: 'entry',
  journal_entry: 'entry',
}
const subjects: Readonly<Record<string, Noun>> = {
  ...sources,
  subscriber: 'subscriber',
  subscription: 'subscription',
  service: 'service',
  installation: 'installation',
  callback: 'callback',
  notice: 'notice',
  message: 'message',
  fiscal_document: 'fiscalDocument',
}

const subjectText = (noun: string, id: string): string => {
  const known = subjects[noun]
  return known === undefined || !uuid.test(id) ? id : showId(known, id)
}

const postingOut = z.object({
  account: idOut('ledgerAccount'),
  kind: z.string(),
  owner: z.string(),
  side: z.enum(['debit', 'credit']),
  amount: moneyOut,
})

export const entryOut = z
  .object({
    id: idOut('entry'),
    kind: z.string(),
    effectiveOn: dateOut,
    recordedAt: instantOut,
    source: z.object({ noun: z.string(), id: z.string() }),
    reverses: idOut('entry').nullable(),
    postings: z.array(postingOut),
  })
  .openapi('JournalEntry')

export const toApiEntry = (entry: EntryReading) => ({
  ...entry,
  source: { noun: entry.sourceNoun, id: subjectText(entry.sourceNoun, entry.sourceId) },
  reverses: entry.reversesEntryId,
  postings: entry.postings.map(({ accountId, kind, owner, amountMinor }) => ({
    account: accountId,
    kind,
    owner: ownerText(kind, owner),
    side: amountMinor > 0n ? ('debit' as const) : ('credit' as const),
    amount: amountOf(amountMinor > 0n ? amountMinor : -amountMinor, entry.currency),
  })),
})

export const taskOut = z
  .object({
    id: idOut('task'),
    kind: z.string(),
    subject: z.object({ noun: z.string(), id: z.string() }),
    title: z.string(),
    detail: z.record(z.string(), z.unknown()).readonly(),
    createdAt: instantOut,
    doneAt: instantOut.nullable(),
  })
  .openapi('Task')

export const toApiTask = ({ subjectNoun, subjectId, ...task }: TaskReading) => ({
  ...task,
  subject: { noun: subjectNoun, id: subjectText(subjectNoun, subjectId) },
})
