import type { InvoiceId, OrganisationId } from '@nyuzi/core'
import { changeDebt } from '../change-debt.ts'
import type { Idempotent } from '../idempotency.ts'
import type { Deps } from '../ports.ts'
import { applyCredit } from '../steps/apply-credit.ts'
import { freeCredit } from './free-credit.ts'
import { lockClaim, mustBe } from './lock-claim.ts'
import type { InvoiceChange } from './void-invoice.ts'

/** Sets money that came after all against a claim that was given up. What is open comes first. */
export const recoverInvoice = (
  deps: Deps,
  organisationId: OrganisationId,
  input: InvoiceChange,
): Promise<Idempotent<{ invoiceId: InvoiceId }>> =>
  changeDebt(deps, organisationId, input, async ({ tx, today }) => {
    const { invoiceId, reason } = input
    const claim = await lockClaim(tx, invoiceId)
    mustBe(claim, 'uncollectible')
    const { subscriberId, number, currency } = claim
    await freeCredit(deps, tx, subscriberId, { amountMinor: 1n, currency }, today)
    await applyCredit(deps, tx, [subscriberId], today, { writtenOff: await tx.claims.writtenOff([invoiceId]) })
    return {
      result: { invoiceId },
      subscriberIds: [subscriberId],
      audit: { action: 'invoice.recover', subjectNoun: 'invoice', subjectId: invoiceId, detail: { number, reason } },
    }
  })
