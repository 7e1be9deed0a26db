import { type CreditId, civilDate, type FreeCharge, type InvoiceId, money, type SubscriberId, written } from '@nyuzi/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { grantCredit } from '../../src/flows/credits/grant-credit.ts'
import { issueCreditNote } from '../../src/flows/credits/issue-credit-note.ts'
import { issueDebitNote } from '../../src/flows/credits/issue-debit-note.ts'
import { recoverInvoice } from '../../src/flows/credits/recover-invoice.ts'
import { refundCredit } from '../../src/flows/credits/refund-credit.ts'
import { releaseDeposit } from '../../src/flows/credits/release-deposit.ts'
import { settleWithholding } from '../../src/flows/credits/settle-withholding.ts'
import { takeDeposit } from '../../src/flows/credits/take-deposit.ts'
import { transferCredit } from '../../src/flows/credits/transfer-credit.ts'
import { voidInvoice } from '../../src/flows/credits/void-invoice.ts'
import { writeOffInvoice } from '../../src/flows/credits/write-off-invoice.ts'
import type { Idempotent } from '../../src/flows/idempotency.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'

const kes = (amountMinor: bigint) => money(amountMinor, 'KES')
const told = { reason: 'test', actor: 'test' }

describe('What a subscriber owes and has', () => {
  let isp: Isp
  let line: Line
  let other: Line
  let invoiceId: InvoiceId

  const pay = (amountMinor: bigint, subscriberId: SubscriberId = line.subscriberId) => isp.pay({ subscriberId }, amountMinor)
  const claim = async (id: InvoiceId = invoiceId) =>
    (await isp.raw`select number, status, total_minor::int as total, allocated_minor::int as settled from invoices where id = ${id}`)[0]
  const balances = async (...names: string[]) => {
    const rows = await isp.raw`
      select a.kind || ':' || a.owner as name, sum(p.amount_minor)::int as sum from postings p join ledger_accounts a on a.id = p.account_id group by 1`
    return names.map((name) => rows.find((row) => row['name'] === name)?.['sum'] ?? 0)
  }
  const ofLine = (...kinds: string[]) => balances(...kinds.map((kind) => `${kind}:${line.subscriberId}`))
  const wanted = async () =>
    (await isp.raw`select wanted_state from access_states where service_id = ${line.serviceId}`)[0]?.['wanted_state']
  const audited = async () => (await isp.raw`select action from audit_records order by at desc, id desc limit 1`)[0]?.['action']
  const resultOf = <Result>(done: Idempotent<Result>): Result => (done as Idempotent<Result> & { outcome: 'done' }).result
  const fee: FreeCharge = {
    description: written('Broken router'),
    category: 'damage',
    taxClass: 'equipment',
    pricing: 'exclusive',
    amount: kes(100_000n),
  }

  beforeEach(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    await changeOrganisation(isp.deps, isp.organisationId, { taxPack: 'KE', actor: 'test' })
    line = await isp.subscribe({ startsOn: civilDate('2026-06-01'), anchorDay: 1 })
    await isp.cycle()
    invoiceId = (await isp.raw`select id from invoices`)[0]?.['id']
    other = await isp.subscribe({ startsOn: civilDate('2027-06-01'), anchorDay: 1 })
  })
  afterEach(async () => {
    expect((await isp.verify()).doubts).toEqual([])
    await isp.close()
  })

  it('grows by a debit note with its taxes, which waiting credit settles', async () => {
    await pay(200_000n)
    const { invoiceId: noteId } = resultOf(
      await issueDebitNote(isp.deps, isp.organisationId, { subscriberId: line.subscriberId, charges: [fee], ...told }),
    )
    expect(await claim(noteId)).toEqual({ number: 'NRB-DN-000001', status: 'open', total: 116_000, settled: 50_000 })
    expect(await ofLine('receivable', 'credit')).toEqual([66_000, 0])
    expect(await balances('revenue:damage')).toEqual([-100_000])
    await issueCreditNote(isp.deps, isp.organisationId, { invoiceId: noteId, ...told })
    expect(await ofLine('receivable', 'credit')).toEqual([0, -50_000])
    expect(await balances('revenue:damage')).toEqual([0])
    const early = { subscriberId: line.subscriberId, charges: [fee], dueOn: civilDate('2026-05-31'), ...told }
    await expect(issueDebitNote(isp.deps, isp.organisationId, early)).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it('is undone as if it had never been when an invoice is void, and its days are free to charge', async () => {
    await voidInvoice(isp.deps, isp.organisationId, { invoiceId, ...told })
    expect(await claim()).toMatchObject({ status: 'void', settled: 0 })
    expect(await isp.raw`select from charged_periods`).toHaveLength(0)
    expect((await balances(`receivable:${line.subscriberId}`, 'revenue:internet', 'tax_payable:vat')).every((sum) => sum === 0)).toBe(true)
    expect(await isp.raw`select kind from journal_entries where reverses_entry_id is not null`).toEqual([{ kind: 'invoice_voided' }])
    expect(await audited()).toBe('invoice.void')
    await expect(voidInvoice(isp.deps, isp.organisationId, { invoiceId, ...told })).rejects.toMatchObject({ code: 'claim_void' })
    await expect(issueCreditNote(isp.deps, isp.organisationId, { invoiceId, ...told })).rejects.toMatchObject({ code: 'claim_void' })
  })

  it('is not void once a cent of it is settled', async () => {
    await pay(1n)
    await expect(voidInvoice(isp.deps, isp.organisationId, { invoiceId, ...told })).rejects.toMatchObject({ code: 'claim_settled' })
  })

  it('is a loss when it is written off, cuts nobody off, and is recovered by money that comes after all', async () => {
    await pay(30_000n)
    isp.day('2026-06-20')
    await isp.cycle()
    expect(await wanted()).toBe('suspended')
    await writeOffInvoice(isp.deps, isp.organisationId, { invoiceId, ...told })
    expect(await claim()).toMatchObject({ status: 'uncollectible', settled: 30_000 })
    expect(await wanted()).toBe('active')
    expect([await ofLine('receivable'), await balances('bad_debt:')]).toEqual([[0], [120_000]])
    await expect(recoverInvoice(isp.deps, isp.organisationId, { invoiceId, ...told })).rejects.toMatchObject({ code: 'not_enough_credit' })
    await pay(50_000n)
    expect(await ofLine('receivable', 'credit')).toEqual([0, -50_000])
    await recoverInvoice(isp.deps, isp.organisationId, { invoiceId, ...told })
    expect([await ofLine('receivable', 'credit'), await balances('bad_debt:')]).toEqual([[0, 0], [70_000]])
    await pay(100_000n)
    await recoverInvoice(isp.deps, isp.organisationId, { invoiceId, ...told })
    expect(await claim()).toMatchObject({ status: 'paid', settled: 150_000 })
    expect([await ofLine('receivable', 'credit'), await balances('bad_debt:')]).toEqual([[0, -30_000], [0]])
  })

  it('gives no credit away when a claim that was written off is credited: the loss is less', async () => {
    await writeOffInvoice(isp.deps, isp.organisationId, { invoiceId, ...told })
    await issueCreditNote(isp.deps, isp.organisationId, { invoiceId, lines: [{ position: 1, total: kes(50_000n) }], ...told })
    expect([await ofLine('receivable', 'credit'), await balances('bad_debt:')]).toEqual([[0, 0], [100_000]])
  })

  it('moves from one subscriber to another as free credit, and settles what the other owes', async () => {
    await pay(200_000n)
    const transfer = { from: line.subscriberId, to: other.subscriberId, amount: kes(40_000n), ...told }
    await transferCredit(isp.deps, isp.organisationId, transfer)
    expect([await ofLine('receivable', 'credit'), await balances(`credit:${other.subscriberId}`)]).toEqual([[0, -10_000], [-40_000]])
    expect(await isp.raw`select number, reason from credits`).toEqual([
      { number: 'NRB-TI-000001', reason: `Credit of account ${line.accountNumber} (NRB-TO-000001)` },
    ])
    await expect(transferCredit(isp.deps, isp.organisationId, transfer)).rejects.toMatchObject({ code: 'not_enough_credit' })
    await expect(transferCredit(isp.deps, isp.organisationId, { ...transfer, to: line.subscriberId })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    await transferCredit(isp.deps, isp.organisationId, { ...transfer, amount: kes(10_000n) })
    await issueDebitNote(isp.deps, isp.organisationId, { subscriberId: line.subscriberId, charges: [fee], ...told })
    await transferCredit(isp.deps, isp.organisationId, {
      ...transfer,
      from: other.subscriberId,
      to: line.subscriberId,
      amount: kes(50_000n),
    })
    expect([await ofLine('receivable', 'credit'), await balances(`credit:${other.subscriberId}`)]).toEqual([[66_000, 0], [0]])
  })

  it('of two transfers at once never lets the same credit go twice', async () => {
    await pay(200_000n)
    const transfer = { from: line.subscriberId, to: other.subscriberId, amount: kes(50_000n), ...told }
    const two = await Promise.allSettled([1, 2].map(() => transferCredit(isp.deps, isp.organisationId, transfer)))
    expect(two.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('holds a deposit, gives it back as credit, and pays that out in cash', async () => {
    await pay(150_000n)
    const deposit = { subscriberId: line.subscriberId, amount: kes(300_000n), description: 'Router', actor: 'test' }
    const { invoiceId: depositId } = resultOf(await takeDeposit(isp.deps, isp.organisationId, deposit))
    expect(await ofLine('receivable', 'deposit')).toEqual([300_000, -300_000])
    const release = { subscriberId: line.subscriberId, amount: kes(300_000n), ...told }
    await expect(releaseDeposit(isp.deps, isp.organisationId, release)).rejects.toMatchObject({ code: 'deposit_not_held' })
    await pay(300_000n)
    expect(await claim(depositId)).toMatchObject({ number: 'NRB-DP-000001', status: 'paid' })
    await expect(issueCreditNote(isp.deps, isp.organisationId, { invoiceId: depositId, ...told })).rejects.toMatchObject({
      code: 'claim_not_creditable',
    })
    await releaseDeposit(isp.deps, isp.organisationId, release)
    expect(await ofLine('receivable', 'deposit', 'credit')).toEqual([0, 0, -300_000])
    const refund = { subscriberId: line.subscriberId, branchId: isp.branchId, amount: kes(300_000n), ...told }
    await refundCredit(isp.deps, isp.organisationId, refund)
    expect([await ofLine('credit'), await balances(`cash:${isp.branchId}`)]).toEqual([[0], [150_000]])
    await expect(refundCredit(isp.deps, isp.organisationId, refund)).rejects.toMatchObject({ code: 'not_enough_credit' })
  })

  it('holds no more of a deposit than came, once the rest is given up', async () => {
    await pay(150_000n)
    const deposit = { subscriberId: line.subscriberId, amount: kes(300_000n), description: 'Router', actor: 'test' }
    const { invoiceId: depositId } = resultOf(await takeDeposit(isp.deps, isp.organisationId, deposit))
    await pay(100_000n)
    const release = { subscriberId: line.subscriberId, amount: kes(100_000n), ...told }
    await expect(releaseDeposit(isp.deps, isp.organisationId, release)).rejects.toMatchObject({ code: 'deposit_open' })
    await writeOffInvoice(isp.deps, isp.organisationId, { invoiceId: depositId, ...told })
    expect([await ofLine('receivable', 'deposit'), await balances('bad_debt:')]).toEqual([[0, -100_000], [0]])
    await releaseDeposit(isp.deps, isp.organisationId, release)
    expect(await ofLine('receivable', 'deposit', 'credit')).toEqual([0, 0, -100_000])
  })

  it('is less by a reward or goodwill, which is our expense', async () => {
    const grant = { kind: 'goodwill', subscriberId: line.subscriberId, amount: kes(160_000n), ...told } as const
    const { creditId } = resultOf(await grantCredit(isp.deps, isp.organisationId, grant))
    expect([await ofLine('receivable', 'credit'), await balances('discount:goodwill')]).toEqual([[0, -10_000], [160_000]])
    expect(await claim()).toMatchObject({ status: 'paid' })
    const [row] = await isp.raw`select number from credits where id = ${creditId satisfies CreditId}`
    expect(row).toEqual({ number: 'NRB-GW-000001' })
  })

  it('is settled by a certificate of tax that the payer withheld, once', async () => {
    const certificate = { invoiceId, certificate: 'wht-77', amount: kes(2_586n), certifiedAt: isp.clock.now(), actor: 'test' }
    await settleWithholding(isp.deps, isp.organisationId, certificate)
    expect(await ofLine('receivable', 'withholding_receivable')).toEqual([147_414, 2_586])
    await expect(settleWithholding(isp.deps, isp.organisationId, certificate)).rejects.toMatchObject({ code: 'payment_reference_taken' })
    await pay(147_414n)
    expect(await claim()).toMatchObject({ status: 'paid' })
    const late = { ...certificate, certificate: 'WHT-78' }
    await expect(settleWithholding(isp.deps, isp.organisationId, late)).rejects.toMatchObject({ code: 'claim_settled' })
  })

  it('is settled by no more than is open, and not by a certificate of tomorrow', async () => {
    const certificate = { invoiceId, certificate: 'WHT-1', amount: kes(150_001n), certifiedAt: isp.clock.now(), actor: 'test' }
    await expect(settleWithholding(isp.deps, isp.organisationId, certificate)).rejects.toMatchObject({ code: 'withheld_exceeds_open' })
    const tomorrow = { ...certificate, amount: kes(1n), certifiedAt: new Date('2026-06-03T09:00:00Z') }
    await expect(settleWithholding(isp.deps, isp.organisationId, tomorrow)).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it('buys what waited for credit, whatever kind of credit comes', async () => {
    const planId = await createPlan(isp.deps, isp.organisationId, {
      code: 'AHEAD',
      name: 'Ahead',
      actor: 'test',
      price: priceOf('1500', 'prepaid', 0),
    })
    const ahead = await isp.subscribe({ planId, startsOn: civilDate('2026-06-01') })
    await isp.cycle()
    const bought = () => isp.raw`select status from invoices where subscriber_id = ${ahead.subscriberId}`
    expect(await bought()).toEqual([])
    const grant = { kind: 'reward', subscriberId: ahead.subscriberId, ...told } as const
    await grantCredit(isp.deps, isp.organisationId, { ...grant, amount: kes(100_000n) })
    expect(await bought()).toEqual([])
    await grantCredit(isp.deps, isp.organisationId, { ...grant, amount: kes(50_000n) })
    expect(await bought()).toEqual([{ status: 'paid' }])
  })
})
