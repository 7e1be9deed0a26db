import { z } from '@hono/zod-openapi'
import { type CreditId, creditKinds, type InvoiceId, type PaymentId, written } from '@nyuzi/core'
import { grantCredit } from '../../flows/credits/grant-credit.ts'
import { issueCreditNote } from '../../flows/credits/issue-credit-note.ts'
import { issueDebitNote } from '../../flows/credits/issue-debit-note.ts'
import { recoverInvoice } from '../../flows/credits/recover-invoice.ts'
import { refundCredit } from '../../flows/credits/refund-credit.ts'
import { releaseDeposit } from '../../flows/credits/release-deposit.ts'
import { settleWithholding } from '../../flows/credits/settle-withholding.ts'
import { takeDeposit } from '../../flows/credits/take-deposit.ts'
import { transferCredit } from '../../flows/credits/transfer-credit.ts'
import { voidInvoice } from '../../flows/credits/void-invoice.ts'
import { writeOffInvoice } from '../../flows/credits/write-off-invoice.ts'
import { NotFound } from '../../flows/errors.ts'
import type { Transaction } from '../../flows/ports.ts'
import { fromPage, pageOf, pageQuery, toPage } from '../cursor.ts'
import { defined } from '../defined.ts'
import { type Endpoint, endpoint, found, moneyEndpoint } from '../endpoint.ts'
import type { ApiParts } from '../parts.ts'
import {
  certificateIn,
  creditNoteIn,
  creditOut,
  creditWithLinesOut,
  debitNoteIn,
  depositIn,
  grantIn,
  invoiceChangeIn,
  refundIn,
  releaseIn,
  toApiCredit,
  toApiCreditWithLines,
  transferIn,
  voidIn,
} from '../wire/credits.ts'
import { invoiceOut, invoiceWithLinesOut, toApiInvoice, toApiInvoiceWithLines } from '../wire/invoices.ts'
import { paymentWithProofOut, toApiPaymentWithProof } from '../wire/payments.ts'
import { idIn } from '../wire/primitives.ts'

export const creditRoutes = (parts: ApiParts): readonly Endpoint[] => [...credits(parts), ...claims(parts), ...ofInvoices(parts)]

const creditOf = async ({ creditId }: { creditId: CreditId }, tx: Transaction) =>
  toApiCreditWithLines(found(await tx.readings.credit(creditId), 'credit'))
const claimOf = async ({ invoiceId }: { invoiceId: InvoiceId }, tx: Transaction) =>
  toApiInvoiceWithLines(found(await tx.readings.invoice(invoiceId), 'invoice'))
const paymentOf = async ({ paymentId }: { paymentId: PaymentId }, tx: Transaction) =>
  toApiPaymentWithProof(found(await tx.readings.payment(paymentId), 'payment'))

function credits(parts: ApiParts): readonly Endpoint[] {
  const { store } = parts
  return [
    endpoint({
      method: 'get',
      path: '/v1/credits',
      permission: 'read',
      tag: 'Credits',
      summary: 'Credits of every kind',
      query: { ...pageQuery, kind: z.enum(creditKinds).optional(), subscriber: idIn('subscriber').optional() },
      answer: pageOf(creditOut),
      async handle({ principal, query }) {
        const filters = defined({ kind: query.kind, subscriberId: query.subscriber })
        const rows = await store.inOrganisation(principal.organisationId, (tx) =>
          tx.readings.credits({ ...toPage('credits', query), ...filters }),
        )
        return fromPage('credits', query.limit, rows.map(toApiCredit), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/credits/{credit}',
      permission: 'read',
      tag: 'Credits',
      summary: 'One credit with what it settled',
      params: { credit: 'credit' },
      answer: creditWithLinesOut,
      handle: ({ principal, params }) => store.inOrganisation(principal.organisationId, (tx) => creditOf({ creditId: params.credit }, tx)),
    }),
    moneyEndpoint({
      method: 'post',
      path: '/v1/credits',
      tag: 'Credits',
      summary: 'Give credit as a reward or for goodwill',
      description: 'It is our expense and changes no tax. What takes back a charge is a credit note.',
      body: grantIn,
      status: 201,
      answer: creditWithLinesOut,
      handle: ({ principal: { organisationId, actor }, body: { subscriber, ...body }, once }) =>
        grantCredit(parts, organisationId, { ...body, subscriberId: subscriber, actor, idempotency: once(creditOf) }),
    }),
    endpoint({
      method: 'get',
      path: '/v1/credit-notes',
      permission: 'read',
      tag: 'Credits',
      summary: 'Credit notes',
      query: { ...pageQuery, subscriber: idIn('subscriber').optional() },
      answer: pageOf(creditOut),
      async handle({ principal, query }) {
        const filters = defined({ subscriberId: query.subscriber })
        const rows = await store.inOrganisation(principal.organisationId, (tx) =>
          tx.readings.credits({ ...toPage('credit-notes', query), ...filters, kind: 'credit_note' }),
        )
        return fromPage('credit-notes', query.limit, rows.map(toApiCredit), ({ id }) => id)
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/credit-notes/{credit}',
      permission: 'read',
      tag: 'Credits',
      summary: 'One credit note with its arithmetic',
      params: { credit: 'credit' },
      answer: creditWithLinesOut,
      async handle({ principal, params }) {
        const note = await store.inOrganisation(principal.organisationId, (tx) => creditOf({ creditId: params.credit }, tx))
        if (note.kind !== 'credit_note') throw new NotFound('credit note')
        return note
      },
    }),
    moneyEndpoint({
      method: 'post',
      path: '/v1/credit-notes',
      tag: 'Credits',
      summary: 'Take back what an invoice claimed',
      description:
        'By days, by net amount, by total, or all that is left. Each line gives back the taxes it bore. Days that are credited may be charged again.',
      body: creditNoteIn,
      status: 201,
      answer: creditWithLinesOut,
      handle: ({ principal: { organisationId, actor }, body: { invoice, reason, lines }, once }) =>
        issueCreditNote(parts, organisationId, {
          invoiceId: invoice,
          reason,
          ...defined({ lines: lines?.map(({ position, ...part }) => ({ position, ...defined(part) })) }),
          actor,
          idempotency: once(creditOf),
        }),
    }),
    moneyEndpoint({
      method: 'post',
      path: '/v1/credit-transfers',
      tag: 'Credits',
      summary: 'Move free credit to another subscriber',
      description: 'What is open on either side is settled first. Answers with the credit of the subscriber it went to.',
      body: transferIn,
      status: 201,
      answer: creditWithLinesOut,
      handle: ({ principal: { organisationId, actor }, body, once }) =>
        transferCredit(parts, organisationId, { ...body, actor, idempotency: once(creditOf) }),
    }),
    moneyEndpoint({
      method: 'post',
      path: '/v1/deposit-releases',
      tag: 'Credits',
      summary: 'Give a subscriber what was held as deposit',
      description: 'It settles what is open; the rest is free credit, which may be refunded.',
      body: releaseIn,
      status: 201,
      answer: creditWithLinesOut,
      handle: ({ principal: { organisationId, actor }, body: { subscriber, ...body }, once }) =>
        releaseDeposit(parts, organisationId, { ...body, subscriberId: subscriber, actor, idempotency: once(creditOf) }),
    }),
  ]
}

function claims(parts: ApiParts): readonly Endpoint[] {
  const { store } = parts
  const listOf = (path: string, kind: 'debit_note' | 'deposit', summary: string) =>
    endpoint({
      method: 'get',
      path,
      permission: 'read',
      tag: 'Claims',
      summary,
      query: { ...pageQuery, subscriber: idIn('subscriber').optional() },
      answer: pageOf(invoiceOut),
      async handle({ principal, query }) {
        const filters = defined({ subscriberId: query.subscriber })
        const rows = await store.inOrganisation(principal.organisationId, (tx) =>
          tx.readings.invoices({ ...toPage(kind, query), ...filters, kind }),
        )
        return fromPage(kind, query.limit, rows.map(toApiInvoice), ({ id }) => id)
      },
    })
  return [
    listOf('/v1/debit-notes', 'debit_note', 'Debit notes'),
    moneyEndpoint({
      method: 'post',
      path: '/v1/debit-notes',
      tag: 'Claims',
      summary: 'Charge what no subscription asks for',
      description: 'With the taxes of today. Read it again as an invoice.',
      body: debitNoteIn,
      status: 201,
      answer: invoiceWithLinesOut,
      handle: ({ principal: { organisationId, actor }, body: { subscriber, lines, dueOn, reason }, once }) =>
        issueDebitNote(parts, organisationId, {
          subscriberId: subscriber,
          charges: lines.map(({ description, ...charge }) => ({ ...charge, description: written(description) })),
          reason,
          ...defined({ dueOn }),
          actor,
          idempotency: once(claimOf),
        }),
    }),
    listOf('/v1/deposits', 'deposit', 'Deposits that were asked for'),
    moneyEndpoint({
      method: 'post',
      path: '/v1/deposits',
      tag: 'Claims',
      summary: 'Ask for a deposit',
      description: 'Owed like any claim, and held once it is settled.',
      body: depositIn,
      status: 201,
      answer: invoiceWithLinesOut,
      handle: ({ principal: { organisationId, actor }, body: { subscriber, amount, description, dueOn }, once }) =>
        takeDeposit(parts, organisationId, {
          subscriberId: subscriber,
          amount,
          description,
          ...defined({ dueOn }),
          actor,
          idempotency: once(claimOf),
        }),
    }),
    moneyEndpoint({
      method: 'post',
      path: '/v1/credit-refunds',
      tag: 'Claims',
      summary: 'Pay free credit out in cash',
      body: refundIn,
      status: 201,
      answer: invoiceWithLinesOut,
      handle: ({ principal: { organisationId, actor }, body: { subscriber, branch, amount, reason }, once }) =>
        refundCredit(parts, organisationId, {
          subscriberId: subscriber,
          branchId: branch,
          amount,
          reason,
          actor,
          idempotency: once(claimOf),
        }),
    }),
  ]
}

function ofInvoices(parts: ApiParts): readonly Endpoint[] {
  const change = (verb: string, flow: typeof writeOffInvoice, summary: string, description: string) =>
    moneyEndpoint({
      method: 'post',
      path: `/v1/invoices/{invoice}/${verb}`,
      tag: 'Invoices',
      summary,
      description,
      params: { invoice: 'invoice' },
      body: invoiceChangeIn,
      answer: invoiceWithLinesOut,
      handle: ({ principal: { organisationId, actor }, params, body, once }) =>
        flow(parts, organisationId, { invoiceId: params.invoice, ...body, actor, idempotency: once(claimOf) }),
    })
  return [
    moneyEndpoint({
      method: 'post',
      path: '/v1/invoices/{invoice}/void',
      tag: 'Invoices',
      summary: 'Undo a claim that was a mistake',
      description:
        'Only while nothing of it is settled. Its days are not charged any more, unless `recharge` says so: correct first what was wrong (taxes, a discount, the payer), then void with it. What a person charged once is charged again by a person.',
      params: { invoice: 'invoice' },
      body: voidIn,
      answer: invoiceWithLinesOut,
      handle: ({ principal: { organisationId, actor }, params, body, once }) =>
        voidInvoice(parts, organisationId, { invoiceId: params.invoice, ...body, actor, idempotency: once(claimOf) }),
    }),
    change('write-off', writeOffInvoice, 'Give up what is open', 'It cuts nobody off any more, and no money is set against it by itself.'),
    change('recover', recoverInvoice, 'Settle what was given up after all', 'With free credit, once what is open is settled.'),
    moneyEndpoint({
      method: 'post',
      path: '/v1/invoices/{invoice}/withholding-certificates',
      tag: 'Invoices',
      summary: 'Settle with a certificate of tax that the payer withheld',
      description: 'The state owes us that part from then on.',
      params: { invoice: 'invoice' },
      body: certificateIn,
      status: 201,
      answer: paymentWithProofOut,
      handle: ({ principal: { organisationId, actor }, params, body: { certificate, amount, certifiedAt }, once }) =>
        settleWithholding(parts, organisationId, {
          invoiceId: params.invoice,
          certificate,
          amount,
          certifiedAt: certifiedAt ?? parts.clock.now(),
          actor,
          idempotency: once(paymentOf),
        }),
    }),
  ]
}
