import { z } from '@hono/zod-openapi'
import { maskPhone, type PayerIdentity, secondsBetween } from '@nyuzi/core'
import type {
  AllocationReading,
  CandidateReading,
  EntryReading,
  IntentMoveReading,
  IntentReading,
  NoticeReading,
  PaymentReading,
} from '../../flows/readings/ports.ts'
import { entryOut, toApiEntry } from './ledger.ts'
import { amountOf, dateOut, idIn, idOut, instantIn, instantOut, line, moneyIn, moneyOut } from './primitives.ts'

export const allocationOut = z.object({
  payment: idOut('payment').nullable().openapi({ description: 'Null when a credit settled it' }),
  credit: idOut('credit').nullable(),
  creditNumber: z.string().nullable(),
  invoice: idOut('invoice'),
  invoiceNumber: z.string(),
  receipt: z.string().nullable(),
  amount: moneyOut,
  at: instantOut,
})

export const toApiAllocation =
  (currency: PaymentReading['currency']) =>
  ({ paymentId, creditId, creditNumber, invoiceId, invoiceNumber, providerTransaction, amountMinor, createdAt }: AllocationReading) => ({
    payment: paymentId,
    credit: creditId,
    creditNumber,
    invoice: invoiceId,
    invoiceNumber,
    receipt: providerTransaction,
    amount: amountOf(amountMinor, currency),
    at: createdAt,
  })

const fields = {
  id: idOut('payment'),
  source: z.string().openapi({ description: '`provider`, `manual`, or `withholding`: a certificate of the state' }),
  installation: idOut('installation').nullable(),
  branch: idOut('branch').nullable(),
  receipt: z.string().nullable().openapi({ description: "The provider's transaction, or the reference that staff recorded" }),
  intent: idOut('intent').nullable(),
  amount: moneyOut,
  allocated: moneyOut,
  status: z.string().openapi({ description: '`matched` or `unmatched` (in suspense)' }),
  subscriber: idOut('subscriber').nullable(),
  subscriberName: z.string().nullable(),
  accountNumber: z.string().nullable(),
  matchRule: z.string().nullable(),
  suspenseReason: z.string().nullable(),
  reference: z.string().nullable().openapi({ description: 'What the payer typed' }),
  payer: z.string().nullable().openapi({ description: 'The number that paid, as far as the provider shows it' }),
  payerName: z.string().nullable(),
  evidence: z.string(),
  paidAt: instantOut,
  receivedAt: instantOut,
  recordedAt: instantOut,
  recordedBy: z.string().nullable(),
  resolvedAt: instantOut.nullable(),
  resolvedBy: z.string().nullable(),
  receiptNumber: z
    .string()
    .nullable()
    .openapi({ description: 'Of the receipt that we issued; null until it is first asked for', example: 'NRB-RC-000001' }),
  receiptIssuedOn: dateOut.nullable(),
}

const noticeOut = z.object({
  id: idOut('notice'),
  evidence: z.string(),
  status: z.string(),
  receipt: z.string().nullable(),
  amount: moneyOut.nullable(),
  detail: z.string().nullable(),
  receivedAt: instantOut,
  outcome: z.string().nullable(),
})

const candidateOut = z.object({
  subscriber: idOut('subscriber'),
  name: z.string(),
  accountNumber: z.string(),
  score: z.number(),
  reasons: z.array(z.string()).readonly(),
})

export const paymentOut = z.object(fields).openapi('Payment')
export const paymentWithProofOut = z
  .object({
    ...fields,
    allocations: z.array(allocationOut),
    notices: z.array(noticeOut).openapi({ description: 'What providers said of it, and how well proven' }),
    entries: z.array(entryOut).openapi({ description: 'How it stands in the ledger' }),
  })
  .openapi('PaymentWithProof')
export const suspenseOut = z
  .object({
    ...fields,
    ageSeconds: z.number().int(),
    candidates: z.array(candidateOut).openapi({ description: 'The likeliest owners first' }),
  })
  .openapi('Suspense')

const payerText = (payer: PayerIdentity): string | null => {
  if (payer.kind === 'clear') return payer.phone
  if (payer.kind === 'masked') return payer.pattern
  return payer.kind === 'hashed' ? `sha256:${payer.sha256.slice(0, 12)}` : null
}

export const toApiPayment = (payment: PaymentReading) => ({
  ...payment,
  installation: payment.installationId,
  branch: payment.branchId,
  receipt: payment.providerTransaction,
  intent: payment.intentId,
  amount: amountOf(payment.amountMinor, payment.currency),
  allocated: amountOf(payment.allocatedMinor, payment.currency),
  subscriber: payment.subscriberId,
  reference: payment.accountReference,
  payer: payerText(payment.payer),
})

type WithProof = PaymentReading & {
  readonly allocations: readonly AllocationReading[]
  readonly notices: readonly NoticeReading[]
  readonly entries: readonly EntryReading[]
}

export const toApiPaymentWithProof = (payment: WithProof) => ({
  ...toApiPayment(payment),
  allocations: payment.allocations.map(toApiAllocation(payment.currency)),
  notices: payment.notices.map((notice) => ({
    ...notice,
    receipt: notice.providerTransaction,
    amount: notice.amountMinor === null ? null : amountOf(notice.amountMinor, notice.currency ?? payment.currency),
  })),
  entries: payment.entries.map(toApiEntry),
})

export const toApiSuspense = (now: Date) => (payment: PaymentReading & { readonly candidates: readonly CandidateReading[] }) => ({
  ...toApiPayment(payment),
  ageSeconds: Math.max(0, Math.floor(secondsBetween(payment.receivedAt, now))),
  candidates: payment.candidates.map(({ subscriberId, ...candidate }) => ({ ...candidate, subscriber: subscriberId })),
})

export const manualPaymentIn = z.strictObject({
  branch: idIn('branch'),
  subscriber: idIn('subscriber'),
  amount: moneyIn,
  reference: line(60).openapi({
    description: 'The number on the receipt or bank slip: unique in the branch, so that cash typed twice is taken once',
  }),
  paidAt: instantIn.optional().openapi({ description: 'Default: now' }),
})

export const resolveIn = z.strictObject({ subscriber: idIn('subscriber') })

export const intentIn = z.strictObject({
  subscriber: idIn('subscriber'),
  amount: moneyIn.optional().openapi({ description: 'Default: all that is open' }),
  phone: line(30).optional().openapi({ description: "Default: the subscriber's" }),
  installation: idIn('installation').optional().openapi({ description: 'Default: the oldest that can prompt' }),
})

const intentFields = {
  id: idOut('intent'),
  installation: idOut('installation'),
  subscriber: idOut('subscriber'),
  amount: moneyOut,
  prompted: moneyOut.openapi({ description: 'What the payer is asked for: whole units where the provider takes no cents' }),
  phone: z.string().openapi({ description: 'Masked' }),
  reference: z.string(),
  status: z.string(),
  providerReference: z.string().nullable(),
  requestedAt: instantOut,
  lookUpAttempts: z.number().int(),
  nextLookUpAt: instantOut.nullable(),
  failure: z.object({ code: z.string(), class: z.string(), message: z.string() }).nullable(),
  payment: idOut('payment').nullable(),
}
const moveOut = z.object({ from: z.string().nullable(), to: z.string(), evidence: z.string(), detail: z.string(), at: instantOut })

export const intentOut = z.object(intentFields).openapi('PaymentIntent')
export const intentWithMovesOut = z.object({ ...intentFields, moves: z.array(moveOut) }).openapi('PaymentIntentWithMoves')

export const toApiIntent = (intent: IntentReading) => ({
  ...intent,
  installation: intent.installationId,
  subscriber: intent.subscriberId,
  amount: amountOf(intent.amountMinor, intent.currency),
  prompted: amountOf(intent.promptMinor, intent.currency),
  phone: maskPhone(intent.phone),
  reference: intent.accountReference,
  failure:
    intent.failureCode === null
      ? null
      : { code: intent.failureCode, class: intent.failureClass ?? 'technical', message: intent.failureMessage ?? '' },
  payment: intent.paymentId,
})

export const toApiIntentWithMoves = (intent: IntentReading & { readonly moves: readonly IntentMoveReading[] }) => ({
  ...toApiIntent(intent),
  moves: intent.moves.map(({ fromStatus, toStatus, ...move }) => ({ ...move, from: fromStatus, to: toStatus })),
})
