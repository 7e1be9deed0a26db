import {
  asId,
  civilDateAt,
  type Instant,
  type InvoiceId,
  type Money,
  money,
  type OrganisationId,
  type PaymentId,
  paymentReceived,
} from '@nyuzi/core'
import { changeDebt, checkAmount } from '../change-debt.ts'
import { Conflict, InvalidInput } from '../errors.ts'
import type { Idempotent } from '../idempotency.ts'
import type { Deps, IdempotentRequest } from '../ports.ts'
import { lockClaim, mustBe } from './lock-claim.ts'

export type WithholdingCertificate = {
  readonly invoiceId: InvoiceId
  /** The number on the certificate: unique, so one that is typed twice settles once. */
  readonly certificate: string
  readonly amount: Money
  /** When it was made out. */
  readonly certifiedAt: Instant
  readonly actor: string
  readonly idempotency?: IdempotentRequest<{ paymentId: PaymentId }>
}

/** The payer kept tax back and brought the state's certificate for it: that settles the claim like money, which the state owes us. */
export const settleWithholding = (
  deps: Deps,
  organisationId: OrganisationId,
  input: WithholdingCertificate,
): Promise<Idempotent<{ paymentId: PaymentId }>> =>
  changeDebt(deps, organisationId, input, async ({ tx, now, organisation, today }) => {
    const { invoiceId, amount, certifiedAt, actor } = input
    const effectiveOn = civilDateAt(certifiedAt, organisation.timeZone)
    if (effectiveOn > today) {
      throw new InvalidInput('invalid_input', 'A certificate cannot be of a day that is still to come.', {
        errors: [{ field: 'certifiedAt', rule: 'not_in_future', fix: 'Send when it was made out, or leave it out for now.' }],
      })
    }
    const claim = await lockClaim(tx, invoiceId)
    mustBe(claim, 'open')
    checkAmount(claim.currency, amount)
    if (amount.amountMinor > claim.openMinor) {
      const open = money(claim.openMinor, claim.currency)
      throw new Conflict(
        'withheld_exceeds_open',
        `${claim.number} has ${open.amountMinor} open in the smallest unit: no more was withheld of it.`,
      )
    }
    const paymentId = asId('payment', deps.ids.next())
    const { subscriberId } = claim
    const certificate = input.certificate.trim().toUpperCase()
    const written = await tx.payments.addNew([
      {
        id: paymentId,
        source: 'withholding',
        providerTransaction: certificate,
        amountMinor: amount.amountMinor,
        currency: amount.currency,
        subscriberId,
        candidates: [],
        payer: { kind: 'absent' },
        evidence: 'statement',
        paidAt: certifiedAt,
        receivedAt: now,
        recordedAt: now,
        recordedBy: actor,
      },
    ])
    if (!written.has(paymentId)) throw new Conflict('payment_reference_taken', `Certificate ${certificate} was recorded before.`)
    const place = { kind: 'withholding_receivable', subscriberId } as const
    const entry = paymentReceived({ paymentId, place, subscriberId, amount, allocatedMinor: amount.amountMinor, effectiveOn })
    await tx.ledger.record([{ id: asId('entry', deps.ids.next()), entry }], now)
    await tx.payments.addAllocations([{ paymentId, invoiceId, amountMinor: amount.amountMinor, effectiveOn }], now)
    return {
      result: { paymentId },
      subscriberIds: [subscriberId],
      audit: {
        action: 'withholding.settle',
        subjectNoun: 'payment',
        subjectId: paymentId,
        detail: { certificate, invoice: claim.number },
      },
    }
  })
