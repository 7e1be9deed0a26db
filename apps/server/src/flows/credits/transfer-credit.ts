import {
  asId,
  type CreditId,
  creditTransferred,
  issueCredit,
  type Money,
  type OrganisationId,
  type SubscriberId,
  seriesOf,
} from '@nyuzi/core'
import { changeDebt, checkAmount } from '../change-debt.ts'
import { InvalidInput, NotFound } from '../errors.ts'
import type { Idempotent } from '../idempotency.ts'
import type { Deps, IdempotentRequest, Transaction } from '../ports.ts'
import { applyCredit } from '../steps/apply-credit.ts'
import { issueClaims } from '../steps/issue-claims.ts'
import { numberDocuments } from '../steps/number-documents.ts'
import { freeCredit } from './free-credit.ts'

export type CreditTransfer = {
  readonly from: SubscriberId
  readonly to: SubscriberId
  readonly amount: Money
  readonly reason: string
  readonly actor: string
  readonly idempotency?: IdempotentRequest<{ creditId: CreditId }>
}

/** Moves free credit from one subscriber to another: a claim on the first that its credit settles, and a credit of the second. */
export const transferCredit = (
  deps: Deps,
  organisationId: OrganisationId,
  input: CreditTransfer,
): Promise<Idempotent<{ creditId: CreditId }>> =>
  changeDebt(deps, organisationId, input, async ({ tx, now, today }) => {
    const { from, to, amount, reason } = input
    if (from === to) {
      throw new InvalidInput('invalid_input', 'Credit goes to another subscriber.', {
        errors: [{ field: 'to', rule: 'another', fix: 'Name another subscriber than the one it comes from.' }],
      })
    }
    const known = await tx.billing.lockSubscribers([from, to])
    for (const [id, field] of [[from, 'from'] as const, [to, 'to'] as const]) if (!known.has(id)) throw new NotFound('subscriber', field)
    for (const id of [from, to]) checkAmount(known.get(id) ?? amount.currency, amount)
    await freeCredit(deps, tx, from, amount, today)
    const [giver, taker] = [await accountOf(tx, from), await accountOf(tx, to)]
    const [claim] = await issueClaims(deps, tx, [
      {
        kind: 'transfer_out',
        subscriberId: from,
        charges: [
          { description: { kind: 'transfer', account: taker }, category: 'transfer', taxClass: 'exempt', pricing: 'inclusive', amount },
        ],
        issuedOn: today,
        dueOn: today,
        entryOf: (made) => creditTransferred(made, to),
      },
    ])
    await applyCredit(deps, tx, [from], today, { claims: claim ? [claim.id] : [] })
    const series = seriesOf((await tx.credits.branchCodes([to])).get(to) ?? '', 'transfer_in')
    const next = await numberDocuments(tx, [series])
    const credit = issueCredit(
      {
        id: asId('credit', deps.ids.next()),
        kind: 'transfer_in',
        subscriberId: to,
        total: amount,
        issuedOn: today,
        reason: `Credit of account ${giver} (${claim?.number})`,
      },
      next(series),
    )
    await tx.credits.add([credit], now)
    await applyCredit(deps, tx, [to], today)
    return {
      result: { creditId: credit.id },
      subscriberIds: [from, to],
      audit: {
        action: 'credit.transfer',
        subjectNoun: 'credit',
        subjectId: credit.id,
        detail: { from, to, claim: claim?.number, credit: credit.number, reason },
      },
    }
  })

const accountOf = async (tx: Transaction, id: SubscriberId): Promise<string> => (await tx.readings.subscriber(id))?.accountNumber ?? ''
