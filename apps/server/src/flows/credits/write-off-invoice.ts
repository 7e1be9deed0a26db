import { asId, type InvoiceId, money, type OrganisationId, writtenOff } from '@nyuzi/core'
import { changeDebt } from '../change-debt.ts'
import type { Idempotent } from '../idempotency.ts'
import type { Deps } from '../ports.ts'
import { lockClaim, mustBe } from './lock-claim.ts'
import type { InvoiceChange } from './void-invoice.ts'

/** Gives up what is still open on a claim: it cuts nobody off any more, and no money is set against it by itself. */
export const writeOffInvoice = (
  deps: Deps,
  organisationId: OrganisationId,
  input: InvoiceChange,
): Promise<Idempotent<{ invoiceId: InvoiceId }>> =>
  changeDebt(deps, organisationId, input, async ({ tx, now, today }) => {
    const { invoiceId, reason } = input
    const claim = await lockClaim(tx, invoiceId)
    mustBe(claim, 'open')
    const { subscriberId, kind, number } = claim
    const amount = money(claim.openMinor, claim.currency)
    const entry = writtenOff({ subscriberId, kind, invoiceId, amount, effectiveOn: today })
    await tx.ledger.record([{ id: asId('entry', deps.ids.next()), entry }], now)
    await tx.claims.setStatus(invoiceId, 'uncollectible')
    const detail = { number, amountMinor: amount.amountMinor.toString(), reason }
    return {
      result: { invoiceId },
      subscriberIds: [subscriberId],
      audit: { action: 'invoice.write_off', subjectNoun: 'invoice', subjectId: invoiceId, detail },
    }
  })
