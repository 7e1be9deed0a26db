import { addDays, type CivilDate, civilDate, type InvoiceId, money, type PlanId } from '@nyuzi/core'
import { recomputeIssued } from '../../src/flows/billing/recompute-issued.ts'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import type { NewPrice } from '../../src/flows/catalog/create-price.ts'
import { createCoupon } from '../../src/flows/discounts/create-coupon.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'
import { wordsOf } from '../line-words.ts'

const actor = 'support'

/** What a person of the support desk can do for one subscriber, on the day on which it is done. */
export type Desk = {
  readonly isp: Isp
  readonly line: Line
  readonly today: CivilDate
  plan(name: string): PlanId
  pays(shillings: number): Promise<void>
  /** The open invoice whose period holds a day. */
  invoiceOf(day: string): Promise<InvoiceId>
}

/** One subscriber's year as a support case. */
export type Case = {
  /** As the desk would say it. */
  readonly title: string
  readonly plan: string
  readonly joins: string
  readonly anchorDay?: number
  /** What happens on which day, after the run of that day. */
  readonly events: Readonly<Record<string, (desk: Desk) => Promise<unknown>>>
  /** Every claim, credit and payment, in order. */
  readonly books: readonly string[]
  /** What the subscriber owes (above nothing) or has in the end, in cents. */
  readonly balance: number
  /** The line's moves, from the day it was sold. */
  readonly moves: readonly string[]
}

const plans: Readonly<Record<string, Partial<NewPrice> & { readonly shillings: string }>> = {
  'Home 10': { shillings: '1500' },
  'Home 20': { shillings: '2500', profile: { name: 'home-20', downloadBps: 20_000_000n, uploadBps: 10_000_000n } },
  'Home 40': { shillings: '4000', profile: { name: 'home-40', downloadBps: 40_000_000n, uploadBps: 20_000_000n } },
  'Prepaid 10': { shillings: '1500', billing: 'prepaid', graceDays: 0 },
  'Prepaid 20': {
    shillings: '2500',
    billing: 'prepaid',
    graceDays: 0,
    profile: { name: 'home-20', downloadBps: 20_000_000n, uploadBps: 10_000_000n },
  },
  'As you go': {
    shillings: '0',
    usage: [
      {
        key: 'data',
        title: 'Data',
        category: 'internet',
        taxClass: 'internet',
        tariff: { scheme: 'per_unit', unit: 'MB', blockUnits: 1_024n, includedUnits: 1_024n, tiers: [{ price: money(1_000n, 'KES') }] },
      },
    ],
  },
  'Business 50': { shillings: '9000', timing: 'arrears', graceDays: 7 },
  'Home 10 with a trial': {
    shillings: '1500',
    phases: [
      { title: 'Trial', periods: 1, amount: money(0n, 'KES') },
      { title: 'First months', periods: 2, amount: money(100_000n, 'KES') },
    ],
    extras: [
      {
        kind: 'one_time',
        key: 'set-up',
        title: 'Installation',
        category: 'installation',
        amount: money(300_000n, 'KES'),
        taxClass: 'installation',
      },
    ],
  },
}

/** Lives a year day by day with the cycle of each, under Kenyan taxes, with every case in it. */
export async function liveThrough(cases: readonly Case[], firstDay: string, lastDay: string) {
  const isp = await openIsp({ startAt: `${firstDay}T05:00:00Z` })
  await changeOrganisation(isp.deps, isp.organisationId, { taxPack: 'KE', actor })
  const planIds = new Map<string, PlanId>()
  for (const [name, { shillings, ...price }] of Object.entries(plans)) {
    const code = name.toUpperCase().replaceAll(' ', '-').slice(0, 20)
    planIds.set(
      name,
      await createPlan(isp.deps, isp.organisationId, { code, name, actor, price: { ...priceOf(shillings, 'postpaid', 3), ...price } }),
    )
  }
  await createCoupon(isp.deps, isp.organisationId, {
    code: 'KARIBU20',
    title: 'Karibu',
    value: { kind: 'percentage', rateBp: 2_000 },
    exclusive: false,
    periodsMax: 3,
    newSubscribersOnly: false,
    actor,
  })
  const plan = (name: string): PlanId => {
    const id = planIds.get(name)
    if (id === undefined) throw new Error(`${name} is not sold`)
    return id
  }
  const lines = new Map<Case, Line>()
  const moves = new Map<Case, string[]>(cases.map((one) => [one, []]))
  for (let day = civilDate(firstDay); day <= lastDay; day = addDays(day, 1)) {
    isp.day(day)
    for (const one of cases) {
      if (one.joins !== day) continue
      const anchor = one.anchorDay === undefined ? {} : { anchorDay: one.anchorDay }
      lines.set(one, await isp.subscribe({ planId: plan(one.plan), startsOn: day, name: one.title, ...anchor }))
    }
    await isp.cycle()
    for (const [one, line] of lines) {
      await one.events[day]?.(deskOf(isp, line, day, plan))
      await noteMove(isp, line, day, moves.get(one) as string[])
    }
  }
  await isp.settled()
  const lineOf = (one: Case): Line => {
    const line = lines.get(one)
    if (line === undefined) throw new Error(`${one.title} never joined`)
    return line
  }
  return {
    isp,
    books: (one: Case) => booksOf(isp, lineOf(one)),
    balance: (one: Case) => balanceOf(isp, lineOf(one)),
    moves: (one: Case) => moves.get(one) ?? [],
    verify: () => isp.verify(),
    recompute: () => recomputeIssued(isp.deps, isp.organisationId),
    close: () => isp.close(),
  }
}

const deskOf = (isp: Isp, line: Line, today: CivilDate, plan: Desk['plan']): Desk => ({
  isp,
  line,
  today,
  plan,
  async pays(shillings) {
    await isp.pay(line, BigInt(shillings) * 100n)
  },
  async invoiceOf(day) {
    const [row] = await isp.raw`
      select i.id from invoices i join invoice_lines n on n.invoice_id = i.id
       where i.subscriber_id = ${line.subscriberId} and n.period_start <= ${day} and n.period_end > ${day} order by i.sequence desc limit 1`
    if (row === undefined) throw new Error(`no invoice of ${line.accountNumber} holds ${day}`)
    return row['id'] as InvoiceId
  },
})

async function noteMove(isp: Isp, { serviceId }: Line, day: CivilDate, moves: string[]): Promise<void> {
  const [row] = await isp.raw`select wanted_state, wanted_reason, profile_name from access_states where service_id = ${serviceId}`
  const state =
    row === undefined
      ? 'none'
      : [row['wanted_state'], ...(row['wanted_state'] === 'active' ? [row['profile_name']] : [row['wanted_reason']])].join(' ')
  if (moves.at(-1)?.slice(11) !== state) moves.push(`${day} ${state}`)
}

async function booksOf({ raw }: Isp, { subscriberId }: Line): Promise<readonly string[]> {
  const rows = await raw`
    select on_day, text, lines, ending from (
      select i.issued_on as on_day, 1 as kind, i.id::text as sort,
             i.kind || ' ' || to_char(i.total_minor / 100.0, 'FM999990.00') || case when i.kind = 'invoice' then ' due ' || i.due_on else '' end || ': ' as text,
             (select json_agg(n order by n.position) from invoice_lines n where n.invoice_id = i.id) as lines,
             case when i.status in ('void', 'uncollectible') then ' (' || i.status || ')' else '' end as ending
        from invoices i where i.subscriber_id = ${subscriberId}
      union all
      select c.issued_on, 2, c.id::text, c.kind || ' ' || to_char(c.total_minor / 100.0, 'FM999990.00') || ': ' || c.reason, null, '' from credits c where c.subscriber_id = ${subscriberId}
      union all
      select (p.paid_at at time zone 'Africa/Nairobi')::date, 3, p.id::text, 'paid ' || to_char(p.amount_minor / 100.0, 'FM999990.00'), null, '' from payments p where p.subscriber_id = ${subscriberId}
    ) all_of_it order by on_day, sort, kind`
  const lineText = (line: { total_minor: number }) => `${wordsOf(line)} ${(line.total_minor / 100).toFixed(2)}`
  return rows.map((row) => `${row['on_day']} ${row['text']}${(row['lines'] ?? []).map(lineText).join('; ')}${row['ending']}`)
}

async function balanceOf({ raw }: Isp, { subscriberId }: Line): Promise<number> {
  const [row] = await raw`
    select coalesce(sum(p.amount_minor), 0)::text as minor from ledger_accounts a join postings p on p.account_id = a.id
     where a.owner = ${subscriberId} and a.kind in ('receivable', 'credit')`
  return Number(row?.['minor'])
}
