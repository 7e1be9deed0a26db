import type { BranchId, Currency, Instant, OrganisationId } from '@nyuzi/core'
import type { OrganisationPolicy } from '../ports.ts'

export type NewOrganisation = {
  readonly id: OrganisationId
  readonly slug: string
  readonly name: string
  readonly country: string
  readonly currency: Currency
  readonly timeZone: string
  readonly language: string
  readonly policy: OrganisationPolicy
  readonly accountPrefix: string
  readonly createdAt: Instant
}

export type OrganisationsStore = {
  /** False when another organisation of this server has the slug. */
  add(organisation: NewOrganisation): Promise<boolean>
  change(changes: { readonly name?: string; readonly policy?: OrganisationPolicy }): Promise<void>
  /** The next number of the organisation's counter; the counter stays locked until the commit. */
  takeAccountSequence(): Promise<{ readonly sequence: bigint; readonly prefix: string }>
}

export type BranchStore = {
  /** False when the code is taken. */
  add(branch: { readonly id: BranchId; readonly code: string; readonly name: string; readonly createdAt: Instant }): Promise<boolean>
  has(id: BranchId): Promise<boolean>
}
