import { type CivilDate, type CutOffPolicy, money } from '@nyuzi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { recordManualPayment } from '../../src/flows/payments/record-manual-payment.ts'
import { answerExtension } from '../../src/flows/receivables/answer-extension.ts'
import { createInstalmentPlan } from '../../src/flows/receivables/create-instalment-plan.ts'
import { requestExtension } from '../../src/flows/receivables/request-extension.ts'
import { setOverdraft } from '../../src/flows/receivables/set-overdraft.ts'
import { withdrawInstalmentPlan } from '../../src/flows/receivables/withdraw-instalment-plan.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'

const actor = 'test'
const civil = (text: string) => text as CivilDate

/** Lines of 1500 that begin on 5 June 2026, a Friday, with three days of grace: a debt cuts off from Tuesday the 9th on. */
describe('A debt', () => {
  let isp: Isp
  let reference = 0

  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z', log: 'silent' })
  })
  afterAll(() => isp.close())

  const owing = async () => {
    isp.day('2026-06-05')
    const line = await isp.subscribe({ startsOn: civil('2026-06-05'), anchorDay: 5 })
    await isp.cycle()
    return line
  }
  const runOn = async (day: string) => {
    isp.day(day)
    return await isp.cycle()
  }
  const standing = async ({ serviceId }: Line) => {
    const [row] =
      await isp.raw`select wanted_state || ' ' || wanted_reason as said, recheck_on from access_states where service_id = ${serviceId}`
    return [row?.['said'], row?.['recheck_on']]
  }
  const pay = (line: Line, shillings: bigint) => {
    const facts = { branchId: isp.branchId, subscriberId: line.subscriberId, amount: money(shillings * 100n, 'KES') }
    return recordManualPayment(isp.deps, isp.organisationId, { ...facts, reference: `SLIP-${++reference}`, paidAt: isp.clock.now(), actor })
  }
  const cutOff = (policy: Partial<CutOffPolicy> | null) =>
    changeOrganisation(isp.deps, isp.organisationId, {
      cutOff: policy && { minimumDebtMinor: 0n, notOnWeekdays: [], holidays: [], ...policy },
      actor,
    })
  const ask = (line: Line, until: string) =>
    requestExtension(isp.deps, isp.organisationId, line.subscriberId, { until: civil(until), reason: 'salary on Friday', actor })
  const answer = (id: Awaited<ReturnType<typeof ask>>, input: { answer: 'approve' | 'refuse' | 'withdraw' }) =>
    answerExtension(isp.deps, isp.organisationId, id, { ...input, actor })
  const extensionsOf = async ({ subscriberId }: Line) =>
    (await isp.raw`select status from extensions where subscriber_id = ${subscriberId} order by id`).map((row) => row['status'])
  const remindersOf = async ({ subscriberId }: Line) =>
    (await isp.raw`select kind from messages where subscriber_id = ${subscriberId} and status <> 'skipped' order by created_at, kind`).map(
      (row) => row['kind'],
    )

  describe('that would cut off on a protected day', () => {
    it('waits for the next allowed day, keeps off what is off, and lets a payer back on any day', async () => {
      const [line, payer] = [await owing(), await owing()]
      await cutOff({ notOnWeekdays: ['tuesday', 'friday'], holidays: [civil('2026-06-10')] })
      await runOn('2026-06-09')
      expect(await standing(line)).toEqual(['active cut_off_waits', '2026-06-11'])
      await runOn('2026-06-10')
      expect(await standing(line)).toEqual(['active cut_off_waits', '2026-06-11'])
      expect(await runOn('2026-06-11')).toMatchObject({ servicesSuspended: 2 })
      await runOn('2026-06-12')
      expect(await standing(line)).toEqual(['suspended overdue', null])
      await pay(payer, 1500n)
      expect(await standing(payer)).toEqual(['active paid', null])
      await pay(line, 1500n)
    })

    it('follows a policy that changes with the next run', async () => {
      const line = await owing()
      await cutOff({ holidays: [civil('2026-06-09')] })
      await runOn('2026-06-09')
      expect(await standing(line)).toEqual(['active cut_off_waits', '2026-06-10'])
      await cutOff(null)
      await isp.cycle()
      expect(await standing(line)).toEqual(['suspended overdue', null])
      await cutOff({ minimumDebtMinor: 150_001n })
      await isp.cycle()
      expect(await standing(line)).toEqual(['active below_minimum', null])
      await cutOff({ minimumDebtMinor: 150_000n })
      await isp.cycle()
      expect(await standing(line)).toEqual(['suspended overdue', null])
      await cutOff(null)
      await pay(line, 1500n)
    })
  })

  it('within the overdraft cuts nobody off, and one above it does', async () => {
    const line = await owing()
    await runOn('2026-06-09')
    expect((await standing(line))[0]).toBe('suspended overdue')
    const set = (minor: bigint | null) =>
      setOverdraft(isp.deps, isp.organisationId, line.subscriberId, {
        amount: minor === null ? null : money(minor, 'KES'),
        reason: 'a school',
        actor,
      })
    await set(150_000n)
    expect((await standing(line))[0]).toBe('active in_overdraft')
    await set(149_999n)
    expect((await standing(line))[0]).toBe('suspended overdue')
    await set(150_000n)
    await set(null)
    expect((await standing(line))[0]).toBe('suspended overdue')
    await expect(
      setOverdraft(isp.deps, isp.organisationId, line.subscriberId, { amount: money(1n, 'USD'), reason: '', actor }),
    ).rejects.toMatchObject({ code: 'currency_mismatch' })
    await pay(line, 1500n)
  })

  describe('that was promised to be paid by a day', () => {
    it('cuts off when the promise is broken, on that day', async () => {
      const line = await owing()
      await runOn('2026-06-08')
      const id = await ask(line, '2026-06-12')
      expect(await extensionsOf(line)).toEqual(['requested'])
      await answer(id, { answer: 'approve' })
      await expect(ask(line, '2026-06-13')).rejects.toMatchObject({ code: 'extension_open' })
      expect(await runOn('2026-06-09')).toMatchObject({ promisesBroken: 0 })
      expect(await standing(line)).toEqual(['active extended', '2026-06-12'])
      expect(await runOn('2026-06-12')).toMatchObject({ promisesBroken: 1, promisesKept: 0 })
      expect(await extensionsOf(line)).toEqual(['broken'])
      expect(await standing(line)).toEqual(['suspended overdue', null])
      await expect(answer(id, { answer: 'withdraw' })).rejects.toMatchObject({ code: 'extension_answered' })
      await pay(line, 1500n)
    })

    it('lets one who is off back on at once, and is kept by paying', async () => {
      const line = await owing()
      await runOn('2026-06-10')
      expect((await standing(line))[0]).toBe('suspended overdue')
      await answer(await ask(line, '2026-06-13'), { answer: 'approve' })
      expect(await standing(line)).toEqual(['active extended', '2026-06-13'])
      isp.day('2026-06-12')
      await pay(line, 1500n)
      expect(await isp.cycle()).toMatchObject({ promisesKept: 1, promisesBroken: 0 })
      expect(await extensionsOf(line)).toEqual(['kept'])
      expect((await standing(line))[0]).toBe('active paid')
      await expect(ask(line, '2026-06-14')).rejects.toMatchObject({ code: 'nothing_owed' })
    })

    it('cuts off on the next allowed day when it is taken back on a protected one', async () => {
      const line = await owing()
      await cutOff({ notOnWeekdays: ['thursday'] })
      await runOn('2026-06-09')
      const id = await ask(line, '2026-06-15')
      await answer(id, { answer: 'approve' })
      await runOn('2026-06-11')
      await answer(id, { answer: 'withdraw' })
      expect(await standing(line)).toEqual(['active cut_off_waits', '2026-06-12'])
      await runOn('2026-06-12')
      expect((await standing(line))[0]).toBe('suspended overdue')
      await cutOff(null)
      await pay(line, 1500n)
    })

    it('cuts off when the extension is refused, and is refused after too many', async () => {
      const line = await owing()
      await runOn('2026-06-09')
      for (let times = 0; times < 2; times++) {
        const id = await ask(line, '2026-06-11')
        await answer(id, { answer: 'approve' })
        await answer(id, { answer: 'withdraw' })
      }
      await expect(ask(line, '2026-06-11')).rejects.toMatchObject({ code: 'too_many_extensions' })
      await expect(ask(line, '2026-06-09')).rejects.toMatchObject({ errors: [{ field: 'until', rule: 'extension_in_the_past' }] })
      await expect(ask(line, '2026-06-17')).rejects.toMatchObject({ errors: [{ field: 'until', rule: 'extension_too_long' }] })
      const other = await owing()
      await runOn('2026-06-09')
      await answer(await ask(other, '2026-06-11'), { answer: 'refuse' })
      expect((await standing(other))[0]).toBe('suspended overdue')
      expect(await extensionsOf(other)).toEqual(['refused'])
      await pay(line, 1500n)
      await pay(other, 1500n)
    })

    it('needs no person for as many days as the policy trusts, and reminds nobody meanwhile', async () => {
      const policy = { daysMax: 7, countMax: 2, perMonths: 3, automaticDaysMax: 3 }
      await changeOrganisation(isp.deps, isp.organisationId, { extensions: policy, actor })
      const [line, other] = [await owing(), await owing()]
      await ask(line, '2026-06-08')
      expect(await extensionsOf(line)).toEqual(['approved'])
      expect(await isp.raw`select answered_by from extensions where subscriber_id = ${line.subscriberId}`).toEqual([
        { answered_by: 'policy' },
      ])
      await runOn('2026-06-06')
      expect(await remindersOf(other)).toEqual(['invoice_due', 'invoice_overdue'])
      expect(await remindersOf(line)).toEqual(['invoice_due'])
      await runOn('2026-06-08')
      expect(await remindersOf(line)).toEqual(['invoice_due', 'invoice_overdue'])
      await changeOrganisation(isp.deps, isp.organisationId, { extensions: null, actor })
      await pay(line, 1500n)
      await pay(other, 1500n)
    })
  })

  it('of one who buys ahead is what waits for credit: promised, and kept by buying', async () => {
    const planId = await createPlan(isp.deps, isp.organisationId, {
      code: 'PRE',
      name: 'Prepaid',
      actor,
      price: priceOf('1500', 'prepaid', 0),
    })
    isp.day('2026-06-05')
    const line = await isp.subscribe({ planId })
    await pay(line, 1500n)
    await isp.cycle()
    await expect(ask(line, '2026-06-08')).rejects.toMatchObject({ code: 'nothing_owed' })
    await runOn('2026-07-05')
    expect((await standing(line))[0]).toBe('suspended expired')
    await answer(await ask(line, '2026-07-08'), { answer: 'approve' })
    expect(await standing(line)).toEqual(['active extended', '2026-07-08'])
    expect(await isp.cycle()).toMatchObject({ promisesKept: 0, promisesBroken: 0 })
    await pay(line, 1500n)
    expect(await isp.cycle()).toMatchObject({ promisesKept: 1 })
    expect((await standing(line))[0]).toBe('active paid')
  })

  describe('that is paid in parts', () => {
    const plan = (line: Line, ...days: string[]) =>
      createInstalmentPlan(isp.deps, isp.organisationId, line.subscriberId, {
        instalments: days.map((dueOn) => ({ dueOn: civil(dueOn) })),
        graceDays: 1,
        actor,
      })
    const statusOf = async (id: string) => (await isp.raw`select status, ended_on from instalment_plans where id = ${id}`)[0]

    it('holds reminders and cut-off while each part comes, and is kept by the last', async () => {
      const line = await owing()
      await runOn('2026-06-09')
      expect((await standing(line))[0]).toBe('suspended overdue')
      const id = await plan(line, '2026-06-12', '2026-06-19', '2026-06-26')
      expect(await isp.raw`select position, due_on, amount_minor from instalments where plan_id = ${id} order by position`).toEqual([
        { position: 1, due_on: '2026-06-12', amount_minor: '50000' },
        { position: 2, due_on: '2026-06-19', amount_minor: '50000' },
        { position: 3, due_on: '2026-06-26', amount_minor: '50000' },
      ])
      expect(await standing(line)).toEqual(['active on_instalments', '2026-06-14'])
      await expect(plan(line, '2026-06-30')).rejects.toMatchObject({ code: 'plan_running' })
      isp.day('2026-06-12')
      await pay(line, 500n)
      expect(await standing(line)).toEqual(['active on_instalments', '2026-06-21'])
      await runOn('2026-06-15')
      await pay(line, 500n)
      expect(await standing(line)).toEqual(['active on_instalments', '2026-06-28'])
      await pay(line, 500n)
      expect(await isp.cycle()).toMatchObject({ promisesKept: 1, promisesBroken: 0 })
      expect(await statusOf(id)).toEqual({ status: 'kept', ended_on: null })
      expect((await standing(line))[0]).toBe('active paid')
    })

    it('cuts off when a part does not come, on the day after its grace, also when the run is late', async () => {
      const [line, late] = [await owing(), await owing()]
      await runOn('2026-06-08')
      const id = await plan(line, '2026-06-10', '2026-06-20')
      const lateId = await plan(late, '2026-06-10', '2026-06-20')
      await runOn('2026-06-11')
      expect(await standing(line)).toEqual(['active on_instalments', '2026-06-12'])
      isp.day('2026-06-14')
      await pay(late, 750n)
      expect((await standing(late))[0]).toBe('active on_instalments')
      expect(await isp.cycle()).toMatchObject({ promisesBroken: 1 })
      expect(await statusOf(id)).toEqual({ status: 'broken', ended_on: '2026-06-12' })
      expect(await statusOf(lateId)).toMatchObject({ status: 'running' })
      expect(await standing(line)).toEqual(['suspended overdue', null])
      await expect(withdrawInstalmentPlan(isp.deps, isp.organisationId, id, { reason: 'late', actor })).rejects.toMatchObject({
        code: 'plan_ended',
      })
      await pay(line, 1500n)
      await pay(late, 750n)
      await isp.cycle()
    })

    it('cuts off when the plan is taken back, and refuses what is no debt or no sum of it', async () => {
      const line = await owing()
      await runOn('2026-06-09')
      const id = await plan(line, '2026-06-20')
      expect((await standing(line))[0]).toBe('active on_instalments')
      await withdrawInstalmentPlan(isp.deps, isp.organisationId, id, { reason: 'moved away', actor })
      expect((await standing(line))[0]).toBe('suspended overdue')
      const create = (more: object) =>
        createInstalmentPlan(isp.deps, isp.organisationId, line.subscriberId, {
          instalments: [{ dueOn: civil('2026-06-20'), amountMinor: 1n }],
          graceDays: 0,
          actor,
          ...more,
        })
      await expect(create({})).rejects.toMatchObject({ errors: [{ field: 'instalments', rule: 'invalid_instalments' }] })
      const [foreign] = await isp.raw`select id from invoices where subscriber_id <> ${line.subscriberId} limit 1`
      await expect(create({ invoiceIds: [foreign?.['id']] })).rejects.toMatchObject({
        errors: [{ field: 'invoices', rule: 'open_invoice' }],
      })
      await pay(line, 1500n)
      await expect(create({})).rejects.toMatchObject({ code: 'nothing_owed' })
    })
  })

  it('leaves books in which nothing is in doubt, and an audit of every answer', async () => {
    expect((await isp.verify()).doubts).toEqual([])
    const actions = (await isp.raw`select distinct action from audit_records`).map((row) => row['action'])
    expect(actions).toEqual(
      expect.arrayContaining([
        'extension.request',
        'extension.approve',
        'extension.refuse',
        'extension.withdraw',
        'instalment_plan.create',
        'instalment_plan.withdraw',
        'subscriber.overdraft',
      ]),
    )
  })
})
