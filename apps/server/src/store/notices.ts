import type { Currency, EvidenceGrade, InstallationId, IntentId, NoticeId, PayerIdentity, PaymentFailure, PaymentNotice } from '@nyuzi/core'
import type { NoticeStore, WaitingNotice } from '../flows/payments/ports.ts'
import { fromRow } from './mapping.ts'
import { rowsOf, type Sql } from './transaction.ts'

type Row = {
  id: NoticeId
  installationId: InstallationId
  intentId?: IntentId
  evidence: EvidenceGrade
  status: PaymentNotice['status']
  providerTransaction?: string
  providerReference?: string
  amountMinor?: bigint
  currency?: Currency
  paidAt?: Date
  payer: PayerIdentity
  payerName?: string
  accountReference?: string
  failure?: PaymentFailure
  detail?: string
  receivedAt: Date
}

export const noticeStore = (sql: Sql): NoticeStore => ({
  async add(notices) {
    if (notices.length === 0) return
    const rows = notices.map(({ notice, ...rest }) => ({
      id: rest.id,
      installationId: rest.installationId,
      callbackId: rest.callbackId,
      intentId: rest.intentId,
      evidence: notice.evidence,
      status: notice.status,
      providerTransaction: notice.status === 'succeeded' ? notice.providerTransaction : undefined,
      providerReference: notice.providerReference,
      amountMinor: notice.status === 'succeeded' ? notice.amount?.amountMinor : undefined,
      currency: notice.status === 'succeeded' ? notice.amount?.currency : undefined,
      paidAt: notice.status === 'succeeded' ? notice.paidAt : undefined,
      payer: notice.payer,
      payerName: notice.payerName,
      accountReference: notice.accountReference,
      failure: notice.status === 'failed' ? notice.failure : undefined,
      detail: notice.status === 'pending' || notice.status === 'unknown' ? notice.detail : undefined,
      receivedAt: rest.receivedAt,
    }))
    await sql`
      insert into payment_notices (organisation_id, id, installation_id, callback_id, intent_id, evidence, status, provider_transaction, provider_reference,
             amount_minor, currency, paid_at, payer, payer_name, account_reference, failure, detail, received_at)
      select nyuzi_organisation(), r.* from ${rowsOf(sql, rows, {
        id: 'uuid',
        installationId: 'uuid',
        callbackId: 'uuid',
        intentId: 'uuid',
        evidence: 'text',
        status: 'text',
        providerTransaction: 'text',
        providerReference: 'text',
        amountMinor: 'bigint',
        currency: 'text',
        paidAt: 'timestamptz',
        payer: 'jsonb',
        payerName: 'text',
        accountReference: 'text',
        failure: 'jsonb',
        detail: 'text',
        receivedAt: 'timestamptz',
      })}`
  },

  async claim(limit, only) {
    const rows = await sql`
      select n.id, n.installation_id as "installationId", n.evidence, n.status, n.provider_transaction as "providerTransaction",
             n.provider_reference as "providerReference", n.amount_minor as "amountMinor", n.currency, n.paid_at as "paidAt", n.payer,
             n.payer_name as "payerName", n.account_reference as "accountReference", n.failure, n.detail, n.received_at as "receivedAt",
             coalesce(n.intent_id, (select i.id from payment_intents i where i.installation_id = n.installation_id and i.provider_reference = n.provider_reference)) as "intentId"
        from payment_notices n where n.outcome is null ${only ? sql`and n.id = any(${[...only]}::uuid[])` : sql``} order by n.id limit ${limit} for update of n skip locked`
    return rows.map((row) => toWaiting(fromRow<Row>(row)))
  },

  async retry(id) {
    const rows =
      await sql`update payment_notices set outcome = null, processed_at = null where id = ${id} and outcome = 'parked' returning id`
    return rows.length === 1
  },

  async finish(ends, now) {
    if (ends.length === 0) return
    await sql`
      update payment_notices n set outcome = r.outcome, payment_id = r.payment_id, processed_at = ${now}
        from ${rowsOf(
          sql,
          ends.map(({ id, outcome, paymentId }) => ({ id, outcome, paymentId })),
          { id: 'uuid', outcome: 'text', paymentId: 'uuid' },
        )} where n.id = r.id`
  },
})

function toWaiting({
  id,
  installationId,
  intentId,
  receivedAt,
  status,
  amountMinor,
  currency,
  providerTransaction,
  paidAt,
  failure,
  detail,
  ...origin
}: Row): WaitingNotice {
  const common = { id, installationId, ...(intentId === undefined ? {} : { intentId }), receivedAt }
  if (status === 'failed') {
    const unnamed: PaymentFailure = { code: '', class: 'technical', message: 'the provider gave no reason' }
    return { ...common, notice: { ...origin, status, failure: failure ?? unnamed } }
  }
  if (status !== 'succeeded') return { ...common, notice: { ...origin, status, detail: detail ?? '' } }
  return {
    ...common,
    notice: {
      ...origin,
      status,
      ...(providerTransaction === undefined ? {} : { providerTransaction }),
      ...(amountMinor === undefined || currency === undefined ? {} : { amount: { amountMinor, currency } }),
      ...(paidAt === undefined ? {} : { paidAt }),
    },
  }
}
