import { civilDate, money } from '@nyuzi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { explainInvoice } from '../../src/flows/billing/explain-invoice.ts'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { createPromotion } from '../../src/flows/discounts/create-promotion.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { grantAllowance } from '../../src/flows/usage/grant-allowance.ts'
import { recordUsage } from '../../src/flows/usage/record-usage.ts'
import { explanationOut, toApiExplanation } from '../../src/http/wire/explanations.ts'
import { type Isp, openIsp, priceOf } from '../isp.ts'

const actor = 'test'
const kes = (minor: bigint) => money(minor, 'KES')

describe('Each kind of line is explained by what an accountant needs to work it out', () => {
  let isp: Isp

  const explained = async (issuedOn: string) => {
    const [row] = await isp.raw<{ number: string }[]>`select number from invoices where issued_on = ${issuedOn} order by sequence`
    const one = await explainInvoice(isp.deps, isp.organisationId, { number: row?.number ?? '' })
    if (!one) throw new Error(`nothing was issued on ${issuedOn}`)
    const explanation = explanationOut.parse(toApiExplanation(one))
    expect(explanation).toMatchObject({ agrees: true, timeZone: 'Africa/Nairobi' })
    return explanation.lines
  }

  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z', log: 'silent' })
    await changeOrganisation(isp.deps, isp.organisationId, { taxPack: 'KE', actor })
    const tiers = [
      { upTo: 1_024n, price: kes(500n) },
      { price: kes(300n), flatFee: kes(1_000n) },
    ]
    const planId = await createPlan(isp.deps, isp.organisationId, {
      code: 'BUNDLE',
      name: 'Bundle',
      actor,
      price: {
        ...priceOf('2000', 'postpaid', 3),
        extras: [
          {
            kind: 'one_time',
            key: 'install',
            title: 'Installation',
            category: 'installation',
            taxClass: 'installation',
            amount: kes(150_000n),
          },
          { kind: 'recurring', key: 'router', title: 'Router', category: 'equipment', taxClass: 'equipment', amount: kes(30_000n) },
        ],
        usage: [
          {
            key: 'data',
            title: 'Data',
            category: 'internet',
            taxClass: 'internet',
            tariff: { scheme: 'graduated', unit: 'MB', blockUnits: 1n, includedUnits: 100n, tiers },
          },
        ],
      },
    })
    const terms = { code: 'TEN', title: 'Ten off', value: { kind: 'percentage', rateBp: 1_000 }, exclusive: false } as const
    await createPromotion(isp.deps, isp.organisationId, { ...terms, planIds: [planId], startsOn: civilDate('2026-06-01'), actor })
    const line = await isp.subscribe({ planId, startsOn: civilDate('2026-06-11'), anchorDay: 1 })
    isp.day('2026-06-04')
    await isp.cycle()
    const allowance = { title: 'Gift', unit: 'MB', units: 50n, validUntil: new Date('2026-07-01T00:00:00Z'), actor }
    isp.day('2026-06-12')
    await grantAllowance(isp.deps, isp.organisationId, line.subscriptionId, allowance)
    isp.day('2026-06-20')
    const records = [
      { subscriptionId: line.subscriptionId, key: 'k', unit: 'MB', quantity: 2_000n, occurredAt: new Date('2026-06-15T09:00:00Z') },
    ]
    await recordUsage(isp.deps, isp.organisationId, { source: 'radius', records, actor })
    isp.day('2026-07-01')
    await isp.cycle()
  })
  afterAll(() => isp.close())

  it('the plan with its version, days, and the discount that was taken off its whole period', async () => {
    const [plan] = await explained('2026-06-04')
    expect(plan).toMatchObject({
      source: { planCode: 'BUNDLE', priceVersion: 1, priceEffectiveFrom: '2020-01-01', terms: 1, countedFrom: '2026-06-11', anchorDay: 1 },
      periodStart: '2026-06-11',
      periodEnd: '2026-07-01',
      dueOn: '2026-06-11',
      part: null,
      discounts: [{ code: 'TEN', title: 'Ten off', source: 'promotion', working: '2000.00 × 10 ÷ 100', amount: { text: 'KES 200' } }],
      arithmetic: expect.stringContaining('2000.00 − TEN 200.00 = 1800.00; 1800.00 × 20 ÷ 30'),
    })
    expect(plan?.recomputed?.steps.slice(0, 3)).toEqual([
      'Every month from 2026-06-11, day 1 of the month: the period is 2026-06-01 to before 2026-07-01, 30 days; charged are 2026-06-11 to before 2026-07-01: 20 days',
      'TEN: 2000.00 × 10 ÷ 100 = 200.00',
      '1800.00 × 20 ÷ 30 = 1200.00',
    ])
  })

  it('what is charged once or beside it by its own amount, and not by that of the plan', async () => {
    const parts = (await explained('2026-06-04')).map(({ part, rule }) => [part, rule.split(':')[0]])
    expect(parts).toContainEqual(['Installation, 1500.00 once', 'Charged once, with the first day'])
    expect(parts).toContainEqual([
      'Router, 300.00 for each period',
      'The rest of a period, from the start or from where new terms or service began',
    ])
  })

  it('use by what was measured, what allowances cover, and the tariff', async () => {
    const used = (await explained('2026-07-01')).find(({ usage }) => usage !== null)
    expect(used).toMatchObject({
      part: 'Data',
      tariff: 'graduated, for 1 MB: 5.00 up to 1024, 3.00 beyond and 10.00 at once; 100 MB included',
      usage: { unit: 'MB', units: '1950', chargedBefore: '0' },
    })
    expect(used?.recomputed?.steps.slice(0, 2)).toEqual([
      '2000 units were measured in 1 record; Gift covers 50: 1950 are left to be charged',
      '1950 units, 100 of them free: (1850 × 5.00 + 826 × -2.00) ÷ 1, rounded, and fees of 10.00 = 7608.00',
    ])
  })
})
