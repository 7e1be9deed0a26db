import { type AccessReason, type AccessState, type Currency, formatDate, formatDay, formatMoney, money, parseCivilDate } from '@nyuzi/core'
import type { LineInList } from '../../flows/cockpit/ports.ts'
import { html, type Markup } from './markup.ts'

export const amount = (amountMinor: bigint, currency: Currency): string => formatMoney(money(amountMinor, currency))

/** How the organisation's people tell time. */
export type Times = { time(at: Date): string; moment(at: Date): string; readonly now: string }

export function timesIn(timeZone: string, now: Date): Times {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', { timeZone, ...options })
  const clock = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' })
  const short = format({ hour: '2-digit', minute: '2-digit' })
  const date = format({ day: 'numeric', month: 'short' })
  const long = format({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
  const key = format({ day: 'numeric', month: 'numeric', year: 'numeric' })
  const isToday = (at: Date) => key.format(at) === key.format(now)
  return {
    time: (at) => (isToday(at) ? clock.format(at) : `${date.format(at)}, ${short.format(at)}`),
    moment: (at) => `${date.format(at)}, ${clock.format(at)}`,
    now: `${long.format(now)}, ${short.format(now)}`,
  }
}

export const clock = ({ now }: Times): Markup => html`<time id="clock" class="clock number">${now}</time>`

export function civilDay(date: string | null): string {
  const parsed = date === null ? undefined : parseCivilDate(date)
  return parsed === undefined ? '' : formatDay(parsed, 'en')
}

export function civilDate(date: string | null): string {
  const parsed = date === null ? undefined : parseCivilDate(date)
  return parsed === undefined ? '' : formatDate(parsed, 'en')
}

export const seconds = (value: number): string =>
  value < 10 ? `${value.toFixed(2)} s` : value < 120 ? `${Math.round(value)} s` : `${Math.round(value / 60)} min`

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`

export type Tone = 'good' | 'warm' | 'bad' | 'idle' | 'busy'

export const chip = (tone: Tone, text: string, title?: string): Markup =>
  html`<span class="chip chip-${tone}"${title === undefined ? '' : html` title="${title}"`}>${text}</span>`

const stateWords: Readonly<Record<AccessState, string>> = { active: 'On', limited: 'Slow', suspended: 'Off', closed: 'Closed' }
const reasonWords: Readonly<Record<AccessReason, string>> = {
  paid: '',
  in_grace: 'in grace',
  on_instalments: 'pays in instalments',
  in_overdraft: 'within its overdraft',
  below_minimum: 'owes less than the minimum',
  extended: 'promised to pay',
  cut_off_waits: 'cut-off waits for a working day',
  awaiting_approval: 'overdue, waits for approval',
  overdue: 'overdue',
  not_started: 'not started',
  expired: 'unpaid',
  cancelled: '',
  held: 'held by staff',
  opened: 'opened by staff',
  paused: 'paused',
}

export const stateWord = (state: AccessState): string => stateWords[state] ?? state
export const reasonWord = (reason: string): string => reasonWords[reason as AccessReason] ?? reason.replaceAll('_', ' ')

const drifts: Readonly<Record<string, string>> = {
  missing: 'the line was missing on its router',
  present: 'the line was still on its router',
  disabled: 'the line was switched by hand',
  profile: 'the line had another profile on its router',
}

/** What a plugin named as the difference; words of its own are shown as they are. */
export const driftWords = (differences: string | null): string =>
  drifts[differences ?? ''] ?? `the line differed on its router (${differences ?? 'no details'})`

const toneOf = (state: AccessState, reason: AccessReason): Tone =>
  state === 'closed' || reason === 'not_started'
    ? 'idle'
    : state === 'suspended'
      ? 'bad'
      : reason === 'in_grace' || reason === 'awaiting_approval' || state === 'limited'
        ? 'warm'
        : 'good'

const statusWords: Readonly<Record<string, string>> = {
  pending: 'switching',
  retrying: 'trying again',
  unreachable: 'router away',
  misconfigured: 'router needs settings',
  conflict: 'router refuses',
}

/** What the books want of a line, and beside it what the network was seen to do where that differs. */
export function lineChips({ wanted, reason, observed, status, lastError }: LineInList): Markup {
  const because = reasonWord(reason)
  const main = chip(toneOf(wanted, reason), because === '' ? stateWord(wanted) : `${stateWord(wanted)}, ${because}`)
  if (status === 'in_sync') return main
  const seen = observed === null ? 'not yet seen' : observed === wanted ? undefined : `seen ${stateWord(observed).toLowerCase()}`
  const word = statusWords[status] ?? status
  return html`${main} ${chip('busy', seen === undefined ? word : `${seen} · ${word}`, lastError ?? undefined)}`
}
