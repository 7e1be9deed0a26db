import type { BranchId, SubscriberId } from '../ids.ts'
import type { Currency } from '../money/currency.ts'
import type { Phone } from './phone.ts'

/** Languages that documents are written in, and messages where their letters fit into one part. */
export const languages = ['en', 'sw', 'bn'] as const
export type Language = (typeof languages)[number]

/** Who pays. One person or firm at one branch, known to the world by the account number. */
export type Subscriber = {
  readonly id: SubscriberId
  readonly branchId: BranchId
  readonly accountNumber: string
  readonly name: string
  readonly phone?: Phone
  readonly email?: string
  /** As it is printed on documents. */
  readonly addressLines?: readonly string[]
  /** A firm's number with the tax authority. */
  readonly taxPin?: string
  /** `home`, `business`: the organisation's own word for its kind. */
  readonly segment: string
  readonly language: Language
  /** Of all that it is charged and pays; it never changes. */
  readonly currency: Currency
  /** ISO 3166 code, which says how phone numbers are read: `KE`. */
  readonly country: string
}
