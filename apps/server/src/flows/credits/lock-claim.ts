import type { InvoiceId } from '@nyuzi/core'
import { Conflict, NotFound } from '../errors.ts'
import type { Transaction } from '../ports.ts'
import type { Claim } from './ports.ts'

/** A claim as it stands while its subscriber is locked, and so nothing of it moves. */
export async function lockClaim(tx: Transaction, invoiceId: InvoiceId): Promise<Claim> {
  const known = await tx.claims.read(invoiceId)
  if (!known) throw new NotFound('invoice', 'invoice')
  await tx.billing.lockSubscribers([known.subscriberId])
  return (await tx.claims.read(invoiceId)) ?? known
}

export function mustBe(claim: Claim, status: Claim['status']): void {
  if (claim.status === status) return
  if (claim.status === 'void') throw new Conflict('claim_void', `${claim.number} is void.`)
  throw new Conflict('claim_settled', `${claim.number} is ${claim.status}, not ${status}.`)
}
