import type { PaymentId } from '@nyuzi/core'
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issueCreditNote } from '../../src/flows/credits/issue-credit-note.ts'
import { releaseDeposit } from '../../src/flows/credits/release-deposit.ts'
import { takeDeposit } from '../../src/flows/credits/take-deposit.ts'
import { printReceipt } from '../../src/flows/documents/print-receipt.ts'
import { sealLedger } from '../../src/flows/ledger/seal-ledger.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { resolveSuspense } from '../../src/flows/payments/resolve-suspense.ts'
import { ledgerStore } from '../../src/store/ledger.ts'
import type { Sql } from '../../src/store/transaction.ts'
import { type Isp, type Line, openIsp } from '../isp.ts'

describe('The check of the books', () => {
  let isp: Isp
  let lines: Line[]

  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z' })
    await changeOrganisation(isp.deps, isp.organisationId, { taxPack: 'KE', actor: 'test' })
    lines = await Promise.all([0, 1, 2].map(() => isp.subscribe({ startsOn: '2026-06-05' as never, anchorDay: 5 })))
    await isp.cycle()
    const pay = async (accountReference: string, amount: string) => {
      await isp.daraja.pay({ phone: '+254799000999', amount, accountReference })
      const receipt = isp.daraja.book.at(-1)?.receipt ?? ''
      return await isp.until('the payment', async () => (await isp.raw`select id from payments where provider_transaction = ${receipt}`)[0])
    }
    await pay(lines[0]?.accountNumber ?? '', '4000')
    await pay(lines[1]?.accountNumber ?? '', '1500')
    await pay('NOBODY 1', '700')
    const found = await pay('NOBODY 2', '800')
    await resolveSuspense(isp.deps, isp.organisationId, {
      paymentId: found['id'] as PaymentId,
      subscriberId: lines[2]?.subscriberId as never,
      actor: 'test',
    })
    await isp.settled()
    const [paid] = await isp.raw`select id from payments where status = 'matched' limit 1`
    await printReceipt(isp.deps, isp.organisationId, { paymentId: paid?.['id'], actor: 'test' })
    const invoiceId = (await isp.raw`select id from invoices where subscriber_id = ${lines[2]?.subscriberId ?? ''}`)[0]?.['id']
    const told = { reason: 'test', actor: 'test' }
    await issueCreditNote(isp.deps, isp.organisationId, {
      invoiceId,
      lines: [{ position: 1, days: { start: '2026-06-10' as never, end: '2026-06-12' as never } }],
      ...told,
    })
    const deposit = { subscriberId: lines[0]?.subscriberId as never, amount: { amountMinor: 50_000n, currency: 'KES' as const }, ...told }
    await takeDeposit(isp.deps, isp.organisationId, { ...deposit, description: 'Router' })
    await releaseDeposit(isp.deps, isp.organisationId, deposit)
    isp.clock.moveTo(new Date('2026-06-10T09:00:00Z'))
    expect(await sealLedger(isp.deps, isp.organisationId)).toBe(12)
    isp.day('2026-06-28')
    await isp.cycle()
    isp.clock.moveTo(new Date('2026-06-29T09:00:00Z'))
    expect(await sealLedger(isp.deps, isp.organisationId)).toBeGreaterThan(3)
    await pay(lines[1]?.accountNumber ?? '', '100')
    isp.clock.moveTo(new Date('2026-06-30T09:00:00Z'))
    expect(await sealLedger(isp.deps, isp.organisationId)).toBe(1)
    await pay(lines[1]?.accountNumber ?? '', '100')
    await isp.settled()
  })
  afterAll(() => isp.close())

  /** Plants rows as nobody could who goes through the database's guards, checks as the server does, and takes them back. */
  async function doubtsAfter(plant: (sql: postgres.TransactionSql) => Promise<unknown>): Promise<readonly string[]> {
    const away = new Error('taken back')
    let rules: string[] = []
    await isp.raw
      .begin(async (sql) => {
        await sql`set local session_replication_role = replica`
        await plant(sql)
        await sql`set local role nyuzi_app`
        await sql`select set_config('nyuzi.organisation_id', ${isp.organisationId}, true)`
        rules = (await ledgerStore(sql as unknown as Sql).verify()).map(({ rule }) => rule)
        throw away
      })
      .catch((error: unknown) => {
        if (error !== away) throw error
      })
    return [...new Set(rules)]
  }
  const sealed = `select entry_id from ledger_block_entries where block_number = 1 and position = 1`
  const received = `select id from journal_entries where kind = 'payment_received' order by id limit 1`

  it('finds nothing where nothing is wrong, and has something to look at', async () => {
    expect(await doubtsAfter(async () => {})).toEqual([])
    const { doubts, counts } = await isp.verify()
    expect(doubts).toEqual([])
    expect(counts).toMatchObject({ payments: 6, blocks: 3 })
  })

  it.each<[string, string, string[]]>([
    [
      'a changed posting',
      `update postings set amount_minor = amount_minor + 1 where position = 1 and entry_id = (${received})`,
      ['L1', 'L4b', 'L7b'],
    ],
    [
      'two postings changed alike',
      `update postings set amount_minor = amount_minor + sign(amount_minor)::int * 100 where entry_id = (${received})`,
      ['L7b', 'L4'],
    ],
    ['a deleted posting', `delete from postings where position = 2 and entry_id = (${received})`, ['L1', 'L4']],
    ['an entry left with one posting', `delete from postings where position > 1 and entry_id = (${received})`, ['L1b']],
    ['postings without their entry', `delete from journal_entries where kind = 'credit_applied'`, ['L5']],
    [
      'an entry deleted with its postings',
      `with gone as (delete from journal_entries where kind = 'credit_applied' returning id) delete from postings where entry_id in (select id from gone)`,
      ['L4', 'L8'],
    ],
    ['a posting to an account in another currency', `update ledger_accounts set currency = 'USD' where kind = 'revenue'`, ['L2']],
    [
      'a changed balance',
      `update ledger_accounts set balance_minor = balance_minor - 100 where kind = 'receivable' and owner = (select id::text from subscribers limit 1)`,
      ['L4', 'L10'],
    ],
    ['a balance whose version is off', `update ledger_accounts set version = version + 1 where keeps_balance`, ['L4']],
    [
      'a second entry of a payment',
      `
      with twin as (insert into journal_entries select organisation_id, uuidv7(), 'payment_unmatched', currency, effective_on, source_noun, source_id, null, recorded_at from journal_entries where id = (${received}) returning *)
      insert into postings select organisation_id, (select id from twin), position, account_id, amount_minor, currency from postings where entry_id = (${received})`,
      ['L7'],
    ],
    ['a payment without an entry', `delete from journal_entries where id = (${received})`, ['L7']],
    [
      'a payment of another amount than its entry',
      `update payments set amount_minor = amount_minor + 100 where id = (select source_id::uuid from journal_entries where id = (${received}))`,
      ['L7b'],
    ],
    [
      'money taken out of suspense by hand',
      `update payments set status = 'matched', subscriber_id = (select id from subscribers limit 1) where status = 'unmatched'`,
      ['L9', 'L10b'],
    ],
    ['an allocation removed', `delete from allocations where id = (select id from allocations order by id limit 1)`, ['P4', 'P4b']],
    [
      'an allocation changed',
      `update allocations set amount_minor = amount_minor - 1 where id = (select id from allocations order by id limit 1)`,
      ['P4', 'P4b'],
    ],
    ['an invoice shown as paid that is not', `update invoices set allocated_minor = total_minor where status = 'open'`, ['P4b']],
    ['an invoice total changed', `update invoices set total_minor = total_minor + 100 where sequence = 1`, ['B2', 'L10']],
    ['an invoice line removed', `delete from invoice_lines where invoice_id = (select id from invoices where sequence = 2)`, ['B2']],
    [
      'an invoice that is not in the ledger',
      `delete from journal_entries where kind = 'invoice_issued' and source_id = (select id::text from invoices where sequence = 1 and kind = 'invoice')`,
      ['B2b'],
    ],
    [
      'an amount that waits to be earned and is not in the ledger',
      `insert into revenue_deferrals (organisation_id, invoice_id, line_position, category, currency, amount_minor, span_start, span_end, from_on, until_on, deferred_on)
       select organisation_id, invoice_id, position, category, 'KES', 100, period_start, period_end, period_start, period_end, period_start from invoice_lines limit 1`,
      ['R1'],
    ],
    ['the day of an allocation moved', `update allocations set effective_on = effective_on + 1`, ['L11']],
    ['a number left out', `delete from invoices where sequence = 2`, ['B4']],
    ['the last number taken away', `delete from invoices where sequence = (select max(sequence) from invoices)`, ['B4']],
    [
      'a credit note of another total than its lines',
      `update credits set total_minor = total_minor + 100 where kind = 'credit_note'`,
      ['B5', 'L10b'],
    ],
    ['a credit that is not in the ledger', `delete from journal_entries where kind = 'credit_note_issued'`, ['B5b']],
    ['a tax given back that the ledger does not know', `update credit_line_taxes set amount_minor = amount_minor + 1`, ['B5', 'B5c']],
    [
      'a line credited beyond what it claimed',
      `update credit_lines set net_minor = net_minor + 1000000, total_minor = total_minor + 1000000`,
      ['B6'],
    ],
    ['a tax credited beyond what the line bore', `update credit_line_taxes set amount_minor = amount_minor + 1000000`, ['B6b']],
    ['credited days that are charged all the same', `update credit_lines set days = null`, ['B7']],
    [
      'charged days that are gone',
      `delete from charged_periods where invoice_id = (select id from invoices where sequence = 1 and kind = 'invoice')`,
      ['B7'],
    ],
    ['an allocation of a credit removed', `delete from credit_allocations`, ['P4b', 'P4c']],
    ['a receipt taken away', `delete from receipts`, ['B4']],
    ['a credit taken away', `delete from credits where kind = 'credit_note'`, ['B4']],
    [
      'a release of a deposit that nobody made',
      `update credits set total_minor = total_minor + 100 where kind = 'deposit_release'`,
      ['L10b', 'L10c'],
    ],
    [
      'a claim given up without an entry',
      `update invoices set status = 'uncollectible' where status = 'open' and kind = 'invoice'`,
      ['L10'],
    ],
    ['a counter moved', `update number_series set last_sequence = last_sequence + 1`, ['B4']],
    ['the date of a sealed entry changed', `update journal_entries set effective_on = effective_on - 40 where id = (${sealed})`, ['L8']],
    [
      'a sealed entry moved to another account',
      `update postings set account_id = (select id from ledger_accounts where kind = 'suspense') where position = 2 and entry_id = (${sealed})`,
      ['L8'],
    ],
    ['two sealed entries in changed order', `update ledger_block_entries set position = 100 - position where block_number = 2`, ['L8']],
    ['the first block missing', `delete from ledger_blocks where number = 1`, ['L8']],
    ['a block in the middle missing', `delete from ledger_blocks where number = 2`, ['L8']],
    ['the last block missing', `delete from ledger_blocks where number = 3`, ['L8']],
    [
      'a hash made anew over a changed entry',
      `
      update journal_entries set source_id = 'forged' where id in (select entry_id from ledger_block_entries where block_number = 3);
      update ledger_blocks set hash = sha256('forged') where number = 3`,
      ['L8'],
    ],
  ])('finds %s', async (_what, planted, rules) => {
    const found = await doubtsAfter((sql) => sql.unsafe(planted))
    expect(found).toEqual(expect.arrayContaining(rules))
  })

  it('is in order again when what was planted is taken back', async () => {
    expect((await isp.verify()).doubts).toEqual([])
  })
})
