import { type CivilDate, depositClaimed, type InvoiceId, type Money, type OrganisationId, type SubscriberId, written } from '@nyuzi/core'
import { changeDebt, lockForAmounts } from '../change-debt.ts'
import type { Idempotent } from '../idempotency.ts'
import type { Deps, IdempotentRequest } from '../ports.ts'
import { applyCredit } from '../steps/apply-credit.ts'
import { issueClaims } from '../steps/issue-claims.ts'

export type NewDeposit = {
  readonly subscriberId: SubscriberId
  readonly amount: Money
  /** For what it is held, as it will stand on the claim. */
  readonly description: string
  /** Default: today. */
  readonly dueOn?: CivilDate
  readonly actor: string
  readonly idempotency?: IdempotentRequest<{ invoiceId: InvoiceId }>
}

/** Asks for a deposit. It is owed like any claim, and held as soon as money or credit has settled it. */
export const takeDeposit = (deps: Deps, organisationId: OrganisationId, input: NewDeposit): Promise<Idempotent<{ invoiceId: InvoiceId }>> =>
  changeDebt(deps, organisationId, input, async ({ tx, today }) => {
    const { subscriberId, amount, description, dueOn = today } = input
    await lockForAmounts(tx, subscriberId, [amount])
    const [claim] = await issueClaims(deps, tx, [
      {
        kind: 'deposit',
        subscriberId,
        charges: [{ description: written(description), category: 'deposit', taxClass: 'exempt', pricing: 'inclusive', amount }],
        issuedOn: today,
        dueOn: dueOn < today ? today : dueOn,
        entryOf: depositClaimed,
      },
    ])
    await applyCredit(deps, tx, [subscriberId], today)
    const invoiceId = claim?.id as InvoiceId
    return {
      result: { invoiceId },
      subscriberIds: [subscriberId],
      audit: { action: 'deposit.take', subjectNoun: 'invoice', subjectId: invoiceId, detail: { number: claim?.number, description } },
    }
  })
