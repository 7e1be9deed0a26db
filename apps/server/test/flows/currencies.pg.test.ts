import { type CivilDate, civilDate, money, type PaymentId, type PriceId } from '@nyuzi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { createPrice } from '../../src/flows/catalog/create-price.ts'
import { createCharge } from '../../src/flows/charges/create-charge.ts'
import { transferCredit } from '../../src/flows/credits/transfer-credit.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { requestPayment } from '../../src/flows/payments/request-payment.ts'
import { resolveSuspense } from '../../src/flows/payments/resolve-suspense.ts'
import { reportAgeing } from '../../src/flows/reports/report-ageing.ts'
import { reportRevenue } from '../../src/flows/reports/report-revenue.ts'
import { changeSubscriptionPlan } from '../../src/flows/subscribers/change-plan.ts'
import { createSubscription } from '../../src/flows/subscribers/create-subscription.ts'
import { setParent } from '../../src/flows/subscribers/set-parent.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'

const actor = 'test'
const usd = (amountMinor: bigint) => money(amountMinor, 'USD')

/** An ISP of Nairobi whose embassies pay in dollars: one plan with a price list in each currency. */
describe('Accounts in several currencies', () => {
  let isp: Isp
  let home: Line
  let embassy: Line
  let dollars: PriceId

  const invoicesOf = async ({ subscriberId }: Line) =>
    (
      await isp.raw`select currency, total_minor, status from invoices where subscriber_id = ${subscriberId} and kind = 'invoice' order by issued_on, sequence`
    ).map((row) => Object.values(row).join(' '))
  const wanted = async ({ serviceId }: Line) =>
    (await isp.raw`select wanted_state, wanted_reason from access_states where service_id = ${serviceId}`).map((row) =>
      Object.values(row).join(' '),
    )[0]
  const on = async (day: string) => {
    isp.day(day)
    await isp.cycle()
  }

  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    const planId = await createPlan(isp.deps, isp.organisationId, {
      code: 'FIBRE',
      name: 'Fibre',
      actor,
      price: priceOf('3000', 'postpaid', 3),
    })
    const price = { ...priceOf('0', 'postpaid', 3), amount: usd(2_550n) }
    dollars = (await createPrice(isp.deps, isp.organisationId, planId, { ...price, actor })).priceId
    home = await isp.subscribe({ planId, startsOn: civilDate('2026-06-01') })
    embassy = await isp.subscribe({ planId, startsOn: civilDate('2026-06-01'), currency: 'USD' })
    await changeOrganisation(isp.deps, isp.organisationId, {
      cutOff: { minimumDebtMinor: 300_001n, notOnWeekdays: [], holidays: [] },
      lateFee: {
        amount: { kind: 'fixed', amountMinor: 20_000n },
        graceDays: 1,
        countMax: 1,
        from: civilDate('2026-06-01'),
        taxClass: 'exempt',
      },
      actor,
    })
    await isp.cycle()
  })
  afterAll(() => isp.close())

  it('are sold the same plan at the price of their own currency, and invoiced in it', async () => {
    expect(await invoicesOf(home)).toEqual(['KES 300000 open'])
    expect(await invoicesOf(embassy)).toEqual(['USD 2550 open'])
  })

  it('take amounts in their own currency alone', async () => {
    const refused = { code: 'currency_mismatch', errors: [{ rule: 'currency_of_account' }] }
    const { deps, organisationId } = isp
    await expect(isp.pay(embassy, 2_550n)).rejects.toMatchObject(refused)
    await expect(
      createCharge(deps, organisationId, {
        subscriberId: embassy.subscriberId,
        description: 'Call-out',
        category: 'call_out',
        taxClass: 'exempt',
        pricing: 'inclusive',
        amount: money(100n, 'KES'),
        when: 'now',
        actor,
      }),
    ).rejects.toMatchObject(refused)
    await expect(
      transferCredit(deps, organisationId, {
        from: home.subscriberId,
        to: embassy.subscriberId,
        amount: money(1n, 'KES'),
        reason: 'x',
        actor,
      }),
    ).rejects.toMatchObject(refused)
    await expect(
      createSubscription(deps, organisationId, { subscriberId: home.subscriberId, sold: { priceId: dollars }, actor }),
    ).rejects.toMatchObject(refused)
    await expect(
      changeSubscriptionPlan(deps, organisationId, home.subscriptionId, { to: { priceId: dollars }, when: 'now_prorated', actor }),
    ).rejects.toMatchObject(refused)
    const family = setParent(deps, organisationId, embassy.subscriberId, { parentId: home.subscriberId, pays: true, actor })
    await expect(family).rejects.toMatchObject({ code: 'parent_not_allowed' })
  })

  it('are not prompted by a provider that takes none of it', async () => {
    const prompt = requestPayment(isp.deps, isp.organisationId, { subscriberId: embassy.subscriberId, actor })
    await expect(prompt).rejects.toMatchObject({ code: 'invalid_input', errors: [{ field: 'installation' }] })
  })

  it('do not take money of another currency that names them: it waits in suspense for an account that can', async () => {
    await isp.daraja.pay({ phone: embassy.phone.slice(1), amount: '3000', accountReference: embassy.accountNumber })
    const payment = await isp.until('the payment', async () => {
      const [row] = await isp.raw<
        { id: PaymentId; reason: string }[]
      >`select id, suspense_reason as reason from payments where currency = 'KES'`
      return row
    })
    expect(payment.reason).toBe('other_currency')
    const paymentId = payment.id
    await expect(
      resolveSuspense(isp.deps, isp.organisationId, { paymentId, subscriberId: embassy.subscriberId, actor }),
    ).rejects.toMatchObject({ code: 'currency_mismatch' })
    await resolveSuspense(isp.deps, isp.organisationId, { paymentId, subscriberId: home.subscriberId, actor })
    expect([await invoicesOf(home), await invoicesOf(embassy)]).toEqual([['KES 300000 paid'], ['USD 2550 open']])
  })

  it('know no smallest debt and no fixed late fee of the currency of the organisation', async () => {
    await on('2026-06-05')
    expect(await wanted(embassy)).toBe('suspended overdue')
    expect(await isp.raw`select 1 from invoices where kind = 'debit_note'`).toEqual([])
    await isp.pay(embassy, 5_000n, isp.clock.now(), 'USD')
    expect(await invoicesOf(embassy)).toEqual(['USD 2550 paid'])
    expect(await wanted(embassy)).toBe('active paid')
  })

  it('have credit of their own that pays the next period', async () => {
    await on('2026-07-01')
    expect(await invoicesOf(embassy)).toEqual(['USD 2550 paid', 'USD 2550 open'])
    const [open] = await isp.raw`select sum(total_minor - allocated_minor)::int as open from invoices where currency = 'USD'`
    expect(open).toEqual({ open: 100 })
  })

  it('move to a new version in their own currency, and the others stay', async () => {
    const [plan] = await isp.raw`select plan_id from prices where id = ${dollars}`
    const { moving } = await createPrice(isp.deps, isp.organisationId, plan?.['plan_id'], {
      ...priceOf('0', 'postpaid', 3),
      amount: usd(3_000n),
      existing: 'move',
      actor,
    })
    expect(moving).toBe(1)
    await on('2026-08-01')
    expect((await invoicesOf(embassy)).at(-1)).toBe('USD 3000 open')
    expect((await invoicesOf(home)).at(-1)).toBe('KES 300000 open')
    expect(await isp.raw`select currency, total_minor::int from invoices where kind = 'debit_note'`).toEqual([
      { currency: 'KES', total_minor: 20_000 },
    ])
  })

  it('are reported each by itself, and the ledger holds both', async () => {
    const span = { from: civilDate('2026-06-01'), until: civilDate('2026-08-01') as CivilDate, by: 'branch' } as const
    const { deps, organisationId } = isp
    const [kesAge, usdAge] = [
      await reportAgeing(deps, organisationId, { by: 'plan' }),
      await reportAgeing(deps, organisationId, { by: 'plan', currency: 'USD' }),
    ]
    expect([kesAge.currency, kesAge.total.totalMinor, usdAge.currency, usdAge.total.totalMinor]).toEqual(['KES', 620_000n, 'USD', 3_100n])
    for (const by of ['month', 'branch', 'plan', 'category'] as const) {
      const both = [
        await reportRevenue(deps, organisationId, { ...span, by }),
        await reportRevenue(deps, organisationId, { ...span, by, currency: 'USD' }),
      ]
      expect(both.map(({ currency, total }) => [currency, total.invoicedMinor, total.outstandingMinor])).toEqual(
        by === 'category'
          ? [
              ['KES', 920_000n, undefined],
              ['USD', 8_100n, undefined],
            ]
          : [
              ['KES', 920_000n, 620_000n],
              ['USD', 8_100n, 3_100n],
            ],
      )
    }
    expect((await isp.verify()).doubts).toEqual([])
  })

  it('are kept apart by the database too', async () => {
    const other = isp.raw`update subscribers set currency = 'KES' where id = ${embassy.subscriberId}`
    await expect(other).rejects.toMatchObject({ code: 'NY001' })
    const forged = isp.raw`
      insert into invoices (organisation_id, id, subscriber_id, series, sequence, number, status, currency, total_minor, issued_on, due_on, created_at)
      select organisation_id, uuidv7(), subscriber_id, series, sequence + 99, number || '-99', 'open', 'KES', 1, issued_on, due_on, created_at
        from invoices where currency = 'USD' limit 1`
    await expect(forged).rejects.toMatchObject({ code: 'NY003' })
  })
})
