import type { Currency } from '@nyuzi/core'
import type { TimelineReading } from '../../flows/readings/ports.ts'
import { html, type Markup } from './markup.ts'
import { amount, civilDay, reasonWord, stateWord, type Times } from './words.ts'

type Said = {
  readonly mark: 'owed' | 'paid' | 'told' | 'switched' | 'staff'
  readonly what: Markup | string
  readonly proof?: Markup | string | undefined
}
type Facts = TimelineReading['facts']

const words: Readonly<Record<TimelineReading['kind'], (facts: Facts) => Said>> = {
  invoice_issued: (f) => ({
    mark: 'owed',
    what: html`${kindWord(f)} <strong class="number">${text(f['number'])}</strong> of <strong class="number">${sum(f)}</strong>, due ${civilDay(text(f['dueOn']))}`,
    proof: `${text(f['status'])}, issued ${civilDay(text(f['issuedOn']))}`,
  }),
  credit_issued: (f) => ({
    mark: 'paid',
    what: html`${kindWord(f)} <strong class="number">${text(f['number'])}</strong> of <strong class="number">${sum(f)}</strong>`,
    proof: text(f['reason']),
  }),
  payment_received: (f) => ({
    mark: 'paid',
    what: html`<strong class="number">${sum(f)}</strong> received${f['matchRule'] === null ? '' : `, ${matched[text(f['matchRule'])] ?? text(f['matchRule'])}`}`,
    proof: [
      text(f['receipt']),
      evidence[text(f['evidence'])] ?? text(f['evidence']),
      f['recordedBy'] === null ? '' : `recorded by ${text(f['recordedBy'])}`,
    ]
      .filter((part) => part !== '')
      .join(' · '),
  }),
  prompt: (f) => ({
    mark: 'paid',
    what: html`${prompts[text(f['to'])] ?? `Prompt ${text(f['to'])}`}: <strong class="number">${sum(f)}</strong>`,
    proof: [text(f['detail']), text(f['reference'])].filter((part) => part !== '').join(' · '),
  }),
  message: (f) => ({
    mark: 'told',
    what: html`${f['text'] === null ? (kinds[text(f['kind'])] ?? text(f['kind']).replaceAll('_', ' ')) : html`<q>${text(f['text'])}</q>`}`,
    proof: `${text(f['channel'])} ${text(f['status'])}${f['reason'] === null ? '' : `: ${text(f['reason'])}`}`,
  }),
  access_wanted: (f) => ({
    mark: 'switched',
    what: html`The books want the line <strong>${state(f)}</strong>${because(f)}`,
    proof: `${text(f['username'])}, version ${text(f['version'])}`,
  }),
  access_applied: (f) => ({
    mark: 'switched',
    what:
      f['outcome'] === 'drift'
        ? html`The line was not as the books say on its router, and was put right: <strong>${state(f)}</strong>`
        : html`The router reports the line <strong>${state(f)}</strong>${because(f)}`,
    proof: text(f['proof']),
  }),
  staff_action: (f) => ({
    mark: 'staff',
    what: actions[text(f['action'])] ?? text(f['action']).replace(/[._]/g, ' '),
    proof: text(f['actor']),
  }),
}

export function timelineItem(one: TimelineReading, times: Times): Markup {
  const { mark, what, proof } = words[one.kind](one.facts)
  return html`<li class="moment moment-${mark}"><time class="dim number">${times.moment(one.at)}</time><div><p>${what}</p>${proof === undefined || proof === '' ? '' : html`<p class="proof">${proof}</p>`}</div></li>`
}

const matched: Readonly<Record<string, string>> = {
  intent: 'answering our own prompt',
  account_number: 'found by account number',
  phone_as_reference: 'found by the phone they typed',
  payer_phone: 'found by the phone that paid',
}
const evidence: Readonly<Record<string, string>> = {
  callback: 'told by the provider',
  query: 'the provider said so when asked',
  list: "in the provider's list",
  statement: "in the provider's statement",
  manual: 'entered by staff',
}
const prompts: Readonly<Record<string, string>> = {
  created: 'Prompt asked for',
  dispatching: 'Prompt on its way',
  pending: 'Prompt on the phone',
  unknown: 'Nobody can say yet what became of the prompt',
  succeeded: 'Prompt paid',
  failed: 'Prompt failed',
  cancelled: 'Prompt declined',
  expired: 'Prompt ran out',
}
const kinds: Readonly<Record<string, string>> = {
  invoice_before_due: 'Reminder before the due day',
  invoice_due: 'Reminder on the due day',
  invoice_overdue: 'Reminder after the due day',
  suspended: 'Told that the line is off',
  renewal_due: 'Reminder to renew',
  expired: 'Told that the paid days are over',
  receipt: 'Receipt',
}
const actions: Readonly<Record<string, string>> = {
  'subscriber.create': 'Subscriber taken on',
  'subscription.create': 'Subscription begun',
  'subscription.cancel': 'Subscription cancelled',
  'subscription.change_plan': 'Plan changed',
  'subscription.withdraw_change': 'Change of plan withdrawn',
  'subscription.pause': 'Subscription paused',
  'subscription.resume': 'Subscription resumed',
  'service.create': 'Line made',
  'service.reapply': 'Line compared with its router',
  'service.hold': 'Line held or opened by hand',
}

const text = (value: string | number | null | undefined): string => (value === null || value === undefined ? '' : String(value))
const sum = (facts: Facts): string => amount(BigInt(text(facts['amountMinor'])), text(facts['currency']) as Currency)
const state = (facts: Facts): string => stateWord(text(facts['state']) as 'active').toLowerCase()
function because(facts: Facts): string {
  const word = reasonWord(text(facts['reason']))
  return word === '' ? '' : `, ${word}`
}

/** `credit_note` → `Credit note`. */
function kindWord(f: Facts): string {
  const words = text(f['kind']).replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
