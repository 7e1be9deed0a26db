import { type CivilDate, debitNoteIssued, type FreeCharge, type FreeClaim, type SubscriberId } from '@nyuzi/core'
import type { Deps, Organisation, Transaction } from '../ports.ts'
import { applyCredit } from './apply-credit.ts'
import { issueClaims } from './issue-claims.ts'
import { taxPacksOf } from './tax-packs.ts'

export type DebitNoteOrder = {
  readonly subscriberId: SubscriberId
  readonly charges: readonly FreeCharge[]
  readonly issuedOn: CivilDate
  readonly dueOn: CivilDate
}

/**
 * The step that charges what no subscription asks for (a late fee, a damaged router), with the taxes of the day, and
 * lets waiting credit settle it. The caller has locked the subscribers and ends with `wantAccess`.
 */
export async function issueDebitNotes(
  deps: Pick<Deps, 'ids' | 'clock'>,
  tx: Transaction,
  organisation: Organisation,
  orders: readonly DebitNoteOrder[],
): Promise<readonly FreeClaim[]> {
  const taxPackOf = await taxPacksOf(
    tx,
    organisation,
    orders.map(({ subscriberId }) => subscriberId),
  )
  const claims = await issueClaims(
    deps,
    tx,
    orders.map((order) => ({ ...order, kind: 'debit_note', taxPack: taxPackOf(order.subscriberId), entryOf: debitNoteIssued })),
  )
  const [first] = orders
  if (first) await applyCredit(deps, tx, [...new Set(orders.map(({ subscriberId }) => subscriberId))], first.issuedOn)
  return claims
}
