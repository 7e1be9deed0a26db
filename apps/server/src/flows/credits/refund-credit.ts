import { type BranchId, creditRefunded, type InvoiceId, type Money, type OrganisationId, type SubscriberId } from '@nyuzi/core'
import { changeDebt, lockForAmounts } from '../change-debt.ts'
import { NotFound } from '../errors.ts'
import type { Idempotent } from '../idempotency.ts'
import type { Deps, IdempotentRequest } from '../ports.ts'
import { applyCredit } from '../steps/apply-credit.ts'
import { issueClaims } from '../steps/issue-claims.ts'
import { freeCredit } from './free-credit.ts'

export type CreditRefund = {
  readonly subscriberId: SubscriberId
  /** Out of whose till it is paid. */
  readonly branchId: BranchId
  readonly amount: Money
  readonly reason: string
  readonly actor: string
  readonly idempotency?: IdempotentRequest<{ invoiceId: InvoiceId }>
}

/** Pays free credit out in cash: an overpayment, or a deposit that was released before. */
export const refundCredit = (
  deps: Deps,
  organisationId: OrganisationId,
  input: CreditRefund,
): Promise<Idempotent<{ invoiceId: InvoiceId }>> =>
  changeDebt(deps, organisationId, input, async ({ tx, today }) => {
    const { subscriberId, branchId, amount, reason } = input
    if (!(await tx.branches.has(branchId))) throw new NotFound('branch', 'branch')
    await lockForAmounts(tx, subscriberId, [amount])
    await freeCredit(deps, tx, subscriberId, amount, today)
    const [claim] = await issueClaims(deps, tx, [
      {
        kind: 'refund',
        subscriberId,
        charges: [{ description: { kind: 'refund' }, category: 'refund', taxClass: 'exempt', pricing: 'inclusive', amount }],
        issuedOn: today,
        dueOn: today,
        entryOf: (made) => creditRefunded(made, branchId),
      },
    ])
    const invoiceId = claim?.id as InvoiceId
    await applyCredit(deps, tx, [subscriberId], today, { claims: [invoiceId] })
    return {
      result: { invoiceId },
      subscriberIds: [subscriberId],
      audit: { action: 'credit.refund', subjectNoun: 'invoice', subjectId: invoiceId, detail: { number: claim?.number, branchId, reason } },
    }
  })
