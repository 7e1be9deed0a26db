import { type CivilDate, money, type SubscriberId } from '@nyuzi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { recordManualPayment } from '../../src/flows/payments/record-manual-payment.ts'
import { setOverdraft } from '../../src/flows/receivables/set-overdraft.ts'
import { changeSubscriber } from '../../src/flows/subscribers/change-subscriber.ts'
import { createSubscription } from '../../src/flows/subscribers/create-subscription.ts'
import { setParent } from '../../src/flows/subscribers/set-parent.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'
import { wordsOf } from '../line-words.ts'

const actor = 'test'
const civil = (text: string) => text as CivilDate

describe('A parent who pays', () => {
  let isp: Isp
  let parent: Line
  let child: Line
  let reference = 0

  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z', log: 'silent' })
    parent = await isp.subscribe({ name: 'Hotel Baraka', startsOn: civil('2026-06-05'), anchorDay: 5 })
    child = await isp.subscribe({ name: 'Room 7', startsOn: civil('2026-06-05'), anchorDay: 5 })
  })
  afterAll(() => isp.close())

  const under = (line: Line, parentId: SubscriberId | null, pays = true) =>
    setParent(isp.deps, isp.organisationId, line.subscriberId, { parentId, pays, actor })
  const pay = (line: Line, shillings: bigint) => {
    const facts = { branchId: isp.branchId, subscriberId: line.subscriberId, amount: money(shillings * 100n, 'KES') }
    return recordManualPayment(isp.deps, isp.organisationId, { ...facts, reference: `SLIP-${++reference}`, paidAt: isp.clock.now(), actor })
  }
  const invoicesOf = async ({ subscriberId }: Line) =>
    (
      await isp.raw`
        select i.number, i.total_minor, json_agg(l order by l.position) as lines from invoices i join invoice_lines l on l.invoice_id = i.id
         where i.subscriber_id = ${subscriberId} group by i.organisation_id, i.id order by i.sequence`
    ).map((row) => [row['number'], row['total_minor'], row['lines'].map(wordsOf).join(' + ')])
  const stateOf = async ({ serviceId }: Line) =>
    (await isp.raw`select wanted_state || ' ' || wanted_reason as said from access_states where service_id = ${serviceId}`)[0]?.['said']
  const receivableOf = async ({ subscriberId }: Line) =>
    (
      await isp.raw`
        select coalesce(sum(p.amount_minor), 0)::text as owed from postings p join ledger_accounts a on a.id = p.account_id
         where a.kind = 'receivable' and a.owner = ${subscriberId}`
    )[0]?.['owed']

  it('owes for the child, on lines that name it', async () => {
    await under(child, parent.subscriberId)
    await isp.cycle()
    expect(await invoicesOf(child)).toEqual([])
    const invoices = await invoicesOf(parent)
    expect(invoices.reduce((sum, [, total]) => sum + BigInt(total as string), 0n)).toBe(300_000n)
    const lines = invoices.map(([, , text]) => text as string).join(' + ')
    expect(lines.split(' + ').filter((line) => line.endsWith('(Room 7)'))).toHaveLength(1)
    expect(lines).not.toContain('(Hotel Baraka)')
    expect(await receivableOf(parent)).toBe('300000')
    expect(await receivableOf(child)).toBe('0')
  })

  it('switches the child off by its debt, and on by its payment or overdraft', async () => {
    isp.day('2026-06-09')
    await isp.cycle()
    expect([await stateOf(parent), await stateOf(child)]).toEqual(['suspended overdue', 'suspended overdue'])
    const overdraft = (amount: bigint | null) =>
      setOverdraft(isp.deps, isp.organisationId, parent.subscriberId, {
        amount: amount === null ? null : money(amount, 'KES'),
        reason: 'x',
        actor,
      })
    await overdraft(300_000n)
    expect(await stateOf(child)).toBe('active in_overdraft')
    await overdraft(null)
    expect(await stateOf(child)).toBe('suspended overdue')
    await pay(parent, 3000n)
    expect([await stateOf(parent), await stateOf(child)]).toEqual(['active paid', 'active paid'])
  })

  it('has no subscription taken from under it, and parents are one level deep', async () => {
    const third = await isp.subscribe({ startsOn: civil('2026-07-30') })
    await expect(under(parent, third.subscriberId)).rejects.toMatchObject({ code: 'parent_not_allowed' })
    await expect(under(third, child.subscriberId)).rejects.toMatchObject({ code: 'parent_not_allowed' })
    await expect(under(third, third.subscriberId)).rejects.toMatchObject({ code: 'parent_not_allowed' })
    await expect(under(third, isp.deps.ids.next() as SubscriberId)).rejects.toMatchObject({ code: 'not_found' })
    await expect(changeSubscriber(isp.deps, isp.organisationId, parent.subscriberId, { status: 'closed', actor })).rejects.toMatchObject({
      code: 'subscriber_has_subscriptions',
    })
  })

  it('pays what is bought with credit, for the child too', async () => {
    const planId = await createPlan(isp.deps, isp.organisationId, {
      code: 'DAY',
      name: 'Prepaid',
      actor,
      price: priceOf('1000', 'prepaid', 0),
    })
    isp.day('2026-06-20')
    const [firm, room] = [await isp.subscribe({ planId, name: 'Firm' }), await isp.subscribe({ planId, name: 'Desk 1' })]
    await under(room, firm.subscriberId)
    await pay(firm, 2000n)
    await isp.cycle()
    expect([await stateOf(firm), await stateOf(room)]).toEqual(['active paid', 'active paid'])
    expect(await invoicesOf(room)).toEqual([])
  })

  it('is let go: what was issued stays with it, what comes is the child’s', async () => {
    const before = await invoicesOf(parent)
    await under(child, null)
    isp.day('2026-06-29')
    await isp.cycle()
    expect((await invoicesOf(child)).map(([, total]) => total)).toEqual(['150000'])
    expect((await invoicesOf(child)).every(([, , text]) => !(text as string).includes('Room 7'))).toBe(true)
    expect((await invoicesOf(parent)).length).toBe(before.length + 1)
    expect((await isp.verify()).doubts).toEqual([])
  })

  it('who only stands above pays nothing for the child', async () => {
    await under(child, parent.subscriberId, false)
    isp.day('2026-07-29')
    await isp.cycle()
    expect((await invoicesOf(child)).length).toBe(2)
  })

  it('buys what the child is sold, with its own credit and at once', async () => {
    isp.day('2026-09-20')
    await pay(parent, 20_000n)
    const kid = await isp.subscribe({ name: 'Room 9' })
    await under(kid, parent.subscriberId)
    const planId = await createPlan(isp.deps, isp.organisationId, { code: 'PRE', name: 'Pre', actor, price: priceOf('700', 'prepaid', 0) })
    await createSubscription(isp.deps, isp.organisationId, { subscriberId: kid.subscriberId, sold: { planId }, actor })
    const bought = (await invoicesOf(parent)).filter(([, total]) => String(total) === '70000')
    expect(bought).toEqual([[expect.any(String), expect.anything(), 'Internet, 20 Sep 2026 to 19 Oct 2026 (Room 9)']])
    expect((await isp.verify()).doubts).toEqual([])
  })
})
