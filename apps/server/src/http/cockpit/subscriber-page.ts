import { type SubscriberId, showId } from '@nyuzi/core'
import type { LineInList, SubscriberInList } from '../../flows/cockpit/ports.ts'
import { amountToPay } from '../../flows/payments/amount-to-pay.ts'
import type { Transaction } from '../../flows/ports.ts'
import type { InvoiceReading, TimelineReading } from '../../flows/readings/ports.ts'
import { html, type Markup } from './markup.ts'
import { balance } from './subscriber-list.ts'
import { timelineItem } from './timeline-words.ts'
import { amount, chip, civilDate, civilDay, clock, lineChips, stateWord, type Times } from './words.ts'

export type SubscriberView = {
  readonly row: SubscriberInList
  readonly invoices: readonly InvoiceReading[]
  readonly timeline: readonly TimelineReading[]
  /** To be asked for today. */
  readonly toPayMinor: bigint
}

export async function readSubscriber(tx: Transaction, id: SubscriberId, now: Date): Promise<SubscriberView | undefined> {
  const [row] = await tx.cockpit.subscribersOf([id])
  if (!row) return undefined
  const invoices = await tx.readings.invoices({ subscriberId: id, limit: 12 })
  const timeline = await tx.readings.timeline(id, { limit: 60 })
  const toPayMinor = (await amountToPay(tx, id, now))?.amountMinor ?? 0n
  return { row, invoices, timeline, toPayMinor }
}

/** The parts of the page that move, by the id of their element. */
export function subscriberRegions({ row, invoices, timeline, toPayMinor }: SubscriberView, times: Times): ReadonlyMap<string, Markup> {
  return new Map([
    ['clock', clock(times)],
    ['who', who(row, toPayMinor)],
    ['lines', lines(row.lines)],
    ['invoices', invoiceList(invoices)],
    ['timeline', timelineList(timeline, times)],
  ])
}

export const subscriberPage = (regions: ReadonlyMap<string, Markup>): Markup =>
  html`<p class="back"><a href="/">← Cockpit</a></p>
${regions.get('who')}
<div class="columns"><div class="column">${regions.get('timeline')}</div><div class="column column-side">${regions.get('lines')}${regions.get('invoices')}</div></div>`

function who(
  { id, name, accountNumber, branch, phone, plan, currency, owedMinor, creditMinor, dueOn, status }: SubscriberInList,
  toPayMinor: bigint,
): Markup {
  return html`<section id="who" class="who-card"><div><h1>${name}</h1><p class="dim"><span class="number">${accountNumber}</span> · ${branch}${phone === null ? '' : html` · <span class="number">${phone}</span>`}${plan === null ? '' : ` · ${plan}`}${status === 'active' ? '' : ` · ${status}`}</p><p class="dim small number">${showId('subscriber', id)}</p></div>
<dl class="facts"><div><dt>Balance</dt><dd class="figure">${balance(owedMinor, creditMinor, currency)}</dd></div><div><dt>To pay</dt><dd class="figure">${toPayMinor === 0n ? html`<span class="dim">nothing</span>` : amount(toPayMinor, currency)}</dd></div><div><dt>Oldest debt due</dt><dd class="figure">${dueOn === null ? html`<span class="dim">none</span>` : civilDate(dueOn)}</dd></div></dl></section>`
}

const lines = (all: readonly LineInList[]): Markup =>
  html`<section id="lines" class="panel"><div class="panel-head"><h2>Lines</h2></div>${
    all.length === 0
      ? html`<p class="empty">No line is installed.</p>`
      : html`<ul class="stack">${all.map(
          (
            line,
          ) => html`<li class="item"><p class="item-head"><strong class="number">${line.username}</strong><span>${lineChips(line)}</span></p>
<p class="dim">Wanted ${stateWord(line.wanted).toLowerCase()} · seen ${line.observed === null ? 'not yet' : stateWord(line.observed).toLowerCase()}</p>${line.lastError === null || line.status === 'in_sync' ? '' : html`<p class="late">${line.lastError}</p>`}</li>`,
        )}</ul>`
  }</section>`

function invoiceList(invoices: readonly InvoiceReading[]): Markup {
  return html`<section id="invoices" class="panel"><div class="panel-head"><h2>Invoices</h2></div>${
    invoices.length === 0
      ? html`<p class="empty">Nothing was invoiced yet.</p>`
      : html`<div class="scroll"><table><thead><tr><th>Number</th><th>Due</th><th class="right">Total</th><th></th></tr></thead><tbody>${invoices.map(invoiceRow)}</tbody></table></div>`
  }</section>`
}

function invoiceRow({ number, dueOn, totalMinor, allocatedMinor, currency, status }: InvoiceReading): Markup {
  const open = amount(totalMinor - allocatedMinor, currency)
  const state =
    status === 'paid'
      ? chip('good', 'paid')
      : allocatedMinor > 0n
        ? chip('warm', `${open} left`)
        : chip(status === 'open' ? 'busy' : 'idle', status)
  return html`<tr><td class="number">${number}</td><td class="number">${civilDay(dueOn)}</td><td class="right number">${amount(totalMinor, currency)}</td><td class="right">${state}</td></tr>`
}

const timelineList = (timeline: readonly TimelineReading[], times: Times): Markup =>
  html`<section id="timeline" class="panel"><div class="panel-head"><h2>Timeline</h2><p class="legend"><span class="key key-owed">owed</span><span class="key key-paid">paid</span><span class="key key-told">told</span><span class="key key-switched">switched</span></p></div>${
    timeline.length === 0
      ? html`<p class="empty">Nothing happened yet.</p>`
      : html`<ol class="timeline">${timeline.map((one) => timelineItem(one, times))}</ol>`
  }</section>`
