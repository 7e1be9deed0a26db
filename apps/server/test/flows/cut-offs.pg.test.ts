import type { CivilDate, CutOffBatchId } from '@nyuzi/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runDailyCycle } from '../../src/flows/billing/run-daily-cycle.ts'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { approveCutOffs, rejectCutOffs, takeOutOfCutOff } from '../../src/flows/dunning/decide-cut-offs.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { recordManualPayment } from '../../src/flows/payments/record-manual-payment.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'

const actor = 'Wanjiru'

describe('Cut-offs that need approval', () => {
  let isp: Isp
  let lines: [Line, Line, Line]
  beforeEach(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z', graceDays: 3 })
    await changeOrganisation(isp.deps, isp.organisationId, { cutOffMode: 'approved', actor })
    const subscribe = () => isp.subscribe({ startsOn: '2026-06-02' as CivilDate })
    lines = [await subscribe(), await subscribe(), await subscribe()]
    await isp.cycle()
    isp.day('2026-06-06')
  })
  afterEach(() => isp.close())

  const batches = () => isp.raw`select id, status, opened_on, refreshed_on, decided_by from cut_off_batches order by created_at, id`
  const batchId = async (): Promise<CutOffBatchId> => (await batches()).at(-1)?.['id']
  const members = async (id?: CutOffBatchId) => {
    const batch = id ?? (await batchId())
    const rows =
      await isp.raw`select service_id, status, reason, debt_minor::int, days_overdue from cut_off_members where batch_id = ${batch}`
    return lines.map(({ serviceId }) => {
      const row = rows.find((one) => one['service_id'] === serviceId)
      return row && [row['status'], row['reason'], row['debt_minor'], row['days_overdue']]
    })
  }
  const access = async () => {
    const rows = await isp.raw`select service_id, wanted_state, wanted_reason from access_states`
    return lines.map(({ serviceId }) => {
      const row = rows.find((one) => one['service_id'] === serviceId)
      return `${row?.['wanted_state']} ${row?.['wanted_reason']}`
    })
  }
  let receipts = 0
  const pay = ({ subscriberId }: Line, shillings = 1_500n) =>
    recordManualPayment(isp.deps, isp.organisationId, {
      subscriberId,
      branchId: isp.branchId,
      reference: `cash ${++receipts}`,
      amount: { amountMinor: shillings * 100n, currency: 'KES' },
      paidAt: isp.clock.now(),
      actor,
    })
  const approve = async () => approveCutOffs(isp.deps, isp.organisationId, await batchId(), actor)
  const waits = 'active awaiting_approval'
  const off = 'suspended overdue'
  const on = 'active paid'

  it('are listed once with their debts, while the lines stay on and nobody is told of a suspension', async () => {
    const rehearsal = await runDailyCycle(isp.deps, isp.organisationId, { dryRun: true })
    expect(rehearsal).toMatchObject({ servicesSuspended: 0, cutOffsListed: 3 })
    expect(await batches()).toEqual([])
    expect(await isp.cycle()).toMatchObject({ servicesSuspended: 0, cutOffsListed: 3 })
    expect(await isp.cycle()).toMatchObject({ cutOffsListed: 3 })
    expect(await access()).toEqual([waits, waits, waits])
    expect(await batches()).toMatchObject([{ status: 'open', opened_on: '2026-06-06' }])
    expect(await members()).toEqual(Array.from({ length: 3 }, () => ['listed', null, 150_000, 4]))
    expect(await isp.raw`select kind from tasks where done_at is null`).toEqual([{ kind: 'cut_off_approval' }])
    expect(await isp.raw`select 1 from messages where kind = 'suspended'`).toHaveLength(0)
  })

  it('go on, on the same batch, the next day; who paid is spared and who still owes is listed with the debt of the day', async () => {
    await isp.cycle()
    await pay(lines[0])
    isp.day('2026-06-07')
    expect(await isp.cycle()).toMatchObject({ cutOffsListed: 2 })
    expect(await batches()).toMatchObject([{ status: 'open', opened_on: '2026-06-06', refreshed_on: '2026-06-07' }])
    expect(await members()).toEqual([
      ['spared', 'paid', 150_000, 4],
      ['listed', null, 150_000, 5],
      ['listed', null, 150_000, 5],
    ])
    await pay(lines[1])
    await pay(lines[2])
    expect(await isp.cycle()).toMatchObject({ cutOffsListed: 0 })
    expect(await batches()).toMatchObject([{ status: 'lapsed', decided_by: null }])
    expect(await isp.raw`select 1 from tasks where done_at is null`).toHaveLength(0)
  })

  it('are carried out for exactly those who still owe, without the taken out and those who paid meanwhile', async () => {
    await isp.cycle()
    await takeOutOfCutOff(isp.deps, isp.organisationId, await batchId(), {
      serviceIds: [lines[0].serviceId],
      reason: 'a clinic',
      actor,
    })
    await pay(lines[1])
    await approve()
    expect(await access()).toEqual([waits, on, off])
    expect(await members()).toEqual([
      ['taken_out', 'a clinic', 150_000, 4],
      ['spared', 'paid', 150_000, 4],
      ['cut_off', null, 150_000, 4],
    ])
    expect(await isp.raw`select subscriber_id from messages where kind = 'suspended'`).toEqual([{ subscriber_id: lines[2].subscriberId }])
    expect(await batches()).toMatchObject([{ status: 'approved', decided_by: actor }])
    const audit = await isp.raw`select action, actor, detail from audit_records where subject_noun = 'cut_off_batch' order by at, id`
    expect(audit).toMatchObject([
      { action: 'cut_off_batch.take_out', actor, detail: { reason: 'a clinic', serviceIds: [lines[0].serviceId] } },
      { action: 'cut_off_batch.approve', actor },
    ])
    // Decided on for today: a second run lists nobody again, the next day does.
    expect(await isp.cycle()).toMatchObject({ cutOffsListed: 0, servicesSuspended: 0 })
    isp.day('2026-06-07')
    expect(await isp.cycle()).toMatchObject({ cutOffsListed: 1 })
    expect(await members()).toEqual([['listed', null, 150_000, 5], undefined, undefined])
    expect(await isp.verify()).toMatchObject({ doubts: [] })
  })

  it('are decided once', async () => {
    await isp.cycle()
    const decided = expect.objectContaining({ code: 'cut_off_batch_decided' })
    const id = await batchId()
    await expect(
      takeOutOfCutOff(isp.deps, isp.organisationId, id, { serviceIds: [isp.branchId as never], reason: 'x', actor }),
    ).rejects.toMatchObject({ code: 'not_found' })
    await approve()
    await expect(approve()).rejects.toEqual(decided)
    await expect(rejectCutOffs(isp.deps, isp.organisationId, id, { reason: 'x', actor })).rejects.toEqual(decided)
    await expect(
      takeOutOfCutOff(isp.deps, isp.organisationId, id, { serviceIds: [lines[0].serviceId], reason: 'x', actor }),
    ).rejects.toEqual(decided)
    expect(await isp.raw`select 1 from messages where kind = 'suspended'`).toHaveLength(3)
  })

  it('once approved stay off until the debt is paid, and the next debt needs another word', async () => {
    await isp.cycle()
    await approve()
    isp.day('2026-06-20')
    expect(await isp.cycle()).toMatchObject({ cutOffsListed: 0, servicesMoved: 0 })
    expect(await access()).toEqual([off, off, off])
    await pay(lines[0], 100n)
    expect((await access())[0]).toBe(off)
    await pay(lines[0], 1_400n)
    expect((await access())[0]).toBe(on)
    isp.day('2026-07-06')
    expect(await isp.cycle()).toMatchObject({ cutOffsListed: 1, servicesSuspended: 0 })
    expect(await access()).toEqual([waits, off, off])
  })

  it('that are rejected leave every line on, until the batch of the next day', async () => {
    await isp.cycle()
    const id = await batchId()
    await rejectCutOffs(isp.deps, isp.organisationId, id, { reason: 'the gateway was down', actor })
    expect(await isp.cycle()).toMatchObject({ cutOffsListed: 0 })
    expect(await access()).toEqual([waits, waits, waits])
    isp.day('2026-06-07')
    expect(await isp.cycle()).toMatchObject({ cutOffsListed: 3 })
    expect(await batches()).toMatchObject([{ id, status: 'rejected' }, { status: 'open' }])
  })

  it('that a stopped server left half done are finished by the next run', async () => {
    await isp.cycle()
    await isp.raw`update cut_off_batches set status = 'approved', decided_on = '2026-06-06', decided_at = ${isp.clock.now()}`
    expect(await isp.cycle()).toMatchObject({ servicesSuspended: 3, servicesMoved: 3, cutOffsListed: 0 })
    expect(await access()).toEqual([off, off, off])
    expect((await members()).map((member) => member?.[0])).toEqual(['cut_off', 'cut_off', 'cut_off'])
  })

  it('that are approved on a protected day are carried out on the first that is none', async () => {
    await isp.cycle()
    // 6 June 2026 is a Saturday.
    const cutOff = { minimumDebtMinor: 0n, notOnWeekdays: ['saturday', 'sunday'] as const, holidays: [] }
    await changeOrganisation(isp.deps, isp.organisationId, { cutOff, actor })
    await approve()
    await pay(lines[0])
    isp.day('2026-06-07')
    expect(await isp.cycle()).toMatchObject({ servicesSuspended: 0, cutOffsListed: 0 })
    isp.day('2026-06-08')
    expect(await isp.cycle()).toMatchObject({ servicesSuspended: 2, cutOffsListed: 0 })
    expect(await access()).toEqual([on, off, off])
    expect((await members()).map((member) => member?.[0])).toEqual(['spared', 'cut_off', 'cut_off'])
  })

  it('are needed no more when the organisation goes back to automatic', async () => {
    await isp.cycle()
    await changeOrganisation(isp.deps, isp.organisationId, { cutOffMode: 'automatic', actor })
    expect(await isp.cycle()).toMatchObject({ servicesSuspended: 3, cutOffsListed: 0 })
    expect(await access()).toEqual([off, off, off])
    expect(await batches()).toMatchObject([{ status: 'lapsed' }])
    await changeOrganisation(isp.deps, isp.organisationId, { cutOffMode: 'approved', actor })
    isp.day('2026-06-07')
    await isp.cycle()
    expect(await access()).toEqual([off, off, off])
  })

  it('are not asked for by prepaid lines, which just end', async () => {
    const planId = await createPlan(isp.deps, isp.organisationId, {
      code: 'PRE',
      name: 'Prepaid',
      actor,
      price: priceOf('1000', 'prepaid', 0),
    })
    const prepaid = await isp.subscribe({ planId, startsOn: '2026-06-06' as CivilDate })
    await isp.cycle()
    isp.day('2026-06-07')
    await isp.cycle()
    const [row] = await isp.raw`select wanted_state, wanted_reason from access_states where service_id = ${prepaid.serviceId}`
    expect(row).toEqual({ wanted_state: 'suspended', wanted_reason: 'expired' })
  })
})
