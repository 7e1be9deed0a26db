import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestPayment } from '../../src/flows/payments/request-payment.ts'
import { type Isp, type Line, openIsp } from '../isp.ts'

describe('An ISP that is paid late', () => {
  let isp: Isp
  let line: Line
  const wantedState = async () =>
    (await isp.raw`select wanted_state, status, observed_state from access_states where service_id = ${line.serviceId}`)[0]

  beforeAll(async () => {
    isp = await openIsp({
      startAt: '2026-06-01T06:00:00Z',
      graceDays: 3,
      daraja: { autoAnswer: { outcome: 'approve', afterMs: 50 }, confirmation: 'after' },
    })
    line = await isp.subscribe({ startsOn: '2026-06-10' as never, anchorDay: 10 })
  })
  afterAll(() => isp.close())

  it('issues the invoice seven days before the period starts', async () => {
    isp.day('2026-06-03')
    const cycle = await isp.cycle()
    expect(cycle).toMatchObject({ invoicesIssued: 1, servicesSuspended: 0 })
    const [invoice] = await isp.raw`select number, status, total_minor, due_on, issued_on from invoices`
    expect(invoice).toMatchObject({
      number: 'NRB-000001',
      status: 'open',
      total_minor: '150000',
      due_on: '2026-06-10',
      issued_on: '2026-06-03',
    })
  })

  it('reminds five days before, on the day and one day after, each once', async () => {
    for (const date of ['2026-06-05', '2026-06-05', '2026-06-10', '2026-06-11', '2026-06-11']) {
      isp.day(date)
      await isp.cycle()
    }
    await isp.until('three reminders', () => isp.gateway.messages.length === 3)
    expect(isp.gateway.messages.map(({ text }) => text)).toEqual([
      expect.stringContaining('10 Jun'),
      expect.any(String),
      expect.any(String),
    ])
  })

  it('lets the line on and dial in while it is in grace', async () => {
    await isp.until('the line to be on the router', () => isp.router.book.secret(line.username))
    expect(isp.router.dial(line.username, 'password-1')).toBe('online')
  })

  it('suspends on the router when the grace has ended, and drops the session', async () => {
    isp.day('2026-06-13')
    expect(await isp.cycle()).toMatchObject({ servicesSuspended: 0 })
    isp.day('2026-06-14')
    expect(await isp.cycle()).toMatchObject({ servicesSuspended: 1 })
    await isp.until('the line to be walled', () => isp.router.lineState(line.username) !== 'online')
    await isp.until('the state to be seen', async () => (await wantedState())?.observed_state === 'suspended')
  })

  it('restores it when the prompt is paid, posts once and sends one receipt', async () => {
    const before = isp.gateway.messages.length
    await requestPayment(isp.deps, isp.organisationId, { subscriberId: line.subscriberId, actor: 'test' })
    await isp.until('the line to be active again', async () => (await wantedState())?.observed_state === 'active')
    await isp.until('the line to be online', () => isp.router.lineState(line.username) === 'online')
    await isp.until('the receipt', () =>
      isp.gateway.messages.some(({ text }) => /on\b/i.test(text) && text.includes(isp.daraja.book[0]?.receipt ?? '-')),
    )
    const payments = await isp.raw`select provider_transaction, amount_minor, allocated_minor, status from payments`
    expect(payments).toEqual([
      { provider_transaction: isp.daraja.book[0]?.receipt, amount_minor: '150000', allocated_minor: '150000', status: 'matched' },
    ])
    expect(await isp.raw`select status from invoices`).toEqual([{ status: 'paid' }])
    await isp.daraja.settled()
    await isp.settled()
    expect(isp.gateway.messages.slice(before).filter(({ text }) => text.includes(isp.daraja.book[0]?.receipt ?? '-'))).toHaveLength(1)
  })

  it('leaves books in which nothing is in doubt', async () => {
    expect((await isp.verify()).doubts).toEqual([])
  })
})
