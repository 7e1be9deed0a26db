import { createHash } from 'node:crypto'
import { type CreditId, civilDate, type InvoiceId, money, type PaymentId } from '@nyuzi/core'
import type { PrintedDocument, StatementDocument } from '@nyuzi/documents'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { issueCreditNote } from '../../src/flows/credits/issue-credit-note.ts'
import { settleWithholding } from '../../src/flows/credits/settle-withholding.ts'
import { changeBranding } from '../../src/flows/documents/change-branding.ts'
import { printCreditNote } from '../../src/flows/documents/print-credit-note.ts'
import { printInvoice } from '../../src/flows/documents/print-invoice.ts'
import { printReceipt } from '../../src/flows/documents/print-receipt.ts'
import { printStatement, type StatementSpan } from '../../src/flows/documents/print-statement.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { resolveSuspense } from '../../src/flows/payments/resolve-suspense.ts'
import { changeSubscriber } from '../../src/flows/subscribers/change-subscriber.ts'
import { type Isp, type Line, openIsp } from '../isp.ts'
import { logoBytes } from '../logo-bytes.ts'
import { call, channelUrl, confirmationOf, quiet } from './wire.ts'

const kes = (amountMinor: bigint) => money(amountMinor, 'KES')
const actor = 'test'

describe('Documents', () => {
  let isp: Isp
  let line: Line
  let invoiceId: InvoiceId

  beforeEach(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z', daraja: { confirmation: 'never' } })
    await changeOrganisation(isp.deps, isp.organisationId, { taxPack: 'KE', actor })
    await changeBranding(isp.deps, isp.organisationId, {
      addressLines: ['Ngong Road'],
      footer: 'Thank you.',
      logo: logoBytes(40, 20),
      actor,
    })
    line = await isp.subscribe({ name: 'Amina', startsOn: civilDate('2026-06-01'), anchorDay: 1 })
    await isp.cycle()
    invoiceId = (await isp.raw`select id from invoices`)[0]?.['id']
  })
  afterEach(async () => {
    expect((await isp.verify()).doubts).toEqual([])
    await isp.close()
  })

  const sha256 = (file: { bytes: Uint8Array } | undefined) => {
    expect(
      Buffer.from(file?.bytes ?? [])
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-')
    return createHash('sha256')
      .update(file?.bytes ?? '')
      .digest('hex')
  }
  /** What a flow hands to the printer. */
  async function told(flow: (deps: Isp['deps']) => Promise<unknown>): Promise<PrintedDocument> {
    const heard: PrintedDocument[] = []
    const print = async (document: PrintedDocument) => {
      heard.push(document)
      return new Uint8Array()
    }
    await flow({ ...isp.deps, printer: { ...isp.deps.printer, print } })
    return heard[0] as PrintedDocument
  }
  const invoice = (deps = isp.deps) => printInvoice(deps, isp.organisationId, { invoiceId })
  const receipt = (paymentId: PaymentId, deps = isp.deps) => printReceipt(deps, isp.organisationId, { paymentId, actor })
  const statement = async (span: StatementSpan = {}) =>
    (await told((deps) => printStatement(deps, isp.organisationId, line.subscriberId, span))) as StatementDocument
  async function pay(amountMinor: bigint): Promise<PaymentId> {
    const paid = await isp.pay(line, amountMinor)
    if (paid.outcome !== 'done') throw new Error('not paid')
    return paid.result.paymentId
  }
  async function credit(amountMinor: bigint): Promise<CreditId> {
    const lines = [{ position: 1, total: kes(amountMinor) }]
    const done = await issueCreditNote(isp.deps, isp.organisationId, { invoiceId, reason: 'The line was down.', lines, actor })
    if (done.outcome !== 'done') throw new Error('not credited')
    return done.result.creditId
  }
  async function everythingPrintedChanges() {
    await changeOrganisation(isp.deps, isp.organisationId, { name: 'Savanna Ltd', payTo: 'Till 77', taxPin: 'P051234567X', actor })
    await changeBranding(isp.deps, isp.organisationId, { footer: null, colour: '#ff0000', logo: null, addressLines: [], actor })
    await changeSubscriber(isp.deps, isp.organisationId, line.subscriberId, {
      name: 'Amina Otieno',
      language: 'sw',
      addressLines: ['Elsewhere'],
      taxPin: 'A001234567Z',
      actor,
    })
  }

  it('an invoice shows its lines, taxes, dates and how to pay', async () => {
    expect(await told(invoice)).toMatchObject({
      kind: 'invoice',
      language: 'en',
      number: 'NRB-000001',
      issuedOn: '2026-06-01',
      dueOn: '2026-06-01',
      payTo: 'Paybill 400123',
      issuer: {
        name: 'Savanna Fibre',
        addressLines: ['Ngong Road'],
        colour: '#24435c',
        footer: 'Thank you.',
        logo: expect.any(Uint8Array),
      },
      recipient: { name: 'Amina', accountNumber: line.accountNumber },
      total: kes(150_000n),
      lines: [
        {
          net: kes(112_443n),
          taxes: [
            { code: 'excise', amountMinor: 16_867n },
            { code: 'vat', amountMinor: 20_690n },
          ],
        },
      ],
    })
    expect((await invoice())?.name).toBe('NRB-000001')
  })

  it('what was issued prints the same bytes, whatever it is called and looks like later', async () => {
    const [paymentId, creditId] = [await pay(100_000n), await credit(10_000n)]
    const print = async () => [
      sha256(await invoice()),
      sha256(await receipt(paymentId)),
      sha256(await printCreditNote(isp.deps, isp.organisationId, creditId)),
    ]
    const before = await print()
    await everythingPrintedChanges()
    // Money that comes later settles the rest, and is nothing to these three.
    await pay(500_000n)
    expect(await print()).toEqual(before)
    await everythingPrintedChanges()
    expect(await print()).toEqual(before)
    expect(new Set(before).size).toBe(3)
  })

  it('what is issued after a change prints it', async () => {
    await everythingPrintedChanges()
    isp.day('2026-06-25')
    await isp.cycle()
    const [next] = await isp.raw`select id from invoices where number = 'NRB-000002'`
    const document = await told((deps) => printInvoice(deps, isp.organisationId, { invoiceId: next?.['id'] }))
    expect(document).toMatchObject({
      language: 'sw',
      payTo: 'Till 77',
      issuer: { name: 'Savanna Ltd', colour: '#ff0000', taxPin: 'P051234567X', addressLines: [] },
      recipient: { name: 'Amina Otieno', addressLines: ['Elsewhere'], taxPin: 'A001234567Z' },
    })
    expect(document.issuer).not.toHaveProperty('logo')
    expect(await told(invoice)).toMatchObject({ language: 'en', issuer: { name: 'Savanna Fibre' } })
  })

  it('particulars are numbered when something printed changes, and not otherwise', async () => {
    const versions = async () =>
      (await isp.raw`select o.particulars_version as issuer, s.particulars_version as recipient from organisations o, subscribers s`)[0]
    const before = await versions()
    await changeSubscriber(isp.deps, isp.organisationId, line.subscriberId, { phone: '0700000001', name: 'Amina', actor })
    await changeOrganisation(isp.deps, isp.organisationId, { invoiceLeadDays: 3, actor })
    expect(await versions()).toEqual(before)
    await changeSubscriber(isp.deps, isp.organisationId, line.subscriberId, { name: 'A.', actor })
    expect(await versions()).toEqual({ ...before, recipient: Number(before?.['recipient']) + 1 })
    const [kept] = await isp.raw`select party_id, particulars from former_particulars order by party_id = ${line.subscriberId} desc`
    expect(kept).toMatchObject({ party_id: line.subscriberId, particulars: { name: 'Amina', language: 'en' } })
  })

  it('nobody changes which particulars a document prints, or a number by hand', async () => {
    await receipt(await pay(100n))
    for (const table of ['invoices', 'receipts'])
      await expect(isp.raw.unsafe(`update ${table} set issuer_version = 99`), table).rejects.toMatchObject({ code: 'NY001' })
    await isp.raw`update subscribers set particulars_version = 99`
    expect(await isp.raw`select particulars_version as n from subscribers`).toEqual([{ n: 1 }])
    await changeSubscriber(isp.deps, isp.organisationId, line.subscriberId, { name: 'B', actor })
    await expect(isp.raw`update former_particulars set particulars = '{}'`).rejects.toMatchObject({ code: 'NY001' })
    await expect(isp.raw`delete from logos`).rejects.toMatchObject({ code: 'NY001' })
  })

  it('a receipt says what the money settled when it came, and not what its rest settles later', async () => {
    const paymentId = await pay(200_000n)
    const first = await told((deps) => receipt(paymentId, deps))
    expect(first).toMatchObject({
      kind: 'receipt',
      source: 'manual',
      amount: kes(200_000n),
      settled: [{ number: 'NRB-000001', amount: kes(150_000n) }],
    })
    isp.day('2026-06-25')
    await isp.cycle()
    expect(await isp.raw`select count(*)::int as n from allocations`).toEqual([{ n: 2 }])
    expect(await told((deps) => receipt(paymentId, deps))).toEqual(first)
  })

  it('receipts have a series of their own, numbered without a gap when they are first asked for, and not by the payment', async () => {
    const paid = [await pay(1_000n), await pay(2_000n), await pay(3_000n)] as const
    expect(await isp.raw`select count(*)::int as n from receipts`).toEqual([{ n: 0 }])
    isp.day('2026-06-09')
    const asked = [paid[2], paid[0], paid[2], paid[0], paid[2], paid[1]]
    const names = (await Promise.all(asked.map((id) => receipt(id)))).map((file) => file?.name)
    expect(new Set(names.slice(0, 5)).size).toBe(2)
    expect([...new Set(names)].sort()).toEqual(['NRB-RC-000001', 'NRB-RC-000002', 'NRB-RC-000003'])
    expect(await told((deps) => receipt(paid[1], deps))).toMatchObject({
      issuedOn: '2026-06-09',
      receivedOn: '2026-06-01',
      reference: expect.stringMatching(/^SLIP-/),
    })
    const audited = await isp.raw`select detail from audit_records where action = 'receipt.issue'`
    expect(audited.map(({ detail }) => detail.number).sort()).toEqual(['NRB-RC-000001', 'NRB-RC-000002', 'NRB-RC-000003'])
  })

  it('money without an owner has no receipt until it finds one', async () => {
    await call(
      await channelUrl(isp, 'confirmation'),
      confirmationOf({ receipt: 'STRAY00001', amount: '500.00', at: isp.clock.now(), account: 'NOBODY' }),
    )
    await quiet(isp)
    const [payment] = await isp.raw`select id from payments`
    const id: PaymentId = payment?.['id']
    await expect(receipt(id)).rejects.toMatchObject({ code: 'receipt_not_ready' })
    await resolveSuspense(isp.deps, isp.organisationId, { paymentId: id, subscriberId: line.subscriberId, actor })
    expect(await told((deps) => receipt(id, deps))).toMatchObject({
      number: 'NRB-RC-000001',
      reference: 'STRAY00001',
      payer: 'AMINA',
      source: 'provider',
      recipient: { name: 'Amina' },
      settled: [{ number: 'NRB-000001', amount: kes(50_000n) }],
    })
  })

  it('a certificate of withheld tax is acknowledged for what it is', async () => {
    const certificate = { certificate: 'kra-1', amount: kes(5_000n), certifiedAt: isp.clock.now() }
    const done = await settleWithholding(isp.deps, isp.organisationId, { invoiceId, ...certificate, actor })
    if (done.outcome !== 'done') throw new Error('not settled')
    expect(await told((deps) => receipt(done.result.paymentId, deps))).toMatchObject({
      number: 'NRB-RC-000001',
      reference: 'KRA-1',
      source: 'withholding',
      settled: [{ number: 'NRB-000001', amount: kes(5_000n) }],
    })
    expect((await receipt(done.result.paymentId))?.name).toBe('NRB-RC-000001')
  })

  it('a credit note names the invoice it concerns and why', async () => {
    const creditId = await credit(15_000n)
    expect(await told((deps) => printCreditNote(deps, isp.organisationId, creditId))).toMatchObject({
      kind: 'credit_note',
      number: 'NRB-CN-000001',
      total: kes(15_000n),
      reason: 'The line was down.',
      corrects: { number: 'NRB-000001', issuedOn: '2026-06-01' },
      lines: [{ taxes: [{ code: 'excise' }, { code: 'vat' }], total: kes(15_000n) }],
    })
  })

  it('a statement closes with what the ledger says, and one follows on the other', async () => {
    await pay(40_000n)
    isp.day('2026-06-10')
    await credit(15_000n)
    isp.day('2026-06-25')
    await isp.cycle()
    await pay(400_000n)
    const balance = async () =>
      BigInt(
        (
          await isp.raw`select sum(balance_minor) as sum from ledger_accounts where kind in ('receivable', 'credit') and owner = ${line.subscriberId}`
        )[0]?.['sum'],
      )
    const closing = ({ opening, rows }: StatementDocument) =>
      rows.reduce((sum, { change }) => sum + change.amountMinor, opening.amountMinor)
    const all = await statement()
    expect(all).toMatchObject({ from: '2026-03-27', until: '2026-06-25', opening: kes(0n) })
    expect(all.rows.map(({ on, kind, reference, change }) => [on, kind, reference?.slice(0, 5), change.amountMinor])).toEqual([
      ['2026-06-01', 'invoice_issued', 'NRB-0', 150_000n],
      ['2026-06-01', 'payment_received', 'SLIP-', -40_000n],
      ['2026-06-10', 'credit_note_issued', 'NRB-C', -15_000n],
      ['2026-06-24', 'invoice_issued', 'NRB-0', 150_000n],
      ['2026-06-25', 'payment_received', 'SLIP-', -400_000n],
    ])
    expect(closing(all)).toBe(await balance())
    const early = await statement({ until: civilDate('2026-06-09') })
    const late = await statement({ from: civilDate('2026-06-10') })
    expect(late.opening.amountMinor).toBe(closing(early))
    expect([...early.rows, ...late.rows]).toEqual(all.rows)
    await expect(statement({ from: civilDate('2026-06-26'), until: civilDate('2026-06-25') })).rejects.toMatchObject({
      code: 'invalid_input',
    })
  })

  it('a logo is kept as it prints, and refused when it is none', async () => {
    const [kept] = await isp.raw`select l.png, o.branding->'logo'->>'sha256' as named, l.sha256 from logos l, organisations o`
    expect(createHash('sha256').update(kept?.['png']).digest('hex')).toBe(kept?.['sha256'])
    expect(kept?.['named']).toBe(kept?.['sha256'])
    const change = (logo: Uint8Array) => changeBranding(isp.deps, isp.organisationId, { logo, actor })
    await expect(change(new Uint8Array(50))).rejects.toMatchObject({ errors: [{ field: 'logo', rule: 'png' }] })
    await expect(change(logoBytes(1_001, 1))).rejects.toMatchObject({ errors: [{ field: 'logo', rule: 'size' }] })
  })
})
