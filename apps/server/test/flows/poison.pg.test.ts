import { asId, type TaskId } from '@nyuzi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { retryTask } from '../../src/flows/tasks/retry-task.ts'
import { type Isp, type Line, openIsp } from '../isp.ts'
import { call, channelUrl, confirmationOf, quiet } from './wire.ts'

describe('A row that cannot be taken', () => {
  let isp: Isp
  let lines: Line[]

  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z', log: 'silent' })
    lines = [
      await isp.subscribe({ startsOn: '2026-07-10' as never }),
      await isp.subscribe({ startsOn: '2026-07-10' as never }),
      await isp.subscribe({ startsOn: '2026-07-10' as never }),
    ]
    // Whatever the reason will be one day, the database refuses what carries this mark.
    await isp.raw.unsafe(`
      create function refuse_poison() returns trigger language plpgsql as $$ begin raise exception 'poison'; end $$;
      create trigger poison before insert on payments for each row when (new.provider_transaction like 'POISON%') execute function refuse_poison();
      create trigger poison before insert on payment_notices for each row when (new.provider_transaction like 'VENOM%') execute function refuse_poison();`)
    await isp.raw.unsafe(
      `create trigger poison before insert on charged_periods for each row when (new.subscription_id = '${lines[1]?.subscriptionId}') execute function refuse_poison()`,
    )
  })
  afterAll(() => isp.close())

  const facts = (receipt: string) => ({ receipt, amount: '100.00', at: isp.clock.now(), account: lines[0]?.accountNumber ?? '' })

  it('among notices is parked with a task, and those around it are posted', async () => {
    const receipts = ['BEFORE0001', 'POISON0001', 'BETWEEN001', 'POISON0002', 'AFTER00001']
    await isp.deps.store.inOrganisation(isp.organisationId, (tx) =>
      tx.notices.add(
        receipts.map((providerTransaction) => ({
          id: asId('notice', isp.deps.ids.next()),
          installationId: isp.installations.paybill,
          receivedAt: isp.clock.now(),
          notice: {
            status: 'succeeded',
            evidence: 'callback',
            providerTransaction,
            amount: { amountMinor: 10_000n, currency: 'KES' },
            payer: { kind: 'absent' },
            accountReference: lines[0]?.accountNumber ?? '',
          },
        })),
      ),
    )
    await quiet(isp)
    expect((await isp.raw`select provider_transaction, outcome from payment_notices order by id`).map((row) => Object.values(row))).toEqual(
      [
        ['BEFORE0001', 'posted'],
        ['POISON0001', 'parked'],
        ['BETWEEN001', 'posted'],
        ['POISON0002', 'parked'],
        ['AFTER00001', 'posted'],
      ],
    )
    const tasks =
      await isp.raw`select n.provider_transaction, t.title, t.detail, t.done_at from tasks t join payment_notices n on n.id = t.subject_id::uuid where t.kind = 'notice_parked' order by n.id`
    expect(tasks).toEqual(
      ['POISON0001', 'POISON0002'].map((provider_transaction) => ({
        provider_transaction,
        title: expect.any(String),
        detail: { reason: 'poison' },
        done_at: null,
      })),
    )
    expect((await isp.verify()).doubts).toEqual([])
  })

  it('is not one in another currency: that waits in suspense, and pays nothing', async () => {
    await isp.deps.store.inOrganisation(isp.organisationId, (tx) =>
      tx.notices.add([
        {
          id: asId('notice', isp.deps.ids.next()),
          installationId: isp.installations.paybill,
          receivedAt: isp.clock.now(),
          notice: {
            status: 'succeeded',
            evidence: 'callback',
            providerTransaction: 'DOLLARS001',
            amount: { amountMinor: 150_000n, currency: 'USD' },
            payer: { kind: 'absent' },
            accountReference: lines[0]?.accountNumber ?? '',
          },
        },
      ]),
    )
    await quiet(isp)
    expect(await isp.raw`select outcome, payment_id from payment_notices where provider_transaction = 'DOLLARS001'`).toEqual([
      { outcome: 'posted', payment_id: expect.any(String) },
    ])
    expect(await isp.raw`select status, suspense_reason, amount_minor, allocated_minor from payments where currency = 'USD'`).toEqual([
      { status: 'unmatched', suspense_reason: 'other_currency', amount_minor: '150000', allocated_minor: '0' },
    ])
    expect((await isp.verify()).doubts).toEqual([])
  })

  it('among callbacks is quarantined with a task and its bytes, and those around it are processed', async () => {
    const url = await channelUrl(isp, 'confirmation')
    const body = confirmationOf(facts('VENOM00001'))
    await Promise.all([call(url, confirmationOf(facts('GOODA00001'))), call(url, body), call(url, confirmationOf(facts('GOODB00001')))])
    await quiet(isp)
    expect((await isp.raw`select dedupe_key, status from callbacks order by dedupe_key`).map((row) => Object.values(row))).toEqual([
      ['c2b:GOODA00001', 'processed'],
      ['c2b:GOODB00001', 'processed'],
      ['c2b:VENOM00001', 'quarantined'],
    ])
    expect(await isp.raw`select convert_from(body, 'UTF8') as body, status_reason from callbacks where status = 'quarantined'`).toEqual([
      { body, status_reason: 'poison' },
    ])
    expect((await isp.raw`select 1 from tasks where kind = 'callback_parked'`).length).toBe(1)
    expect((await isp.raw`select 1 from payments where provider_transaction like 'GOOD%'`).length).toBe(2)
  })

  it('among subscriptions is parked with a task, and those around it are billed', async () => {
    isp.day('2026-07-03')
    expect(await isp.cycle()).toMatchObject({ invoicesIssued: 2, subscriptionsParked: 1 })
    expect((await isp.raw`select subscriber_id, number from invoices order by number`).map((row) => row['subscriber_id'])).toEqual([
      lines[0]?.subscriberId,
      lines[2]?.subscriberId,
    ])
    expect(await isp.raw`select subject_id, done_at from tasks where kind = 'billing_parked'`).toEqual([
      { subject_id: lines[1]?.subscriptionId, done_at: null },
    ])
    expect(await isp.raw`select last_sequence from number_series`).toEqual([{ last_sequence: '2' }])
    expect(await isp.cycle()).toMatchObject({ invoicesIssued: 0, subscriptionsParked: 0 })
  })

  it('is tried again when a person says so, once its cause is mended', async () => {
    const tasks =
      await isp.raw`select id, kind from tasks where kind in ('notice_parked', 'callback_parked', 'billing_parked') and done_at is null order by id`
    const retry = (id: string) => retryTask(isp.deps, isp.organisationId, id as TaskId, 'test')
    const poisoned = tasks.filter(({ kind }) => kind === 'callback_parked')
    // Still poisoned: it is parked once more, and a new task says so.
    await retry(poisoned[0]?.['id'])
    await quiet(isp)
    expect((await isp.raw`select 1 from tasks where kind = 'callback_parked' and done_at is null`).length).toBe(1)

    await isp.raw.unsafe('drop trigger poison on payments; drop trigger poison on payment_notices; drop trigger poison on charged_periods')
    for (const {
      id,
    } of await isp.raw`select id from tasks where kind in ('notice_parked', 'callback_parked', 'billing_parked') and done_at is null`)
      await retry(id)
    await quiet(isp)
    expect((await isp.raw`select 1 from payments where provider_transaction in ('POISON0001', 'POISON0002', 'VENOM00001')`).length).toBe(3)
    expect(await isp.cycle()).toMatchObject({ invoicesIssued: 1, subscriptionsParked: 0 })
    await expect(retry(tasks[0]?.['id'])).rejects.toMatchObject({ code: 'task_not_retryable' })
    expect((await isp.verify()).doubts).toEqual([])
  })

  it('is not parked when the database was away: nothing is wrong with the row', async () => {
    await isp.raw.unsafe(`
      create function away() returns trigger language plpgsql as $$ begin raise exception 'the administrator stops it' using errcode = '57P01'; end $$;
      create trigger away before insert on payments for each row execute function away()`)
    const url = await channelUrl(isp, 'confirmation')
    await call(url, confirmationOf(facts('PATIENT001')))
    await isp.until(
      'the notice to wait',
      async () => (await isp.raw`select 1 from payment_notices where provider_transaction = 'PATIENT001' and outcome is null`).length === 1,
    )
    await isp.settled()
    await isp.raw.unsafe('drop trigger away on payments')
    await quiet(isp)
    expect(await isp.raw`select outcome from payment_notices where provider_transaction = 'PATIENT001'`).toEqual([{ outcome: 'posted' }])
  })
})
