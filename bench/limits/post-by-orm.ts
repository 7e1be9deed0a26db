import { and, eq, sql } from 'drizzle-orm'
import { bigint, boolean, date, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import type { HandPayment } from './post-by-hand.ts'

const minor = (name: string) => bigint(name, { mode: 'bigint' }).notNull()
const organisationId = uuid('organisation_id').notNull()

const payments = pgTable('limit_orm_payments', {
  organisationId,
  id: uuid('id').notNull(),
  source: text('source').notNull(),
  installationId: uuid('installation_id'),
  providerTransaction: text('provider_transaction'),
  amountMinor: minor('amount_minor'),
  allocatedMinor: minor('allocated_minor'),
  currency: text('currency').notNull(),
  status: text('status').notNull(),
  subscriberId: uuid('subscriber_id'),
  payer: jsonb('payer').notNull(),
  evidence: text('evidence').notNull(),
  paidAt: timestamp('paid_at').notNull(),
  receivedAt: timestamp('received_at').notNull(),
  recordedAt: timestamp('recorded_at').notNull(),
})
const entries = pgTable('limit_orm_journal_entries', {
  organisationId,
  id: uuid('id').notNull(),
  kind: text('kind').notNull(),
  currency: text('currency').notNull(),
  effectiveOn: date('effective_on').notNull(),
  sourceNoun: text('source_noun').notNull(),
  sourceId: text('source_id').notNull(),
  recordedAt: timestamp('recorded_at').notNull(),
})
const postings = pgTable('limit_orm_postings', {
  organisationId,
  entryId: uuid('entry_id').notNull(),
  position: integer('position').notNull(),
  accountId: uuid('account_id').notNull(),
  amountMinor: minor('amount_minor'),
  currency: text('currency').notNull(),
})
const accounts = pgTable('limit_orm_ledger_accounts', {
  organisationId,
  id: uuid('id').notNull(),
  keepsBalance: boolean('keeps_balance').notNull(),
  balanceMinor: minor('balance_minor'),
  version: minor('version'),
})
const allocations = pgTable('limit_orm_allocations', {
  organisationId,
  paymentId: uuid('payment_id').notNull(),
  invoiceId: uuid('invoice_id').notNull(),
  amountMinor: minor('amount_minor'),
  effectiveOn: date('effective_on').notNull(),
  createdAt: timestamp('created_at').notNull(),
})

export type OrmPosting = { postOne(payment: HandPayment): Promise<void>; close(): Promise<void> }

/** Posting as most would begin it: every account with a stored balance; read it, compute, write it back, row by row. */
export async function openOrmPosting(databaseUrl: string, { clients }: { clients: number }): Promise<OrmPosting> {
  const client = postgres(databaseUrl, { max: clients, onnotice: () => {} })
  for (const table of ['payments', 'journal_entries', 'postings', 'allocations', 'ledger_accounts'])
    await client.unsafe(`create table if not exists limit_orm_${table} (like ${table} including all)`)
  await client`insert into limit_orm_ledger_accounts select * from ledger_accounts on conflict do nothing`
  const db = drizzle({ client })

  async function postOne(payment: HandPayment): Promise<void> {
    const { organisationId, installationId, subscriberId, receipt, amountMinor } = payment
    const now = new Date()
    await db.transaction(async (tx) => {
      const [known] = await tx
        .select({ id: payments.id })
        .from(payments)
        .where(
          and(
            eq(payments.organisationId, organisationId),
            eq(payments.installationId, installationId),
            eq(payments.providerTransaction, receipt),
          ),
        )
      if (known) return
      const id = crypto.randomUUID()
      const entryId = crypto.randomUUID()
      await tx.insert(payments).values({
        organisationId,
        id,
        source: 'provider',
        installationId,
        providerTransaction: receipt,
        amountMinor,
        allocatedMinor: amountMinor,
        currency: 'KES',
        status: 'matched',
        subscriberId,
        payer: { kind: 'absent' },
        evidence: 'callback',
        paidAt: now,
        receivedAt: now,
        recordedAt: now,
      })
      await tx.insert(entries).values({
        organisationId,
        id: entryId,
        kind: 'payment_received',
        currency: 'KES',
        effectiveOn: '2026-06-14',
        sourceNoun: 'payment',
        sourceId: id,
        recordedAt: now,
      })
      const sides = [
        { accountId: payment.receivableId, amount: -amountMinor },
        { accountId: payment.clearingId, amount: amountMinor },
      ]
      for (const [index, { accountId, amount }] of sides.entries()) {
        const own = and(eq(accounts.organisationId, organisationId), eq(accounts.id, accountId))
        const [account] = await tx.select({ balanceMinor: accounts.balanceMinor }).from(accounts).where(own).for('update')
        await tx.insert(postings).values({ organisationId, entryId, position: index + 1, accountId, amountMinor: amount, currency: 'KES' })
        await tx
          .update(accounts)
          .set({ balanceMinor: (account?.balanceMinor ?? 0n) + amount, version: sql`${accounts.version} + 1` })
          .where(own)
      }
      await tx
        .insert(allocations)
        .values({ organisationId, paymentId: id, invoiceId: payment.invoiceId, amountMinor, effectiveOn: '2026-06-14', createdAt: now })
    })
  }

  return { postOne, close: () => client.end() }
}
