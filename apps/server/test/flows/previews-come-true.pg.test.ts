import { addDays, type CivilDate, civilDate, civilDateAt, type PlanId, type SubscriberId } from '@nyuzi/core'
import { measureText } from '@nyuzi/plugin-sms'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { approveCutOffs, rejectCutOffs } from '../../src/flows/dunning/decide-cut-offs.ts'
import { Conflict, InvalidInput } from '../../src/flows/errors.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import type { CarryOut } from '../../src/flows/previews/live-through.ts'
import type { PreviewedEffect } from '../../src/flows/previews/ports.ts'
import { cancelSubscription } from '../../src/flows/subscribers/cancel-subscription.ts'
import { changeSubscriptionPlan } from '../../src/flows/subscribers/change-plan.ts'
import { pauseSubscription } from '../../src/flows/subscribers/pause-subscription.ts'
import { resumeSubscription } from '../../src/flows/subscribers/resume-subscription.ts'
import { setParent } from '../../src/flows/subscribers/set-parent.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'
import { only, previewing } from './previewing.ts'

const actor = 'test'
const perPartMinor = 80n

/** What stands in the tables, read without the code that tells effects. */
async function booksOf(isp: Isp) {
  const rows = async (query: Promise<readonly Record<string, unknown>[]>) => (await query).map((row) => Object.values(row).join(' | '))
  return {
    documents: await rows(isp.raw`
      select i.subscriber_id, i.kind, i.total_minor, i.due_on, (select string_agg(concat(l.component, ' ', l.period_start, ' ', l.total_minor), ' + ' order by l.position) from invoice_lines l where l.invoice_id = i.id)
        from invoices i union all
      select c.subscriber_id, c.kind, c.total_minor, null, (select string_agg(concat(' ', lower(l.days), ' ', l.total_minor), ' + ' order by l.position) from credit_lines l where l.credit_id = c.id)
        from credits c`),
    settled: await rows(isp.raw`
      select i.subscriber_id, a.amount_minor, a.id from allocations a join invoices i on i.id = a.invoice_id union all
      select i.subscriber_id, a.amount_minor, a.id from credit_allocations a join invoices i on i.id = a.invoice_id`),
    messages: await rows(
      isp.raw`select subscriber_id, kind, owed_on, case when attempts = 0 and status = 'skipped' then status_reason end, id from messages`,
    ),
    lines: await rows(isp.raw`select service_id, wanted_state, profile_name from access_states`),
    subscriptions: await rows(
      isp.raw`select id, status, billed_until, next_invoice_on, awaits, renewal_on, renewal_minor, cancelled_on, parked_reason from subscriptions`,
    ),
    cutOffs: await rows(
      isp.raw`select v.username, m.status, m.debt_minor, m.days_overdue, m.batch_id from cut_off_members m join services v on v.id = m.service_id`,
    ),
  }
}
type Books = Awaited<ReturnType<typeof booksOf>>

/** What is there now and was not before, each as often as it is. Ids at the end tell rows apart and are left out. */
function broughtBy(before: Books, after: Books): Books {
  const without = (all: readonly string[], known: readonly string[]) => {
    const left = [...known]
    return all.filter((row) => {
      const at = left.indexOf(row)
      if (at >= 0) left.splice(at, 1)
      return at < 0
    })
  }
  const shown = (rows: readonly string[], withId: boolean) =>
    rows.map((row) => (withId ? row.slice(0, row.lastIndexOf(' | ')) : row)).sort()
  return {
    documents: shown(without(after.documents, before.documents), false),
    settled: shown(without(after.settled, before.settled), true),
    messages: shown(without(after.messages, before.messages), true),
    lines: shown(without(after.lines, before.lines), false),
    subscriptions: shown(without(after.subscriptions, before.subscriptions), false),
    cutOffs: shown(without(after.cutOffs, before.cutOffs), true),
  }
}

/** The same as a preview tells it. */
function foretoldBy(effects: readonly PreviewedEffect[]): Books {
  const rows = (all: readonly (readonly unknown[])[]) => all.map((row) => row.map((value) => value ?? '').join(' | ')).sort()
  return {
    documents: rows(
      only(effects, 'document_issued').map(({ subscriberId, kind, totalMinor, dueOn, lines }) => [
        subscriberId,
        kind,
        totalMinor,
        dueOn,
        lines.map((line) => `${line.component ?? ''} ${line.periodStart ?? ''} ${line.totalMinor}`).join(' + '),
      ]),
    ),
    settled: rows(only(effects, 'claim_settled').map(({ subscriberId, amountMinor }) => [subscriberId, amountMinor])),
    messages: rows(
      only(effects, 'message_owed').map(({ subscriberId, kind, owedOn, skippedBecause }) => [subscriberId, kind, owedOn, skippedBecause]),
    ),
    lines: rows(only(effects, 'access_moved').map(({ serviceId, to, toProfile }) => [serviceId, to, toProfile])),
    subscriptions: rows(
      only(effects, 'subscription_changed').map((one) => [
        ...[one.subscriptionId, one.status, one.billedUntil, one.nextInvoiceOn, one.awaits, one.renewalOn, one.renewalMinor],
        ...[one.cancelledOn, one.parkedReason],
      ]),
    ),
    cutOffs: rows(
      only(effects, 'cut_off_listed').map(({ username, status, debtMinor, daysOverdue }) => [username, status, debtMinor, daysOverdue]),
    ),
  }
}

describe('What a preview foretells', () => {
  let isp: Isp
  afterEach(() => isp.close())

  const today = () => civilDateAt(isp.clock.now(), 'Africa/Nairobi')
  const at = (day: CivilDate, hour: number) => isp.clock.moveTo(new Date(`${day}T${String(hour).padStart(2, '0')}:10:00+03:00`))
  const under = (line: Line, parentId: SubscriberId | null, pays = true) =>
    setParent(isp.deps, isp.organisationId, line.subscriberId, { parentId, pays, actor })
  const openBatch = async () => (await isp.raw`select id from cut_off_batches where status = 'open'`)[0]?.['id']

  async function happenedAs(effects: readonly PreviewedEffect[], before: Books) {
    // What was foretold of a subscription may be what it was: a row that is written again says nothing new.
    const { subscriptions: foretold, ...others } = foretoldBy(effects)
    const { subscriptions, ...happened } = broughtBy(before, await booksOf(isp))
    expect({ day: today(), ...happened }).toEqual({ day: today(), ...others })
    expect(foretold).toEqual(expect.arrayContaining(subscriptions))
    expect(foretold.filter((row) => !subscriptions.includes(row)).every((row) => before.subscriptions.includes(row))).toBe(true)
  }

  /** The run itself, beside what was foretold just before it; then what goes out, beside the estimate. */
  async function runAsForetold() {
    const { effects, totals } = await previewing(isp).rehearsed()
    const before = await booksOf(isp)
    const heard = isp.gateway.messages.length
    await isp.cycle()
    await happenedAs(effects, before)
    const texts = only(effects, 'message_owed').flatMap(({ estimate }) => (estimate?.channel ? [estimate] : []))
    return { effects, totals, texts, heard }
  }
  const goesOut = (count: number) => isp.until('the messages to go out', () => isp.gateway.messages.length >= count)

  it('comes true on random days of random subscribers: documents, settlements, messages, lines, cut-offs', async () => {
    const day = fc.record({
      hour: fc.constantFrom(0, 3, 9, 12, 21, 23),
      acts: fc.array(
        fc.record({
          act: fc.constantFrom('pay', 'pay', 'upgrade', 'pause', 'resume', 'cancel', 'adopt', 'release', 'approve', 'reject', 'none'),
          line: fc.nat(5),
          other: fc.nat(5),
          n: fc.nat(9),
        }),
        { maxLength: 2 },
      ),
      skipped: fc.boolean(),
    })
    const scene = fc.record({
      cutOffMode: fc.constantFrom('automatic' as const, 'approved' as const),
      quiet: fc.boolean(),
      days: fc.array(day, { minLength: 22, maxLength: 30 }),
    })
    await fc.assert(
      fc
        .asyncProperty(scene, async ({ cutOffMode, quiet, days }) => {
          isp = await openIsp({ startAt: '2026-06-01T06:00:00Z', log: 'silent' })
          await changeOrganisation(isp.deps, isp.organisationId, {
            taxPack: 'KE',
            cutOffMode,
            messageCost: { perPartMinor },
            ...(quiet ? { quietHours: { from: '21:00', until: '07:00' } } : {}),
            lateFee: { amount: { kind: 'percentage', rateBp: 500 }, graceDays: 2, countMax: 2, repeatEveryDays: 4, taxClass: 'equipment' },
            actor,
          })
          const prepaid = await plan('PRE', priceOf('900', 'prepaid', 0))
          const better = await plan('HOME20', priceOf('2600', 'postpaid', 3))
          const lines: Line[] = []
          for (const start of ['02', '04', '04', '08', '09', '12'])
            lines.push(
              await isp.subscribe({ startsOn: civilDate(`2026-06-${start}`), ...(lines.length % 3 === 2 ? { planId: prepaid } : {}) }),
            )
          const acts = actsOf(lines, better)
          for (const { hour, acts: asked, skipped } of days) {
            at(addDays(today(), skipped ? 2 : 1), hour)
            for (const { act, ...one } of asked) await acts(act, one)
            await runAsForetold()
          }
          expect((await isp.verify()).doubts).toEqual([])
        })
        .afterEach(async () => {
          await isp.close()
        }),
      { numRuns: Number(process.env['NYUZI_RUNS'] ?? 3), seed: Number(process.env['NYUZI_SEED'] ?? 20_260_601), endOnFailure: true },
    )
    isp = await openIsp()
  }, 120_000)

  const plan = (code: string, price: Parameters<typeof createPlan>[2]['price']): Promise<PlanId> =>
    createPlan(isp.deps, isp.organisationId, { code, name: code, actor, price })

  function actsOf(lines: readonly Line[], better: PlanId) {
    const line = (n: number) => lines[n % lines.length] as Line
    const acts: Record<string, (one: { line: number; other: number; n: number }) => Promise<unknown>> = {
      pay: (one) => isp.pay(line(one.line), BigInt(one.n + 1) * 60_000n),
      upgrade: (one) =>
        changeSubscriptionPlan(isp.deps, isp.organisationId, line(one.line).subscriptionId, {
          to: { planId: better },
          when: 'now_prorated',
          actor,
        }),
      pause: (one) => pauseSubscription(isp.deps, isp.organisationId, line(one.line).subscriptionId, { reason: 'vacation', actor }),
      resume: (one) => resumeSubscription(isp.deps, isp.organisationId, line(one.line).subscriptionId, { actor }),
      cancel: (one) =>
        cancelSubscription(isp.deps, isp.organisationId, line(one.line).subscriptionId, { on: addDays(today(), one.n), actor }),
      adopt: (one) => under(line(one.line), line(one.other).subscriberId, one.n % 4 > 0),
      release: (one) => under(line(one.line), null),
      approve: async () => (await openBatch()) && approveCutOffs(isp.deps, isp.organisationId, await openBatch(), actor),
      reject: async () => (await openBatch()) && rejectCutOffs(isp.deps, isp.organisationId, await openBatch(), { reason: 'x', actor }),
      none: async () => undefined,
    }
    return async (act: string, one: { line: number; other: number; n: number }) => {
      try {
        await acts[act]?.(one)
      } catch (error) {
        if (!(error instanceof Conflict || error instanceof InvalidInput)) throw error
      }
    }
  }

  it('comes true for messages in parts and cost, in quiet hours too, when they go out', async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    await changeOrganisation(isp.deps, isp.organisationId, {
      messageCost: { perPartMinor },
      quietHours: { from: '21:00', until: '07:00' },
      payTo:
        'M-PESA paybill 400123, or cash or cheque at any of our branches in Nairobi, Nakuru, Eldoret, Kisumu, Mombasa, Thika and Machakos from 08:00',
      actor,
    })
    await isp.subscribe({ startsOn: civilDate('2026-06-02'), name: 'Amina' })
    await isp.subscribe({ startsOn: civilDate('2026-06-02'), name: 'Zakaria' })
    let sent = 0
    for (const [day, hour] of [
      ['2026-06-01', 12],
      ['2026-06-02', 23],
      ['2026-06-03', 12],
      ['2026-06-05', 5],
      ['2026-06-06', 22],
      ['2026-06-09', 12],
    ] as const) {
      at(civilDate(day), hour)
      const { texts, totals, heard } = await runAsForetold()
      await isp.settled()
      if (hour !== 12) {
        // Nothing goes out at night; it costs what was foretold in the morning.
        expect(isp.gateway.messages).toHaveLength(heard)
        at(addDays(civilDate(day), hour > 12 ? 1 : 0), 8)
        isp.deps.wake('messages', isp.organisationId)
      }
      await goesOut(heard + texts.length)
      const parts = isp.gateway.messages.slice(heard).map(({ text }) => measureText(text).parts)
      expect({ day, parts: parts.sort() }).toEqual({ day, parts: texts.map((text) => text.parts).sort() })
      expect(totals.messageCostMinor).toBe(String(BigInt(parts.reduce((sum, one) => sum + one, 0)) * perPartMinor))
      sent += parts.length
    }
    expect(sent).toBeGreaterThan(5)
    expect(isp.gateway.messages.some(({ text }) => measureText(text).parts > 1)).toBe(true)
  })

  it('comes true on the routers', async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z', routers: 2 })
    const lines = [
      await isp.subscribe({ startsOn: civilDate('2026-06-02') }),
      await isp.subscribe({ startsOn: civilDate('2026-06-02'), router: 1 }),
      await isp.subscribe({ startsOn: civilDate('2026-06-05'), router: 1 }),
    ]
    at(civilDate('2026-06-05'), 12)
    await isp.cycle()
    for (const [index, line] of lines.entries())
      await isp.until('the line to be on its router', () => isp.boxes[index === 0 ? 0 : 1]?.book.secret(line.username))
    at(civilDate('2026-06-06'), 12)
    const { effects, totals } = await runAsForetold()
    expect(only(effects, 'access_moved').map(({ username, installationName, to }) => [username, installationName, to])).toEqual([
      ['line1', 'Router 1', 'suspended'],
      ['line2', 'Router 2', 'suspended'],
    ])
    expect(totals.accessMoves).toEqual([
      { installation: 'Router 1', to: 'suspended', count: 1 },
      { installation: 'Router 2', to: 'suspended', count: 1 },
    ])
    for (const [index, line] of lines.slice(0, 2).entries())
      await isp.until('the router to do as it was foretold', () => {
        isp.boxes[index]?.dial(line.username, `password-${index + 1}`)
        return isp.boxes[index]?.lineState(line.username) !== 'online'
      })
    expect(isp.boxes[1]?.dial('line3', 'password-3')).toBe('online')
  })

  it('comes true for a list of cut-offs: the debt of who pays, and what an approval leaves', async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    await changeOrganisation(isp.deps, isp.organisationId, { cutOffMode: 'approved', actor })
    const hotel = await isp.subscribe({ startsOn: civilDate('2026-06-02'), name: 'Hotel Baraka' })
    const room = await isp.subscribe({ startsOn: civilDate('2026-06-02'), name: 'Room 7' })
    const alone = await isp.subscribe({ startsOn: civilDate('2026-06-02') })
    await under(room, hotel.subscriberId)
    at(civilDate('2026-06-02'), 12)
    await isp.cycle()
    at(civilDate('2026-06-06'), 12)
    const { effects, totals } = await runAsForetold()
    expect(
      only(effects, 'cut_off_listed').map(({ username, status, debtMinor, daysOverdue }) => [username, status, debtMinor, daysOverdue]),
    ).toEqual([
      [hotel.username, 'listed', '300000', 4],
      [room.username, 'listed', '300000', 4],
      [alone.username, 'listed', '150000', 4],
    ])
    expect(totals.cutOffsListed).toBe(3)
    expect(only(effects, 'access_moved')).toEqual([])
    const batch = await openBatch()
    const [reading] = await isp.deps.store.inOrganisation(isp.organisationId, (tx) => tx.readings.cutOffBatches({ limit: 1 } as never))
    expect(reading).toMatchObject({ id: batch, listed: 3, debts: [{ currency: 'KES', amountMinor: '450000' }] })
    await isp.pay(alone, 150_000n)
    at(civilDate('2026-06-07'), 12)
    const next = await runAsForetold()
    expect(only(next.effects, 'cut_off_listed').map(({ username, status }) => [username, status])).toEqual([
      [hotel.username, 'listed'],
      [room.username, 'listed'],
      [alone.username, 'spared'],
    ])
    await approveCutOffs(isp.deps, isp.organisationId, batch, actor)
    await isp.settled()
    const told = () => isp.raw`select subscriber_id, status, text from messages where kind = 'suspended' order by status`
    await isp.until('the hotel to be told', async () => (await told()).some(({ status }) => status === 'sent'))
    expect(await told()).toEqual([
      { subscriber_id: hotel.subscriberId, status: 'sent', text: expect.stringMatching(new RegExp(`KES 3,000.*${hotel.accountNumber}`)) },
      { subscriber_id: hotel.subscriberId, status: 'skipped', text: null },
    ])
  })

  it('comes true for a family: one preview of parent and child, for the whole organisation, and for a change of the child', async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    const better = await plan('HOME20', priceOf('2600', 'postpaid', 3))
    const hotel = await isp.subscribe({ startsOn: civilDate('2026-06-05'), name: 'Hotel Baraka' })
    const room = await isp.subscribe({ startsOn: civilDate('2026-06-05'), name: 'Room 7' })
    const other = await isp.subscribe({ startsOn: civilDate('2026-06-05') })
    await under(room, hotel.subscriberId)
    const { rehearsed, created, apply, parts } = previewing(isp)
    const all = await rehearsed({ date: civilDate('2026-06-12') })
    expect(all.parts.filter(({ status }) => status === 'planned').map(({ subscriberIds }) => subscriberIds)).toEqual([
      [hotel.subscriberId, room.subscriberId],
      [other.subscriberId],
    ])
    const ofRoom = await rehearsed({ subscriberId: room.subscriberId, date: civilDate('2026-06-12') })
    expect(ofRoom.effects).toEqual(all.parts[0]?.effects)
    expect(only(ofRoom.effects, 'document_issued').map(({ subscriberId, totalMinor }) => [subscriberId, totalMinor])).toEqual(
      expect.arrayContaining([[hotel.subscriberId, expect.any(String)]]),
    )
    expect(only(ofRoom.effects, 'document_issued').every(({ subscriberId }) => subscriberId === hotel.subscriberId)).toBe(true)
    await runAsForetold()
    const carryOut: CarryOut = (deps) =>
      changeSubscriptionPlan(deps, isp.organisationId, room.subscriptionId, { to: { planId: better }, when: 'now_prorated', actor })
    const id = await created({ subscriberId: room.subscriberId, change: { asked: {}, carryOut }, date: civilDate('2026-06-12') })
    const foretoldNow = (await parts(id)).flatMap(({ effects }) => effects).filter(({ day }) => day <= today())
    expect(only(foretoldNow, 'document_issued').map(({ subscriberId, kind }) => [subscriberId, kind])).toEqual(
      expect.arrayContaining([[hotel.subscriberId, 'invoice']]),
    )
    const before = await booksOf(isp)
    expect(await apply(id, () => carryOut)).toMatchObject({ result: { applied: 1, changed: 0 } })
    await happenedAs(foretoldNow, before)
    for (let day = civilDate('2026-06-02'); day <= '2026-06-12'; day = addDays(day, 1)) {
      at(day, 12)
      await isp.cycle()
    }
    expect((await parts(id)).map(({ status, changes, followOn }) => [status, changes, followOn])).toEqual([['applied', null, null]])
    expect(only((await parts(id))[0]?.effects ?? [], 'access_moved').map(({ username, to }) => [username, to])).toEqual([
      [hotel.username, 'active'],
      [room.username, 'active'],
      [hotel.username, 'suspended'],
      [room.username, 'suspended'],
    ])
    expect((await isp.verify()).doubts).toEqual([])
  })
})
