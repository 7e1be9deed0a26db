import { type Currency, showId } from '@nyuzi/core'
import { type ListFilter, type ListQuery, listFilters, type SubscriberInList } from '../../flows/cockpit/ports.ts'
import { html, type Markup } from './markup.ts'
import { amount, civilDay, lineChips } from './words.ts'

const filterWords: Readonly<Record<ListFilter, string>> = {
  all: 'All',
  active: 'On',
  in_grace: 'In grace',
  suspended: 'Off',
  owing: 'Owing',
  credit: 'Credit',
  not_in_sync: 'Not in sync',
  closed: 'Closed',
}

/** How many rows a page shows; one more is read to know whether another follows. */
export const rowsMax = 60

export function subscriberList(rows: readonly SubscriberInList[], query: ListQuery, today: string): Markup {
  const shown = rows.slice(0, rowsMax)
  const last = rows.length > rowsMax ? shown.at(-1) : undefined
  return html`<section id="subscribers" class="panel panel-wide" aria-label="Subscribers">
<div class="panel-head"><h2>Subscribers</h2>
<form id="search" class="search" method="get" action="/" role="search">
<label><span class="unseen">Find a subscriber</span><input type="search" name="q" value="${query.q ?? ''}" placeholder="Name, account or phone" autocomplete="off" maxlength="60"></label>
<fieldset class="filters"><legend class="unseen">Show</legend>${listFilters.map((filter) => radio(filter, query.filter))}</fieldset>
<noscript><button class="button">Show</button></noscript>
</form></div>
<div id="rows" aria-live="off">${subscriberRows(shown, today)}${last === undefined ? '' : nextLink(query, last)}</div>
</section>`
}

const radio = (filter: ListFilter, chosen: ListFilter): Markup =>
  html`<label class="filter"><input type="radio" name="filter" value="${filter}"${filter === chosen ? html` checked` : ''}><span>${filterWords[filter]}</span></label>`

function nextLink({ q, filter }: ListQuery, last: SubscriberInList): Markup {
  const next = new URLSearchParams({ filter, name: last.name, after: showId('subscriber', last.id), ...(q === undefined ? {} : { q }) })
  return html`<p class="more"><a class="button" href="/?${next.toString()}#subscribers">Next ${rowsMax}</a></p>`
}

function subscriberRows(rows: readonly SubscriberInList[], today: string): Markup {
  if (rows.length === 0) return html`<p class="empty">No subscriber is like this. Try fewer letters, or another filter.</p>`
  return html`<div class="row row-head" aria-hidden="true"><span>Subscriber</span><span>Plan</span><span>Line</span><span class="right">Balance</span><span class="right">Due</span></div>
<ul class="rows">${rows.map((row) => subscriberRow(row, today))}</ul>`
}

export function subscriberRow(row: SubscriberInList, today: string): Markup {
  const { id, name, accountNumber, branch, plan, lines, currency, owedMinor, creditMinor, dueOn } = row
  const late = dueOn !== null && dueOn < today
  return html`<li class="row" id="row-${showId('subscriber', id)}"><span class="who"><a href="/cockpit/subscribers/${showId('subscriber', id)}">${name}</a><span class="dim number">${accountNumber}<span class="branch">${branch}</span></span></span><span class="plan">${plan ?? html`<span class="dim">no plan</span>`}</span><span class="line">${lines.length === 0 ? html`<span class="dim">no line</span>` : lines.map(lineChips)}</span><span class="money right">${balance(owedMinor, creditMinor, currency)}</span><span class="due right ${late ? 'late' : ''}">${dueOn === null ? html`<span class="dim">–</span>` : civilDay(dueOn)}</span></li>`
}

export function balance(owedMinor: bigint, creditMinor: bigint, currency: Currency): Markup {
  const left = creditMinor - owedMinor
  if (left < 0n) return html`<span class="owes">${amount(-left, currency)}</span>`
  if (left > 0n) return html`<span class="credit" title="Paid and not yet used">+${amount(left, currency)}</span>`
  return html`<span class="dim">settled</span>`
}
