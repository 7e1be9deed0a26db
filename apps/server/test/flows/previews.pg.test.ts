import { addDays, civilDate, money, type SubscriberId } from '@nyuzi/core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { recordManualPayment } from '../../src/flows/payments/record-manual-payment.ts'
import { describeEffect } from '../../src/flows/previews/describe-effect.ts'
import { cancelSubscription } from '../../src/flows/subscribers/cancel-subscription.ts'
import { createSubscription } from '../../src/flows/subscribers/create-subscription.ts'
import { untold } from '../../src/store/effects/row-effects.ts'
import { type Isp, type Line, openIsp } from '../isp.ts'
import { everythingIn } from './everything-in.ts'
import { only, previewing } from './previewing.ts'

describe('A preview of the billing day', () => {
  let isp: Isp
  afterEach(() => isp.close())

  /** The first day of three months, seen from a week before. */
  async function open(subscribers = 3): Promise<readonly Line[]> {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    await changeOrganisation(isp.deps, isp.organisationId, { taxPack: 'KE', messageCost: { perPartMinor: 80n }, actor: 'test' })
    const lines: Line[] = []
    for (let made = 0; made < subscribers; made++) lines.push(await isp.subscribe({ startsOn: civilDate('2026-06-05') }))
    return lines
  }

  type Previewing = ReturnType<typeof previewing>
  const rehearsed: Previewing['rehearsed'] = (asked) => previewing(isp).rehearsed(asked)
  const created: Previewing['created'] = (asked) => previewing(isp).created(asked)
  const apply: Previewing['apply'] = (id, carryOutOf) => previewing(isp).apply(id, carryOutOf)
  const parts: Previewing['parts'] = (id) => previewing(isp).parts(id)
  const pay = (subscriberId: SubscriberId, shillings: bigint, reference: string) =>
    recordManualPayment(isp.deps, isp.organisationId, {
      subscriberId,
      branchId: isp.branchId,
      amount: money(shillings * 100n, 'KES'),
      reference,
      paidAt: isp.clock.now(),
      actor: 'test',
    })
  it('tells documents, messages with their cost, and lines to switch, and writes nothing', async () => {
    const [first] = await open()
    await isp.settled()
    const before = await everythingIn(isp)
    const { effects, totals, days } = await rehearsed({ date: civilDate('2026-06-12') })
    expect(await everythingIn(isp)).toBe(before)
    expect(days).toHaveLength(12)
    expect(only(effects, 'document_issued')).toHaveLength(3)
    expect(only(effects, 'document_issued')[0]).toMatchObject({
      day: '2026-06-01',
      subscriberId: first?.subscriberId,
      kind: 'invoice',
      series: 'NRB',
      totalMinor: '150000',
      dueOn: '2026-06-05',
      lines: [{ periodStart: '2026-06-05', periodEnd: '2026-07-05', taxes: [{ code: 'excise' }, { code: 'vat' }] }],
    })
    expect(only(effects, 'message_owed').filter(({ kind }) => kind === 'invoice_due')).toMatchObject([
      { day: '2026-06-05', owedOn: '2026-06-05', estimate: { channel: 'sms', parts: 1, costMinor: '80' } },
      {},
      {},
    ])
    expect(only(effects, 'access_moved').filter(({ to }) => to === 'suspended')).toMatchObject([
      {
        day: '2026-06-09',
        from: 'active',
        reason: 'overdue',
        username: first?.username,
        installationName: 'Router 1',
        toProfile: 'home-10',
      },
      {},
      {},
    ])
    expect(totals).toMatchObject({
      subscribers: 3,
      failed: 0,
      documents: [{ kind: 'invoice', count: 3, totalMinor: '450000' }],
      accessMoves: expect.arrayContaining([{ installation: 'Router 1', to: 'suspended', count: 3 }]),
    })
    expect(BigInt(totals.messageCostMinor ?? 0)).toBe(80n * BigInt(totals.messages.reduce((sum, { parts }) => sum + parts, 0)))
    expect(effects.map(describeEffect)[0]).toBe('+ invoice NRB-… (provisional) KES 1,500 due 2026-06-05, issued 2026-06-01')
  })

  it('knows no cost without a rate', async () => {
    await open(1)
    await changeOrganisation(isp.deps, isp.organisationId, { messageCost: null, actor: 'test' })
    const { totals } = await rehearsed({ date: civilDate('2026-06-06') })
    expect(totals.messageCostMinor).toBeNull()
  })

  it('is of one family, and touches nobody else', async () => {
    const lines = await open()
    const mine = lines[1]?.subscriberId as SubscriberId
    const { effects } = await rehearsed({ subscriberId: mine, date: civilDate('2026-06-12') })
    expect(new Set(effects.map(({ subscriberId }) => subscriberId))).toEqual(new Set([mine]))
    const all = await rehearsed({ date: civilDate('2026-06-12') })
    expect(effects).toEqual(all.effects.filter(({ subscriberId }) => subscriberId === mine))
  })

  it('says each day what the run of that day then does, over two months with payments', async () => {
    const lines = await open()
    for (let day = civilDate('2026-06-01'); day <= '2026-07-20'; day = addDays(day, 1)) {
      isp.day(day)
      await isp.settled()
      const { totals } = await rehearsed()
      const count = async () =>
        (
          await isp.raw`select (select count(*)::int from invoices) as invoices, (select count(*)::int from messages where status <> 'skipped') as messages`
        )[0]
      const before = await count()
      const done = await isp.cycle()
      const after = await count()
      expect({ day, invoices: totals.documents.reduce((sum, one) => sum + one.count, 0) }).toEqual({ day, invoices: done.invoicesIssued })
      expect({ day, messages: totals.messages.reduce((sum, one) => sum + one.count, 0) }).toEqual({
        day,
        messages: after?.['messages'] - before?.['messages'],
      })
      expect({ day, moves: totals.accessMoves.reduce((sum, one) => sum + one.count, 0) }).toEqual({ day, moves: done.servicesMoved })
      if (day === '2026-06-11') await pay(lines[0]?.subscriberId as SubscriberId, 4000n, 'R1')
    }
    expect((await isp.verify()).doubts).toEqual([])
  })

  it('is applied exactly, once', async () => {
    await open()
    const id = await created()
    const planned = await parts(id)
    expect(planned.map(({ status }) => status)).toEqual(['planned', 'planned', 'planned'])
    expect(await isp.raw`select 1 from invoices`).toHaveLength(0)
    expect(await apply(id)).toMatchObject({ outcome: 'done', result: { applied: 3, changed: 0 } })
    expect(await isp.raw`select number, total_minor, due_on from invoices order by sequence`).toEqual(
      ['NRB-000001', 'NRB-000002', 'NRB-000003'].map((number) => ({ number, total_minor: '150000', due_on: '2026-06-05' })),
    )
    await expect(apply(id)).rejects.toMatchObject({ code: 'preview_applied' })
    expect(await isp.cycle()).toMatchObject({ invoicesIssued: 0 })
    expect(await isp.raw`select action from audit_records where subject_id = ${id} order by at`).toEqual([
      { action: 'billing.preview' },
      { action: 'billing.preview_apply' },
    ])
    expect((await isp.verify()).doubts).toEqual([])
  })

  it('says what changed when a payment came in between, and does the rest', async () => {
    const lines = await open()
    const id = await created()
    await pay(lines[1]?.subscriberId as SubscriberId, 1000n, 'R1')
    expect(await apply(id)).toMatchObject({ result: { applied: 2, changed: 1 } })
    const after = await parts(id)
    expect(after.map(({ status }) => status)).toEqual(['applied', 'changed', 'applied'])
    const added = (after[1]?.changes?.added ?? []).map(describeEffect)
    expect(added).toEqual(['+ KES 1,000 of payment R1 settles the new invoice'])
    expect(after[1]?.changes?.gone).toEqual([])
    expect(await isp.raw`select 1 from invoices`).toHaveLength(2)
  })

  it('of one subscriber is refused as a whole when something changed', async () => {
    const lines = await open()
    const subscriberId = lines[1]?.subscriberId as SubscriberId
    const id = await created({ subscriberId })
    await pay(subscriberId, 1000n, 'R1')
    const before = await isp.raw`select * from invoices`
    await expect(apply(id)).rejects.toMatchObject({
      code: 'preview_outdated',
      errors: [{ field: 'claim_settled', rule: 'so now', fix: '+ KES 1,000 of payment R1 settles the new invoice' }],
    })
    expect(await isp.raw`select * from invoices`).toEqual(before)
  })

  it('of a day to come waits for it, and then knows what was done meanwhile', async () => {
    const [line] = await open(1)
    const id = await created({ subscriberId: line?.subscriberId as SubscriberId, date: civilDate('2026-06-03') })
    await expect(apply(id)).rejects.toMatchObject({ code: 'preview_not_due' })
    isp.day('2026-06-03')
    expect(await apply(id)).toMatchObject({ result: { applied: 1, changed: 0 } })
    const late = await created({ date: civilDate('2026-06-04') })
    isp.day('2026-06-07')
    await expect(apply(late)).rejects.toMatchObject({ code: 'preview_expired' })
  })

  it('of a change shows what it does at once and later', async () => {
    const [line] = await open(1)
    await isp.cycle()
    const on = civilDate('2026-06-20')
    const change = {
      asked: { on },
      carryOut: (deps: Isp['deps']) => cancelSubscription(deps, isp.organisationId, line?.subscriptionId as never, { on, actor: 'test' }),
    }
    const subscriberId = line?.subscriberId as SubscriberId
    const later = await rehearsed({ subscriberId, change: change as never, date: civilDate('2026-07-10') })
    expect(only(later.effects, 'access_moved').at(-1)).toMatchObject({ day: on, from: 'suspended', to: 'closed' })
    const id = await created({ subscriberId, change: change as never })
    expect((await parts(id)).flatMap(({ effects }) => effects)).toMatchObject([
      { effect: { effect: 'subscription_changed', status: 'cancelled', cancelledOn: on } },
    ])
    expect(await apply(id, () => change.carryOut as never)).toMatchObject({ result: { applied: 1, changed: 0 } })
    expect(await isp.raw`select status, cancelled_on from subscriptions`).toEqual([{ status: 'cancelled', cancelled_on: on }])
  })

  it('of a sale and of a policy shows their rows, without the ids that are made anew', async () => {
    const [line] = await open(1)
    const sale = (deps: Isp['deps']) =>
      createSubscription(deps, isp.organisationId, {
        subscriberId: line?.subscriberId as SubscriberId,
        sold: { planId: isp.planId },
        actor: 'test',
      })
    const change = { asked: {}, carryOut: sale as never }
    const subscriberId = line?.subscriberId as SubscriberId
    const [first, second] = [await rehearsed({ subscriberId, change }), await rehearsed({ subscriberId, change })]
    expect(first.effects).toEqual(second.effects)
    expect(first.effects).toMatchObject([
      { effect: { effect: 'subscription_changed', subscriptionId: null, billedUntil: '2026-06-01' } },
      { effect: { effect: 'row_written', table: 'subscription_terms', row: { subscription_id: 'new', from_on: '2026-06-01' } } },
    ])
    const policy = (deps: Isp['deps']) => changeOrganisation(deps, isp.organisationId, { invoiceLeadDays: 0, actor: 'test' })
    const { effects } = await rehearsed({ change: { asked: {}, carryOut: policy as never }, date: civilDate('2026-06-05') })
    expect(only(effects, 'document_issued')).toMatchObject([{ day: '2026-06-05' }])
    expect(only(effects, 'row_written')).toMatchObject([{ table: 'organisations', subscriberId: null }])
  })

  it('keeps one whom it cannot rehearse apart from the others', async () => {
    const lines = await open()
    await isp.raw`
      insert into charged_periods (organisation_id, subscription_id, component, period, invoice_id, line_position)
      values (${isp.organisationId}, ${lines[1]?.subscriptionId as string}, 'base', '[2026-06-05,2026-06-06)', uuidv7(), 1)`
    const { parts: all, totals } = await rehearsed()
    expect(all.map(({ status }) => status)).toEqual(['planned', 'failed', 'planned'])
    expect(all[1]?.failure).toContain('charged_periods_overlap')
    expect(totals).toMatchObject({ failed: 1, documents: [{ count: 2 }] })
  })
})

describe('What a preview can see', () => {
  let isp: Isp
  beforeAll(async () => {
    isp = await openIsp()
  })
  afterAll(() => isp.close())

  it('is every table: each has an effect of its own, is told row by row, or is left out for a reason', async () => {
    const tables = (
      await isp.raw`
        select c.table_name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
         where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.column_name = 'organisation_id' order by 1`
    ).map((row) => row['table_name'] as string)
    for (const table of Object.keys(untold)) expect(tables, `${table} is left out for a reason, and is no table`).toContain(table)
    for (const [table, reason] of Object.entries(untold)) expect(reason, table).toMatch(/\w+ \w+/)
    expect(tables.length - Object.keys(untold).length).toBeGreaterThan(30)
  })

  it('is a row of a table that nobody has thought of', async () => {
    await isp.raw`create table later_noun (organisation_id uuid not null, id uuid not null default uuidv7(), subscriber_id uuid, word text, amount bigint, at timestamptz)`
    await isp.raw`grant select, insert, update, delete on later_noun to nyuzi_app`
    const line = await isp.subscribe()
    const { effectStore } = await import('../../src/store/effects/record-effects.ts')
    const { inOrganisation } = await import('../../src/store/transaction.ts')
    const seen = await inOrganisation(isp.engine.database, isp.organisationId, async (sql) => {
      const recording = await effectStore(sql).record(isp.deps.ids.next())
      await sql`insert into later_noun (organisation_id, subscriber_id, word, amount, at) values (nyuzi_organisation(), ${line.subscriberId}, 'x', 9007199254740993, now())`
      return await recording.read()
    })
    expect(seen).toEqual([
      {
        subscriberId: line.subscriberId,
        effect: {
          effect: 'row_written',
          table: 'later_noun',
          row: { subscriber_id: line.subscriberId, word: 'x', amount: '9007199254740993' },
        },
      },
    ])
  })
})
