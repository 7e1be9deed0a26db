import { asId, type Instant, type InvoiceId, invariant, invoiceVoided, type OrganisationId } from '@nyuzi/core'
import { changeDebt } from '../change-debt.ts'
import { Conflict } from '../errors.ts'
import type { Idempotent } from '../idempotency.ts'
import type { Deps, IdempotentRequest, Transaction } from '../ports.ts'
import { rechargeDays } from '../steps/recharge-days.ts'
import { stopDeferred } from '../steps/stop-deferred.ts'
import { lockClaim, mustBe } from './lock-claim.ts'
import type { Claim } from './ports.ts'

export type InvoiceChange = {
  readonly invoiceId: InvoiceId
  readonly reason: string
  readonly actor: string
  readonly idempotency?: IdempotentRequest<{ invoiceId: InvoiceId }>
}

export type VoidInvoice = InvoiceChange & {
  /** Whether the run of the day charges its days and its use again. Default: no, they were charged by mistake. */
  readonly recharge?: boolean
}

/** Undoes a claim that should never have been made. Its number stays, its days are free. */
export const voidInvoice = (
  deps: Deps,
  organisationId: OrganisationId,
  input: VoidInvoice,
): Promise<Idempotent<{ invoiceId: InvoiceId }>> =>
  changeDebt(deps, organisationId, input, async ({ tx, now, organisation, today }) => {
    const { invoiceId, reason, recharge = false } = input
    const claim = await lockClaim(tx, invoiceId)
    mustBe(claim, 'open')
    if (claim.allocatedMinor > 0n || claim.credited) {
      throw new Conflict('claim_settled', `${claim.number} is settled in part: credit what is left of it instead.`)
    }
    if (await tx.fiscal.isDeclared(invoiceId))
      throw new Conflict('claim_declared', `${claim.number} is declared to the tax authority, which forgets nothing: credit it instead.`)
    await withdrawSold(tx, claim, now)
    const issued = await tx.claims.entry(invoiceId)
    invariant(issued !== undefined, `${claim.number} is in the ledger`)
    const withdrawn = await stopDeferred(tx, invoiceId, today)
    await tx.ledger.record(
      [invoiceVoided(issued, today), ...withdrawn].map((entry) => ({ id: asId('entry', deps.ids.next()), entry })),
      now,
    )
    await tx.claims.setStatus(invoiceId, 'void')
    if (recharge) await rechargeDays(tx, organisation, claim, today)
    const { number } = claim
    return {
      result: { invoiceId },
      subscriberIds: [claim.subscriberId],
      audit: { action: 'invoice.void', subjectNoun: 'invoice', subjectId: invoiceId, detail: { number, reason, recharge } },
    }
  })

/** What was sold with the claim goes with it. What was used was delivered, so it stays claimed. */
async function withdrawSold(tx: Transaction, { id, number }: Claim, at: Instant): Promise<void> {
  const sold = await tx.usage.lockSold(id)
  const used = sold.find(({ usedUnits }) => usedUnits > 0n)
  if (used !== undefined)
    throw new Conflict(
      'allowance_used',
      `${used.usedUnits} ${used.unit} of ${used.title}, which ${number} sold, are used. Credit what you do not want to claim of it instead.`,
    )
  await tx.usage.withdrawAllowances(
    sold.map((allowance) => allowance.id),
    at,
  )
}
