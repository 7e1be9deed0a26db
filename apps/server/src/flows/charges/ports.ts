import type { ChargeId, CivilDate, Instant, OneTimeCharge, SubscriberId } from '@nyuzi/core'

export type NewOneTimeCharge = OneTimeCharge & { readonly subscriberId: SubscriberId; readonly invoiceOn: CivilDate }

/** A charge that is on no invoice yet, with who pays it. */
export type WaitingCharge = {
  readonly charge: OneTimeCharge
  readonly payerId: SubscriberId
  /** Of the payer's branch. */
  readonly series: string
  readonly invoiceOn: CivilDate
}

export type ChargeStore = {
  add(charge: NewOneTimeCharge, at: Instant): Promise<void>
  /** Of these payers, the oldest first. */
  waiting(payerIds: readonly SubscriberId[]): Promise<readonly WaitingCharge[]>
  subscriberOf(id: ChargeId): Promise<SubscriberId | undefined>
  /** False when it waits no more. */
  withdraw(id: ChargeId, withdrawal: { readonly on: CivilDate; readonly reason: string }): Promise<boolean>
  invoiced(ids: readonly ChargeId[], on: CivilDate): Promise<void>
}
