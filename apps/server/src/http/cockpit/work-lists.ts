import { showId } from '@nyuzi/core'
import type { Box, Happening } from '../../flows/cockpit/ports.ts'
import type { CandidateReading, PaymentReading, TaskReading } from '../../flows/readings/ports.ts'
import { html, type Markup } from './markup.ts'
import { amount, chip, driftWords, plural, reasonWord, seconds, stateWord, type Times } from './words.ts'

type InSuspense = PaymentReading & { readonly candidates: readonly CandidateReading[] }

const suspenseWords: Readonly<Record<string, string>> = {
  no_reference: 'no account number was typed',
  wrong_check_digit: 'the account number is mistyped',
  unknown_account: 'no subscriber has this account number',
  ambiguous: 'it fits more than one subscriber',
  closed_account: 'the subscriber is closed',
  other_currency: 'the account is in another currency',
}

const candidateWords: Readonly<Record<string, string>> = {
  account_number: 'same account number',
  phone_as_reference: 'typed their phone',
  near_account_number: 'account number one sign away',
  payer_phone: 'paid from their phone',
  payer_name: 'payer shares a name',
  payer_pattern: 'masked phone fits',
  open_amount: 'owes just this amount',
  closed: 'closed',
}

export function suspenseList(payments: readonly InSuspense[], total: number, mayResolve: boolean, times: Times): Markup {
  const items = payments.map((payment) => suspenseItem(payment, mayResolve, times))
  return html`<section id="suspense" class="panel" aria-label="Payments in suspense"><div class="panel-head"><h2>Suspense</h2>${total === 0 ? '' : chip('warm', String(total))}</div>
${payments.length === 0 ? html`<p class="empty">Every payment has its owner.</p>` : html`<ul class="stack">${items}</ul>`}</section>`
}

function suspenseItem(payment: InSuspense, mayResolve: boolean, times: Times): Markup {
  const { id, amountMinor, currency, accountReference, providerTransaction, payerName, receivedAt, suspenseReason, candidates } = payment
  return html`<li class="item"><p class="item-head"><strong class="number">${amount(amountMinor, currency)}</strong><span class="dim number">${providerTransaction ?? ''} · ${times.time(receivedAt)}</span></p>
<p>${payerName ?? 'Someone'} typed <q class="number">${accountReference ?? ''}</q>: ${suspenseWords[suspenseReason ?? ''] ?? suspenseReason}.</p>
${
  candidates.length === 0
    ? html`<p class="dim">Nobody looks like the owner. Ask the payer.</p>`
    : html`<ul class="candidates">${candidates.slice(0, 3).map((candidate) => candidateItem(id, candidate, mayResolve))}</ul>`
}</li>`
}

const candidateItem = (paymentId: string, { subscriberId, name, accountNumber, reasons }: CandidateReading, mayResolve: boolean): Markup =>
  html`<li><span><a href="/cockpit/subscribers/${showId('subscriber', subscriberId)}">${name}</a> <span class="dim number">${accountNumber}</span><br><span class="dim">${reasons.map((reason) => candidateWords[reason] ?? reason).join(', ')}</span></span>${
    mayResolve
      ? html`<form method="post" action="/cockpit/suspense/${showId('payment', paymentId)}" data-post><input type="hidden" name="subscriber" value="${showId('subscriber', subscriberId)}"><button class="button">Give to ${name.split(' ')[0]}</button></form>`
      : ''
  }</li>`

export function taskList(tasks: readonly TaskReading[], times: Times): Markup {
  if (tasks.length === 0) return html`<section id="tasks" hidden></section>`
  return html`<section id="tasks" class="panel" aria-label="Tasks"><div class="panel-head"><h2>Tasks</h2>${chip('warm', String(tasks.length))}</div>
<ul class="stack">${tasks.map(({ title, createdAt }) => html`<li class="item"><p>${title}</p><p class="dim">${times.time(createdAt)}</p></li>`)}</ul></section>`
}

export function boxList(boxes: readonly Box[], times: Times): Markup {
  return html`<section id="boxes" class="panel" aria-label="Routers and providers"><div class="panel-head"><h2>Routers and providers</h2></div>
${boxes.length === 0 ? html`<p class="empty">No plugin is installed yet.</p>` : html`<ul class="stack">${boxes.map((box) => boxItem(box, times))}</ul>`}</section>`
}

function boxItem({ name, pluginId, status, statusReason, lane, lines, linesOn, linesNotInSync, drifts }: Box, times: Times): Markup {
  const state =
    status !== 'active' ? chip('bad', 'paused', statusReason ?? undefined) : lane === null ? chip('good', 'ready') : laneChip(lane)
  const facts =
    lane === null
      ? html`${pluginId}${statusReason === null ? '' : `: ${statusReason}`}`
      : html`<span class="number">${linesOn} of ${lines}</span> lines on${linesNotInSync > 0 ? html` · <span class="late">${linesNotInSync} waiting</span>` : ''}${drifts > 0 ? html` · ${plural(drifts, 'drift')} repaired` : ''}${lane.lastSeenAt === null ? '' : html` · seen ${times.time(lane.lastSeenAt)}`}`
  const trouble = lane !== null && lane.lastError !== null && lane.state !== 'reachable' ? html`<p class="late">${lane.lastError}</p>` : ''
  return html`<li class="item"><p class="item-head"><strong>${name}</strong>${state}</p><p class="dim">${facts}</p>${trouble}</li>`
}

const laneChip = ({ state }: NonNullable<Box['lane']>): Markup =>
  state === 'reachable'
    ? chip('good', 'in touch')
    : state === 'unknown'
      ? chip('idle', 'not yet asked')
      : chip('bad', state === 'unreachable' ? 'away' : 'needs settings')

const matchWords: Readonly<Record<string, string>> = {
  intent: 'by our own prompt',
  account_number: 'by account number',
  phone_as_reference: 'by the phone they typed',
  payer_phone: 'by the phone that paid',
}

export function happeningList(happenings: readonly Happening[], times: Times): Markup {
  return html`<section id="happenings" class="panel" aria-label="Just now"><div class="panel-head"><h2>Just now</h2></div>
${happenings.length === 0 ? html`<p class="empty">Payments and switched lines appear here as they happen.</p>` : html`<ol class="happenings">${happenings.map((one) => happeningItem(one, times))}</ol>`}</section>`
}

function happeningItem(one: Happening, times: Times): Markup {
  const who =
    one.subscriberId === null
      ? html`<q class="number">${one.reference ?? ''}</q>`
      : html`<a href="/cockpit/subscribers/${showId('subscriber', one.subscriberId)}">${one.name ?? ''}</a>`
  return html`<li id="h-${one.key.replace(':', '-')}" class="happening happening-${toneOf(one)}"><time class="dim number">${times.time(one.at)}</time><span>${one.kind === 'payment' ? paymentWords(one, who) : accessWords(one, who)}</span></li>`
}

const toneOf = ({ kind, outcome, toState }: Happening): string =>
  kind === 'payment' ? (outcome === 'unmatched' ? 'warm' : 'money') : outcome === 'drift' ? 'busy' : toState === 'active' ? 'good' : 'idle'

function paymentWords({ amountMinor, currency, outcome, because, receipt }: Happening, who: Markup): Markup {
  const sum = html`<strong class="number">${amountMinor === null || currency === null ? '' : amount(amountMinor, currency)}</strong>`
  const proof = receipt === null ? '' : html` <span class="dim number">${receipt}</span>`
  if (outcome === 'unmatched') return html`${sum} for ${who} into suspense: ${suspenseWords[because ?? ''] ?? because}${proof}`
  return html`${sum} from ${who} ${outcome === 'resolved' ? 'out of suspense' : (matchWords[because ?? ''] ?? 'recorded by staff')}${proof}`
}

function accessWords({ toState, outcome, because, seconds: took, reference }: Happening, who: Markup): Markup {
  const line = html` <span class="dim number">${reference ?? ''}</span>`
  if (outcome === 'drift') return html`${who}: ${driftWords(because)}, and was put right${line}`
  const word = toState === 'active' ? 'on' : stateWord(toState ?? 'active').toLowerCase()
  return took !== null && toState === 'active'
    ? html`${who} is ${word}, <strong class="number">${seconds(took)}</strong> after the payment${line}`
    : html`${who} is ${word}${because === null ? '' : `, ${reasonWord(because) || because.replaceAll('_', ' ')}`}${line}`
}
