import { civilDate, money, written } from '@nyuzi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { explainInvoice } from '../../src/flows/billing/explain-invoice.ts'
import { recomputeIssued } from '../../src/flows/billing/recompute-issued.ts'
import { issueDebitNote } from '../../src/flows/credits/issue-debit-note.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { toApiExplanation } from '../../src/http/wire/explanations.ts'
import { type Isp, type Line, openIsp } from '../isp.ts'

const actor = 'test'

describe('A debit note', () => {
  let isp: Isp
  let line: Line

  const explain = async (number: string) => {
    const explained = await explainInvoice(isp.deps, isp.organisationId, { number })
    return explained && toApiExplanation(explained)
  }

  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z', log: 'silent' })
    const lateFee = { amount: { kind: 'percentage', rateBp: 500 }, graceDays: 2, countMax: 1, taxClass: 'equipment' } as const
    await changeOrganisation(isp.deps, isp.organisationId, { taxPack: 'KE', lateFee, actor })
    line = await isp.subscribe({ startsOn: civilDate('2026-06-01'), anchorDay: 1 })
    await isp.cycle()
    const cable = {
      description: written('Cable'),
      category: 'repair',
      taxClass: 'equipment',
      pricing: 'exclusive',
      amount: money(100_001n, 'KES'),
    } as const
    await issueDebitNote(isp.deps, isp.organisationId, {
      subscriberId: line.subscriberId,
      charges: [cable, { ...cable, description: written('Visit'), pricing: 'inclusive' }],
      dueOn: civilDate('2026-06-20'),
      reason: 'broken',
      actor,
    })
    isp.day('2026-06-04')
    await isp.cycle()
  })
  afterAll(() => isp?.close())

  it('is explained by its amount and the taxes of its day', async () => {
    const explained = await explain('NRB-DN-000001')
    expect(explained).toMatchObject({ agrees: true, differences: [] })
    expect(explained?.lines[0]).toMatchObject({
      source: null,
      periodStart: null,
      rule: 'An amount that was named, with the taxes of the day',
    })
    expect(explained?.lines.map((one) => one.recomputed?.steps.slice(0, 1).concat(one.recomputed.steps.slice(-1)))).toEqual([
      ['The amount that was named: 1000.01', 'Net 1000.01 and the taxes: 1160.01'],
      ['The amount that was named: 1000.01', 'What is left of 1000.01 is net: 862.08'],
    ])
    expect(await explain('NRB-DN-000002')).toMatchObject({ agrees: true, invoice: { kind: 'debit_note' } })
  })

  it('is computed a second time each night, and one that was tampered with is told', async () => {
    expect(await recomputeIssued(isp.deps, isp.organisationId)).toEqual({ read: 3, differing: 0 })
    await isp.raw.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      await sql`update invoice_line_taxes t set amount_minor = amount_minor + 1 from invoices i where i.id = t.invoice_id and i.number = 'NRB-DN-000001' and t.line_position = 1`
    })
    expect(await recomputeIssued(isp.deps, isp.organisationId)).toEqual({ read: 3, differing: 1 })
    expect(await explain('NRB-DN-000001')).toMatchObject({ agrees: false, differences: [{ line: 1, field: 'vat_amount' }] })
  })
})
