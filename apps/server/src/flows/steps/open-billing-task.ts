import type { Instant, SubscriptionId } from '@nyuzi/core'
import type { Transaction } from '../ports.ts'

/** The step that tells a person which subscription was put aside, and why. */
export async function openBillingTask(tx: Transaction, id: SubscriptionId, reason: string, at: Instant): Promise<void> {
  const title = `This subscription could not be billed: ${reason}`
  await tx.tasks.open({ kind: 'billing_parked', subjectNoun: 'subscription', subjectId: id, title, at })
}
