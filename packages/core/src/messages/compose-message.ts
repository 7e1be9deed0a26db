import { formatMoney, type Money, negate } from '../money/money.ts'
import type { Language } from '../subscribers/subscriber.ts'
import { addDays, type CivilDate } from '../time/calendar.ts'
import { formatDay } from '../time/format-date.ts'
import { septetsMax, toGsm7 } from './gsm7.ts'

export const messageKinds = [
  'invoice_before_due',
  'invoice_due',
  'invoice_overdue',
  'renewal_due',
  'expired',
  'suspended',
  'receipt',
] as const
export type MessageKind = (typeof messageKinds)[number]

export type MessageFacts = {
  readonly organisationName: string
  readonly subscriberName: string
  readonly accountNumber: string
  /** `Paybill 400123` */
  readonly payTo?: string
  /** What is open, what is missing to renew, or what was received. */
  readonly amount: Money
  /** Of a renewal, the first day that is not paid for. */
  readonly dueOn?: CivilDate
  /** The first day on which the line is off. */
  readonly suspendsOn?: CivilDate
  readonly invoiceNumbers?: readonly string[]
  /** Of the lines it is about, where it is about more than the only one of the subscriber. */
  readonly lineNames?: readonly string[]
  readonly receipt?: string
  /** Above zero the subscriber owes, below zero they have credit. */
  readonly balance?: Money
  readonly lineState?: 'on' | 'coming_on' | 'off'
}

/** A sentence, or nothing where its fact is missing; those that may go are dropped when the text is too long for one part, the last first. */
type Sentence = { readonly text: string; readonly mayGo?: boolean } | undefined
/** Bangla letters are none of GSM-7: a text of them would cost two or three parts, so such subscribers are told in English. */
const spokenIn = (language: Language): SpokenLanguage => (language === 'bn' ? 'en' : language)
type SpokenLanguage = Exclude<Language, 'bn'>
type Phrases = Readonly<Record<MessageKind, (facts: Spoken) => readonly Sentence[]>>

/** Plain GSM-7 text that aims at one part, with the first name only: it lies open on a locked screen. */
export function composeMessage(kind: MessageKind, facts: MessageFacts, language: Language): string {
  const sentences = phrases[spokenIn(language)][kind](speak(facts, spokenIn(language))).filter((sentence) => sentence !== undefined)
  return toText(shortened(sentences))
}

function shortened(sentences: readonly { readonly text: string; readonly mayGo?: boolean }[]): typeof sentences {
  const last = sentences.map(({ mayGo }) => mayGo).lastIndexOf(true)
  return last < 0 || toText(sentences).length <= septetsMax ? sentences : shortened(sentences.filter((_, index) => index !== last))
}

const toText = (sentences: readonly { readonly text: string }[]): string => plain(sentences.map(({ text }) => text).join(' '))

/** A sign that the table lacks leaves no hole behind. */
const plain = (text: string): string => toGsm7(text).replace(/ {2,}/g, ' ').trim()

type Spoken = ReturnType<typeof speak>

function speak(facts: MessageFacts, language: SpokenLanguage) {
  const {
    organisationName,
    subscriberName,
    accountNumber,
    payTo,
    amount,
    dueOn,
    suspendsOn,
    invoiceNumbers = [],
    lineNames = [],
    receipt,
    balance,
    lineState,
  } = facts
  return {
    organisation: plain(organisationName),
    firstName: plain(subscriberName).split(' ')[0]?.slice(0, 20) ?? '',
    account: accountNumber,
    payTo: payTo?.trim(),
    amount: formatMoney(amount),
    dueOn: dueOn && formatDay(dueOn, language),
    /** The last paid day of what is to be renewed. */
    dayBefore: dueOn && formatDay(addDays(dueOn, -1), language),
    suspendsOn: suspendsOn && formatDay(suspendsOn, language),
    invoices: invoiceNumbers,
    /** More than one, where it is about several. */
    lines: lineNames.length > 1 ? lineNames.length : 1,
    lineNames: listed(lineNames.map(plain).filter((name) => name !== '')),
    receipt,
    owes: balance && balance.amountMinor > 0n ? formatMoney(balance) : undefined,
    credit: balance && balance.amountMinor < 0n ? formatMoney(negate(balance)) : undefined,
    even: balance?.amountMinor === 0n,
    lineState,
  }
}

const listedMax = 40

/** `a, b`; those that would make it long are only counted: `a, b +3`. */
function listed(names: readonly string[]): string {
  const shown = names.filter((_, index) => names.slice(0, index + 1).join(', ').length <= listedMax)
  return shown.length === names.length ? shown.join(', ') : `${shown.join(', ')} +${names.length - shown.length}`.trim()
}

const said = (text: string): Sentence => ({ text })
const extra = (text: string): Sentence => ({ text, mayGo: true })
/** `John, ` or nothing for a subscriber without a name. */
const to = ({ firstName }: Spoken): string => (firstName === '' ? '' : `${firstName}, `)

const payEn = ({ payTo, account }: Spoken): string => (payTo ? `Pay ${payTo}, account ${account}.` : `Account ${account}.`)
const paySw = ({ payTo, account }: Spoken): string => (payTo ? `Lipa kwa ${payTo}, akaunti ${account}.` : `Akaunti ${account}.`)

const phrases: Readonly<Record<SpokenLanguage, Phrases>> = {
  en: {
    invoice_before_due: (f) => [
      said(`${to(f)}${f.amount} for ${f.organisation} is due${f.dueOn ? ` on ${f.dueOn}` : ' soon'}.`),
      said(payEn(f)),
      f.invoices.length > 0 ? extra(`${f.invoices.length > 1 ? 'Invoices' : 'Invoice'} ${listed(f.invoices)}.`) : undefined,
    ],
    invoice_due: (f) => [
      said(`${to(f)}${f.amount} for ${f.organisation} is due${f.dueOn ? ` ${f.dueOn}` : ' now'}.`),
      said(payEn(f)),
      f.suspendsOn ? extra(`Unpaid, the line stops on ${f.suspendsOn}.`) : undefined,
    ],
    invoice_overdue: (f) => [
      said(`${to(f)}${f.amount} for ${f.organisation} is overdue${f.dueOn ? ` since ${f.dueOn}` : ''}.`),
      said(payEn(f)),
      f.suspendsOn ? said(`Unpaid, the line stops on ${f.suspendsOn}.`) : undefined,
    ],
    renewal_due: (f) => [
      said(`${to(f)}your ${linesEn(f)} ${f.lines > 1 ? 'need' : 'needs'} ${f.amount}${f.dueOn ? ` by ${f.dueOn}` : ' soon'} to go on.`),
      said(payEn(f)),
      namesEn(f),
      extra(f.lines > 1 ? 'They go on by themselves once paid.' : 'It goes on by itself once paid.'),
    ],
    expired: (f) => [
      said(`${to(f)}your paid time at ${f.organisation} ${f.dayBefore ? `ended on ${f.dayBefore}` : 'is over'}.`),
      said(`Pay ${f.amount}${f.payTo ? ` to ${f.payTo}` : ''}, account ${f.account}.`),
      namesEn(f),
      f.lineState === 'off'
        ? extra(f.lines > 1 ? 'The lines come back by themselves once paid.' : 'The line comes back by itself once paid.')
        : undefined,
    ],
    suspended: (f) => [
      said(`${to(f)}your ${linesEn(f)} ${f.lines > 1 ? 'are' : 'is'} paused: ${f.amount} is unpaid.`),
      said(payEn(f)),
      namesEn(f),
      extra(f.lines > 1 ? 'They come back by themselves once paid.' : 'It comes back by itself once paid.'),
    ],
    receipt: (f) => [
      said(`${to(f)}${f.organisation} received ${f.amount}${f.receipt ? `, receipt ${f.receipt}` : ''}.`),
      extra(`Account ${f.account}.`),
      balanceEn(f),
      lineEn(f),
    ],
  },
  sw: {
    invoice_before_due: (f) => [
      said(`${to(f)}${f.amount} ya ${f.organisation} inatakiwa${f.dueOn ? ` kulipwa kufikia ${f.dueOn}` : ' kulipwa hivi karibuni'}.`),
      said(paySw(f)),
      f.invoices.length > 0 ? extra(`Ankara ${listed(f.invoices)}.`) : undefined,
    ],
    invoice_due: (f) => [
      said(`${to(f)}${f.amount} ya ${f.organisation} inatakiwa kulipwa${f.dueOn ? ` ${f.dueOn}` : ' sasa'}.`),
      said(paySw(f)),
      f.suspendsOn ? extra(`Isipolipwa, huduma itasimama ${f.suspendsOn}.`) : undefined,
    ],
    invoice_overdue: (f) => [
      said(`${to(f)}${f.amount} ya ${f.organisation} haijalipwa${f.dueOn ? ` tangu ${f.dueOn}` : ''}.`),
      said(paySw(f)),
      f.suspendsOn ? said(`Isipolipwa, huduma itasimama ${f.suspendsOn}.`) : undefined,
    ],
    renewal_due: (f) => [
      said(
        `${to(f)}${linesSw(f)} ${f.lines > 1 ? 'zinahitaji' : 'inahitaji'} ${f.amount}${f.dueOn ? ` kufikia ${f.dueOn}` : ' hivi karibuni'} ${f.lines > 1 ? 'ziendelee' : 'iendelee'}.`,
      ),
      said(paySw(f)),
      namesSw(f),
      extra(f.lines > 1 ? 'Zitaendelea zenyewe ukilipa.' : 'Itaendelea yenyewe ukilipa.'),
    ],
    expired: (f) => [
      said(`${to(f)}muda uliolipia ${f.organisation} ${f.dayBefore ? `uliisha ${f.dayBefore}` : 'umeisha'}.`),
      said(`Lipa ${f.amount}${f.payTo ? ` kwa ${f.payTo}` : ''}, akaunti ${f.account}.`),
      namesSw(f),
      f.lineState === 'off' ? extra(f.lines > 1 ? 'Huduma zitarudi zenyewe ukilipa.' : 'Huduma itarudi yenyewe ukilipa.') : undefined,
    ],
    suspended: (f) => [
      said(`${to(f)}${linesSw(f)} ${f.lines > 1 ? 'zimesimama' : 'imesimama'}: ${f.amount} haijalipwa.`),
      said(paySw(f)),
      namesSw(f),
      extra(f.lines > 1 ? 'Zitarudi zenyewe ukilipa.' : 'Itarudi yenyewe ukilipa.'),
    ],
    receipt: (f) => [
      said(`${to(f)}${f.organisation} imepokea ${f.amount}${f.receipt ? `, risiti ${f.receipt}` : ''}.`),
      extra(`Akaunti ${f.account}.`),
      balanceSw(f),
      lineSw(f),
    ],
  },
}

/** `Kilimani Net line`, `3 Kilimani Net lines` */
const linesEn = ({ lines, organisation }: Spoken): string => (lines > 1 ? `${lines} ${organisation} lines` : `${organisation} line`)
const linesSw = ({ lines, organisation }: Spoken): string =>
  lines > 1 ? `huduma zako ${lines} za ${organisation}` : `huduma yako ya ${organisation}`
const namesEn = ({ lines, lineNames }: Spoken): Sentence =>
  lineNames === '' ? undefined : extra(`${lines > 1 ? 'Lines' : 'Line'} ${lineNames}.`)
const namesSw = ({ lineNames }: Spoken): Sentence => (lineNames === '' ? undefined : extra(`Laini ${lineNames}.`))

function balanceEn({ owes, credit, even }: Spoken): Sentence {
  if (owes) return said(`Still to pay: ${owes}.`)
  if (credit) return said(`Credit: ${credit}.`)
  return even ? extra('All is paid.') : undefined
}

function balanceSw({ owes, credit, even }: Spoken): Sentence {
  if (owes) return said(`Bado unadaiwa: ${owes}.`)
  if (credit) return said(`Salio la ziada: ${credit}.`)
  return even ? extra('Umelipa yote.') : undefined
}

function lineEn({ lineState }: Spoken): Sentence {
  if (lineState === undefined) return undefined
  return said({ on: 'Your line is on.', coming_on: 'Your line comes on shortly.', off: 'Your line is still off.' }[lineState])
}

function lineSw({ lineState }: Spoken): Sentence {
  if (lineState === undefined) return undefined
  return said({ on: 'Huduma iko hewani.', coming_on: 'Huduma inarudi hivi punde.', off: 'Huduma bado imesimama.' }[lineState])
}
