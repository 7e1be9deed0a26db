import type { Money } from '../money/money.ts'
import type { Phone } from '../subscribers/phone.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { Instant } from '../time/instant.ts'
import type { BandedAmount, BandTotal } from './fiscal-bands.ts'
import type { TaxClass } from './rule.ts'

/** A way to have documents signed by the tax authority. */
export interface FiscalDevice {
  /**
   * Names the count at the authority from which the numbers are taken, e.g. one of a taxpayer and branch. Devices of one
   * counter take turns: a number is handed out again until the authority has taken a document under it.
   */
  readonly counter: string
  /** Documents issued on this day and after are signed; absent, those issued since the device was installed. */
  readonly from?: CivilDate
  /**
   * The whole request, ready to be handed in as often as it takes; the host keeps it. Pure: calls nothing, reads no clock,
   * holds no secret. Throws ProviderRefused, naming the field, where data break a rule of the authority.
   */
  prepare(document: FiscalDocument, number: bigint): string
  /**
   * Hands a request in, for the first time or again. Throws ProviderRefused when this document cannot be taken (its number
   * is then free), ProviderMisconfigured when none can until a person acted, ProviderUnavailable when nothing was sent,
   * ProviderUnclear when it may have been taken: the host then repeats the same request.
   */
  sign(request: string): Promise<FiscalAnswer>
}

export type FiscalDocument = {
  /** Ours, as printed. */
  readonly number: string
  readonly issuedOn: CivilDate
  readonly issuedAt: Instant
  readonly seller: { readonly name: string; readonly addressLines: readonly string[] }
  readonly buyer: { readonly name: string; readonly taxPin?: string; readonly phone?: Phone }
  readonly lines: readonly FiscalLine[]
  readonly bands: readonly BandTotal[]
  readonly total: Money
} & (
  | { readonly kind: 'sale' }
  /** Amounts are of more than nothing, as on our credit note. `original`: the number under which the authority took the document it corrects. */
  | { readonly kind: 'credit'; readonly original: bigint }
)

export type FiscalLine = BandedAmount & {
  readonly description: string
  readonly taxClass: TaxClass
  readonly total: Money
}

export type FiscalAnswer =
  /** `answer`: as it came, for the archive. */
  | { readonly outcome: 'signed'; readonly proof: FiscalProof; readonly answer: string }
  /** An earlier try was taken, and the authority does not say its signature again. */
  | { readonly outcome: 'taken_earlier'; readonly answer: string }
  /** The authority counts otherwise: it expects this number next. Nothing was taken. */
  | { readonly outcome: 'renumber'; readonly expected: bigint; readonly reason: string }

/** What proves to anyone that the authority has taken a document. */
export type FiscalProof = {
  /** The number under which the authority knows it. */
  readonly number: string
  readonly device: string
  /** Where anyone verifies it: the text of the QR code. */
  readonly url: string
  readonly signedAt: Instant
  /** What else the authority wants printed, in its own words and order. */
  readonly details: readonly { readonly label: string; readonly value: string }[]
}
