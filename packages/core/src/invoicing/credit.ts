import type { CreditId, InvoiceId, SubscriberId, SubscriptionId } from '../ids.ts'
import type { Currency } from '../money/currency.ts'
import { add, type Money, zero } from '../money/money.ts'
import { invariant } from '../outcome.ts'
import type { TaxAmount } from '../tax/compute-tax.ts'
import type { TaxClass } from '../tax/rule.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { Period } from '../time/period.ts'
import { invoiceNumber } from './numbering.ts'

/**
 * Why a subscriber has something to set against claims, other than a payment. `credit_note` takes back what a line
 * claimed; `transfer_in` came from another subscriber, `deposit_release` from what was held; `reward` and `goodwill` are given.
 */
export const creditKinds = ['credit_note', 'transfer_in', 'deposit_release', 'reward', 'goodwill'] as const
export type CreditKind = (typeof creditKinds)[number]

/** A part of one line of a claim that is claimed no longer. */
export type CreditLine = {
  /** From 1. */
  readonly position: number
  readonly invoiceId: InvoiceId
  readonly linePosition: number
  /** The days that are not charged any more; absent where only an amount is given back. */
  readonly days?: Period
  readonly subscriptionId?: SubscriptionId
  readonly category: string
  readonly taxClass: TaxClass
  /** Of the line that is credited. */
  readonly taxPoint: CivilDate
  readonly net: Money
  readonly taxes: readonly TaxAmount[]
  readonly total: Money
  readonly arithmetic: string
}

export type Credit = {
  readonly id: CreditId
  readonly kind: CreditKind
  readonly subscriberId: SubscriberId
  readonly series: string
  readonly sequence: bigint
  /** `NRB-CN-000001` */
  readonly number: string
  readonly currency: Currency
  /** Only a credit note has lines. */
  readonly lines: readonly CreditLine[]
  readonly total: Money
  readonly issuedOn: CivilDate
  readonly reason: string
}

/** Gives a credit note its number; from then on it does not change. Days that were worth less than half a cent credit nothing. */
export function issueCreditNote(
  note: Pick<Credit, 'id' | 'subscriberId' | 'currency' | 'issuedOn' | 'reason'> & {
    readonly lines: readonly Omit<CreditLine, 'position'>[]
  },
  numbering: { readonly series: string; readonly sequence: bigint },
): Credit {
  const lines = note.lines.map((line, index) => ({ ...line, position: index + 1 }))
  invariant(lines.length > 0, 'a credit note names the lines it credits')
  invariant(lines.every(addsUp), 'a credited line is its net and its taxes, none below nothing')
  const total = lines.reduce((sum, line) => add(sum, line.total), zero(note.currency))
  const { series, sequence } = numbering
  return { ...note, kind: 'credit_note', lines, total, series, sequence, number: invoiceNumber(series, sequence) }
}

/** Gives any other credit its number. */
export function issueCredit(
  credit: Pick<Credit, 'id' | 'subscriberId' | 'issuedOn' | 'reason' | 'total'> & { readonly kind: Exclude<CreditKind, 'credit_note'> },
  numbering: { readonly series: string; readonly sequence: bigint },
): Credit {
  invariant(credit.total.amountMinor > 0n, 'a credit is of more than nothing')
  const { series, sequence } = numbering
  return { ...credit, currency: credit.total.currency, lines: [], series, sequence, number: invoiceNumber(series, sequence) }
}

const addsUp = ({ net, taxes, total }: CreditLine): boolean =>
  net.amountMinor >= 0n &&
  taxes.every(({ amountMinor }) => amountMinor >= 0n) &&
  taxes.reduce((sum, { amountMinor }) => sum + amountMinor, net.amountMinor) === total.amountMinor
