import type { Language } from '../subscribers/subscriber.ts'
import { addDays, type CivilDate } from '../time/calendar.ts'
import { formatDate } from '../time/format-date.ts'
import type { Period } from '../time/period.ts'

/**
 * What a line is for, as data: `describeLine` makes the words, in the language of whoever reads them. Titles and texts that a
 * person wrote stay as they were written. Its category and its days stand on the line itself.
 */
export type LineDescription = (
  | { readonly kind: 'plan'; readonly phase?: string }
  /** Both ends as clocks show them where the organisation is. */
  | { readonly kind: 'pass'; readonly unit: 'minute' | 'hour'; readonly count: number; readonly from: ClockTime; readonly until: ClockTime }
  | { readonly kind: 'extra'; readonly title: string }
  /** `late`: reported when its period was charged already. */
  | { readonly kind: 'usage'; readonly title: string; readonly units: string; readonly unit: string; readonly late?: true }
  | { readonly kind: 'late_fee'; readonly number: number; readonly claim: string; readonly working: string }
  | { readonly kind: 'refund' }
  | { readonly kind: 'transfer'; readonly account: string }
  | { readonly kind: 'written'; readonly text: string }
) & {
  /** For whom a parent pays. */
  readonly onBehalfOf?: string
}

/** A day and what clocks show on it: `23:05`. */
export type ClockTime = { readonly on: CivilDate; readonly at: string }

/** As a person wrote it. */
export const written = (text: string): LineDescription => ({ kind: 'written', text })

export type DescribedLine = { readonly description: LineDescription; readonly category: string; readonly period?: Period | undefined }

/** `Internet (First month), 1 Jun 2026 to 30 Jun 2026 (Kamau Otieno)` */
export function describeLine({ description, category, period }: DescribedLine, language: Language): string {
  const what = whatOf(description, category, language)
  const days = period === undefined || !forDays.has(description.kind) ? '' : `, ${spanText(period, language)}`
  return `${what}${days}${description.onBehalfOf === undefined ? '' : ` (${description.onBehalfOf})`}`
}

/** What is charged once, or written by a person, names no days. */
const forDays: ReadonlySet<LineDescription['kind']> = new Set(['plan', 'extra', 'usage'])

function whatOf(description: LineDescription, category: string, language: Language): string {
  const words = phrases[language]
  switch (description.kind) {
    case 'plan': {
      const title = words.categories[category] ?? category
      return description.phase === undefined ? title : `${title} (${description.phase})`
    }
    case 'pass': {
      const { unit, count, from, until } = description
      const end = from.on === until.on ? until.at : timeText(until, language)
      return `${words.categories[category] ?? category}, ${words.length(unit, count)}, ${words.days(timeText(from, language), end)}`
    }
    case 'extra':
      return description.title
    case 'usage':
      return `${description.title}${description.late ? ` (${words.late})` : ''}, ${description.units} ${description.unit}`
    case 'late_fee':
      return `${words.lateFee(description.number, description.claim)}: ${description.working}`
    case 'refund':
      return words.refund
    case 'transfer':
      return words.transfer(description.account)
    case 'written':
      return description.text
  }
}

const timeText = ({ on, at }: ClockTime, language: Language): string => `${formatDate(on, language)} ${at}`

const spanText = ({ start, end }: Period, language: Language): string =>
  phrases[language].days(formatDate(start, language), formatDate(addDays(end, -1), language))

/** Why the engine itself takes days back. A person gives any other reason, which prints as it was written. */
export const creditReasons = { planChange: 'Change of plan', cancellation: 'Cancellation', pause: 'Days of a pause' } as const
export type CreditReason = (typeof creditReasons)[keyof typeof creditReasons]

export const reasonText = (reason: string, language: Language): string => phrases[language].reasons[reason] ?? reason

type Phrases = {
  readonly categories: Readonly<Record<string, string>>
  readonly days: (first: string, last: string) => string
  readonly length: (unit: 'minute' | 'hour', count: number) => string
  readonly late: string
  readonly lateFee: (number: number, claim: string) => string
  readonly refund: string
  readonly transfer: (account: string) => string
  readonly reasons: Readonly<Record<string, string>>
}

const phrases: Readonly<Record<Language, Phrases>> = {
  en: {
    categories: { internet: 'Internet' },
    days: (first, last) => `${first} to ${last}`,
    length: (unit, count) => `${count} ${unit}${count === 1 ? '' : 's'}`,
    late: 'reported late',
    lateFee: (number, claim) => `Late fee ${number} on ${claim}`,
    refund: 'Credit paid out in cash',
    transfer: (account) => `Credit to account ${account}`,
    reasons: {},
  },
  sw: {
    categories: { internet: 'Intaneti' },
    days: (first, last) => `${first} hadi ${last}`,
    length: (unit, count) => `${unit === 'hour' ? 'saa' : 'dakika'} ${count}`,
    late: 'imeripotiwa baadaye',
    lateFee: (number, claim) => `Ada ${number} ya kuchelewa kulipa ${claim}`,
    refund: 'Salio lililorudishwa kwa fedha taslimu',
    transfer: (account) => `Salio kwa akaunti ${account}`,
    reasons: {
      'Change of plan': 'Mabadiliko ya kifurushi',
      Cancellation: 'Huduma imesitishwa',
      'Days of a pause': 'Siku ambazo huduma ilisimamishwa',
    } satisfies Record<CreditReason, string>,
  },
  bn: {
    categories: { internet: 'ইন্টারনেট' },
    days: (first, last) => `${first} থেকে ${last}`,
    length: (unit, count) => `${count} ${unit === 'hour' ? 'ঘণ্টা' : 'মিনিট'}`,
    late: 'পরে জানানো',
    lateFee: (number, claim) => `${claim}-এর বিলম্ব ফি ${number}`,
    refund: 'নগদে ফেরত দেওয়া জমা',
    transfer: (account) => `হিসাব ${account}-এ জমা স্থানান্তর`,
    reasons: {
      'Change of plan': 'প্যাকেজ পরিবর্তন',
      Cancellation: 'সংযোগ বাতিল',
      'Days of a pause': 'সংযোগ স্থগিত থাকার দিন',
    } satisfies Record<CreditReason, string>,
  },
}
