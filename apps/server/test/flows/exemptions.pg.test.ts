import { civilDate, type InvoiceId, money, type SubscriberId, written } from '@nyuzi/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { explainInvoice } from '../../src/flows/billing/explain-invoice.ts'
import { recomputeCredits } from '../../src/flows/billing/recompute-credits.ts'
import { recomputeIssued } from '../../src/flows/billing/recompute-issued.ts'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { issueDebitNote } from '../../src/flows/credits/issue-debit-note.ts'
import { printInvoice } from '../../src/flows/documents/print-invoice.ts'
import { endExemption } from '../../src/flows/exemptions/end-exemption.ts'
import { recordExemption } from '../../src/flows/exemptions/record-exemption.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { cancelSubscription } from '../../src/flows/subscribers/cancel-subscription.ts'
import { type Isp, openIsp, priceOf } from '../isp.ts'

const actor = 'test'

describe('A subscriber that is exempt from taxes', () => {
  let isp: Isp
  beforeEach(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    await changeOrganisation(isp.deps, isp.organisationId, { taxPack: 'KE', actor })
  })
  afterEach(async () => {
    expect((await isp.verify()).doubts).toEqual([])
    expect(await recomputeIssued(isp.deps, isp.organisationId)).toMatchObject({ differing: 0 })
    expect(await recomputeCredits(isp.deps, isp.organisationId)).toMatchObject({ differing: 0 })
    await isp.close()
  })

  const exempt = (subscriberId: SubscriberId, from = '2026-06-01', until?: string) =>
    recordExemption(isp.deps, isp.organisationId, subscriberId, {
      certificate: 'KRA/EXM/417',
      taxes: ['vat'],
      from: civilDate(from),
      ...(until === undefined ? {} : { until: civilDate(until) }),
      actor,
    })
  const invoices = () => isp.raw`
    select i.number, i.issued_on, i.total_minor::int as total, array_agg(t.code || ' ' || t.amount_minor || coalesce(' ' || t.certificate, '') order by t.position) as taxes
      from invoices i join invoice_line_taxes t on t.invoice_id = i.id group by i.organisation_id, i.id order by i.issued_on, i.sequence`
  const asRun = ({ number, issued_on, total, taxes }: Record<string, unknown>) => [number, issued_on, total, taxes]

  it('bears the other taxes on the net price, with the certificate on the line, the paper and the explanation', async () => {
    const line = await isp.subscribe({ startsOn: civilDate('2026-06-01'), anchorDay: 1 })
    await exempt(line.subscriberId, '2026-06-02')
    isp.day('2026-06-25')
    await isp.cycle()
    expect((await invoices()).map(asRun)).toEqual([
      ['NRB-000001', '2026-06-01', 150_000, ['excise 16867', 'vat 20690']],
      ['NRB-000002', '2026-06-24', 129_309, ['excise 16866', 'vat 0 KRA/EXM/417']],
    ])
    const [found] = await isp.raw`select id from invoices where number = 'NRB-000002'`
    const invoiceId: InvoiceId = found?.['id']
    const heard: unknown[] = []
    const print = async (document: unknown) => {
      heard.push(document)
      return new Uint8Array()
    }
    await printInvoice({ ...isp.deps, printer: { ...isp.deps.printer, print } }, isp.organisationId, { invoiceId })
    expect(heard).toMatchObject([{ lines: [{ taxes: [{ code: 'excise' }, { code: 'vat', rateBp: 0, certificate: 'KRA/EXM/417' }] }] }])
    const explained = await explainInvoice(isp.deps, isp.organisationId, { invoiceId })
    expect(explained?.recomputed).toMatchObject({ outcome: 'agree', differences: [] })
    expect(explained?.recomputed.lines.get(1)?.steps.join('\n')).toMatch(
      /without its taxes 1500.00 is 1124.43[\s\S]*VAT: exempt by the certificate KRA\/EXM\/417/,
    )
  })

  it('is exempt from the first day of the certificate to before its last, by the tax point, and until it is ended', async () => {
    const line = await isp.subscribe({ startsOn: civilDate('2026-06-01'), anchorDay: 1 })
    const id = await exempt(line.subscriberId, '2026-06-24', '2026-08-24')
    for (const day of ['2026-06-25', '2026-07-25', '2026-08-25']) {
      isp.day(day)
      await isp.cycle()
    }
    expect((await invoices()).map(({ total }) => total)).toEqual([150_000, 129_309, 129_309, 150_000])
    await expect(endExemption(isp.deps, isp.organisationId, id, { actor })).rejects.toMatchObject({
      errors: [{ field: 'on', rule: 'order' }],
    })
    const next = await exempt(line.subscriberId, '2026-08-01')
    await endExemption(isp.deps, isp.organisationId, next, { actor })
    await expect(endExemption(isp.deps, isp.organisationId, next, { actor })).rejects.toMatchObject({ code: 'exemption_ended' })
    isp.day('2026-09-25')
    await isp.cycle()
    expect((await invoices()).map(({ total }) => total)).toEqual([150_000, 129_309, 129_309, 150_000, 150_000])
    await expect(isp.raw`update tax_exemptions set certificate = 'x'`).rejects.toMatchObject({ code: 'NY001' })
  })

  it('is credited what its lines bore, to the cent, whatever days are given back', async () => {
    const line = await isp.subscribe({ name: 'Embassy', startsOn: civilDate('2026-06-05'), anchorDay: 5 })
    await exempt(line.subscriberId)
    const ngo = await isp.subscribe({ name: 'NGO', startsOn: civilDate('2026-06-12'), anchorDay: 1 })
    await exempt(ngo.subscriberId)
    isp.day('2026-06-12')
    await isp.cycle()
    for (const { subscriptionId } of [line, ngo])
      await cancelSubscription(isp.deps, isp.organisationId, subscriptionId, { on: civilDate('2026-06-20'), refund: 'credit', actor })
    const credited = await isp.raw`select code, amount_minor > 0 as given, certificate from credit_line_taxes order by code, credit_id`
    expect(credited).toEqual([
      { code: 'excise', given: true, certificate: null },
      { code: 'excise', given: true, certificate: null },
      { code: 'vat', given: false, certificate: 'KRA/EXM/417' },
      { code: 'vat', given: false, certificate: 'KRA/EXM/417' },
    ])
  })

  it('is exempt on a debit note too, and a prepaid period is offered and bought at what it costs without the tax', async () => {
    const planId = await createPlan(isp.deps, isp.organisationId, {
      code: 'PRE',
      name: 'Prepaid',
      actor,
      price: priceOf('1500', 'prepaid', 0),
    })
    const line = await isp.subscribe({ planId })
    expect(await isp.raw`select renewal_minor::int as minor from subscriptions`).toEqual([{ minor: 150_000 }])
    await exempt(line.subscriberId)
    expect(await isp.raw`select renewal_minor::int as minor from subscriptions`).toEqual([{ minor: 129_309 }])
    await isp.pay(line, 129_309n)
    expect((await invoices()).map(({ total, taxes }) => [total, taxes])).toEqual([[129_309, ['excise 16866', 'vat 0 KRA/EXM/417']]])
    await issueDebitNote(isp.deps, isp.organisationId, {
      subscriberId: line.subscriberId,
      reason: 'A broken router.',
      charges: [
        {
          description: written('Router'),
          category: 'equipment',
          taxClass: 'equipment',
          pricing: 'inclusive',
          amount: money(464_000n, 'KES'),
        },
      ],
      actor,
    })
    expect((await invoices()).map(({ total }) => total)).toEqual([129_309, 400_000])
  })

  it('needs taxes that are charged, and days in their order', async () => {
    const { subscriberId } = await isp.subscribe()
    const record = { certificate: 'C', from: civilDate('2026-06-01'), actor }
    await expect(recordExemption(isp.deps, isp.organisationId, subscriberId, { ...record, taxes: ['levy'] })).rejects.toMatchObject({
      code: 'unknown_tax',
      errors: [{ field: 'taxes', fix: 'Send some of: excise, vat.' }],
    })
    await expect(exempt(subscriberId, '2026-06-02', '2026-06-02')).rejects.toMatchObject({ errors: [{ field: 'until', rule: 'order' }] })
  })
})
