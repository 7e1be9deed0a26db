import { createHash } from 'node:crypto'
import { type CreditId, civilDate, type FiscalDocumentId, type InstallationId, type InvoiceId, money, type TaskId } from '@nyuzi/core'
import type { PrintedDocument } from '@nyuzi/documents'
import { etims } from '@nyuzi/plugin-etims'
import { type EtimsSimulator, type EtimsSimulatorOptions, startEtimsSimulator } from '@nyuzi/plugin-etims/simulator'
import { afterEach, describe, expect, it } from 'vitest'
import { issueCreditNote } from '../../src/flows/credits/issue-credit-note.ts'
import { takeDeposit } from '../../src/flows/credits/take-deposit.ts'
import { voidInvoice } from '../../src/flows/credits/void-invoice.ts'
import { printCreditNote } from '../../src/flows/documents/print-credit-note.ts'
import { printInvoice } from '../../src/flows/documents/print-invoice.ts'
import type { FiscalReading } from '../../src/flows/fiscal/ports.ts'
import { resolveFiscalDocument } from '../../src/flows/fiscal/resolve-document.ts'
import { setInstallationStatus } from '../../src/flows/installations/set-installation-status.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { cancelSubscription } from '../../src/flows/subscribers/cancel-subscription.ts'
import { retryTask } from '../../src/flows/tasks/retry-task.ts'
import { type Isp, type IspOptions, type Line, openIsp } from '../isp.ts'

const actor = 'test'
const kes = (amountMinor: bigint) => money(amountMinor, 'KES')

describe('Documents for the tax authority', () => {
  let isp: Isp
  let authority: EtimsSimulator
  let device: InstallationId

  /** An ISP that charges Kenya's taxes, with a device of the authority from now on. */
  async function open(options: IspOptions & { authority?: EtimsSimulatorOptions; lines?: number } = {}): Promise<readonly Line[]> {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z', plugins: [etims], ...options })
    authority = await startEtimsSimulator({ now: isp.clock.now, ...options.authority })
    await changeOrganisation(isp.deps, isp.organisationId, { taxPack: 'KE', actor })
    const lines: Line[] = []
    for (let made = 0; made < (options.lines ?? 1); made++)
      lines.push(await isp.subscribe({ startsOn: civilDate('2026-06-05'), anchorDay: 5 }))
    return lines
  }
  async function install(settings: Record<string, unknown> = {}): Promise<void> {
    device = await isp.install('etims', 'eTIMS', { ...authority.settings, ...settings })
    await Promise.all(isp.servers.map(({ engine }) => engine.pluginHost.refresh()))
  }
  afterEach(async () => {
    expect((await isp.verify()).doubts).toEqual([])
    await isp.close()
    await authority.close()
  })

  const later = (ms: number) => isp.clock.moveTo(new Date(isp.clock.now().getTime() + ms))
  const documents = () =>
    isp.raw`
      select document_number as ours, status, number::int, tries, proof->>'number' as theirs from fiscal_documents order by issued_at, document_number`
  const until = (status: string, count = 1) =>
    isp.until(`${count} documents that are ${status}`, async () => {
      const [row] = await isp.raw`select count(*)::int as n from fiscal_documents where status = ${status}`
      return row?.['n'] === count
    })
  const tasks = async () => (await isp.raw`select kind from tasks where done_at is null order by kind`).map((row) => row['kind'])
  const paused = () =>
    isp.until(
      'the installation to be paused',
      async () => (await isp.raw`select from installations where id = ${device} and status = 'paused'`)[0],
    )
  const resume = () => setInstallationStatus(isp.deps, isp.organisationId, device, { status: 'active', actor })
  const claims = async (): Promise<readonly InvoiceId[]> => (await isp.raw`select id from invoices order by number`).map((row) => row['id'])
  const readings = () => isp.deps.store.inOrganisation(isp.organisationId, (tx) => tx.readings.fiscalDocuments({ limit: 10 }))
  const resolve = (reading: FiscalReading | undefined, outcome: 'taken' | 'not_taken') =>
    resolveFiscalDocument(isp.deps, isp.organisationId, { id: reading?.id as FiscalDocumentId, outcome, reason: 'the portal', actor })
  const credit = (invoiceId: InvoiceId | undefined) =>
    issueCreditNote(isp.deps, isp.organisationId, {
      invoiceId: invoiceId as InvoiceId,
      reason: 'outage',
      actor,
      lines: [{ position: 1, net: kes(10_000n) }],
    })
  /** What a flow hands to the printer, and the print of it. */
  async function printed(flow: (deps: Isp['deps']) => Promise<{ bytes: Uint8Array } | undefined>) {
    const heard: PrintedDocument[] = []
    const file = await flow({
      ...isp.deps,
      printer: {
        ...isp.deps.printer,
        print: (document) => {
          heard.push(document)
          return isp.deps.printer.print(document)
        },
      },
    })
    return {
      told: heard[0] as { fiscal?: unknown; corrects?: unknown },
      sha256: createHash('sha256')
        .update(file?.bytes ?? '')
        .digest('hex'),
    }
  }
  const invoicePrint = (invoiceId: InvoiceId | undefined) =>
    printed((deps) => printInvoice(deps, isp.organisationId, { invoiceId: invoiceId as InvoiceId }))

  it('are signed after they were issued, and print as pending until then', async () => {
    await open()
    await install()
    authority.next('server-error')
    await isp.cycle()
    const [invoiceId] = await claims()
    expect((await invoicePrint(invoiceId)).told.fiscal).toBe('pending')
    await isp.until('a first try', () => authority.requests.length === 1)
    expect((await invoicePrint(invoiceId)).told.fiscal).toBe('pending')
    later(5_000)
    await until('signed')
    expect(await documents()).toEqual([{ ours: 'NRB-000001', status: 'signed', number: 1, tries: 2, theirs: 'KRACU0400000001/1' }])
    const signed = await invoicePrint(invoiceId)
    expect(signed.told.fiscal).toMatchObject([
      {
        number: 'KRACU0400000001/1',
        device: 'KRACU0400000001',
        url: expect.stringMatching(/^https:\/\/etims\.kra\.go\.ke\/.*Data=P052345678A00SIMSIGN000000001$/),
      },
    ])
    expect(await invoicePrint(invoiceId)).toEqual(signed)
    const sent = JSON.parse(authority.requests[0] ?? '')
    expect(sent).toMatchObject({
      trdInvcNo: 'NRB-000001',
      totAmt: 1500,
      taxblAmtB: 1293.1,
      taxAmtB: 206.9,
      custNm: 'Amina 1',
      custTin: null,
    })
    expect(sent.remark).toBe('Excise duty 15% KES 168.67 is inside the taxable value')
    expect(JSON.stringify(await isp.raw`select request from fiscal_documents`)).not.toContain(authority.cmcKey)
  })

  it('are sales and what corrects them: no deposits, nothing of before the device, and nothing at all without one', async () => {
    const [line] = await open({ lines: 2 })
    await isp.cycle()
    later(1_000)
    await install()
    await takeDeposit(isp.deps, isp.organisationId, {
      subscriberId: (line as Line).subscriberId,
      amount: kes(50_000n),
      description: 'Router',
      actor,
    })
    const [, old] = await claims()
    await credit(old)
    await until('refused')
    expect(await documents()).toEqual([{ ours: 'NRB-CN-000001', status: 'refused', number: null, tries: 0, theirs: null }])
    expect(await tasks()).toEqual(['fiscal_refused'])
    expect((await invoicePrint(old)).told.fiscal).toBeUndefined()
    expect(authority.requests).toEqual([])
  })

  it('of before the device are signed too, in their order, when it is set to begin earlier', async () => {
    await open({ lines: 3 })
    await isp.cycle()
    await install({ from: '2026-06-01' })
    await until('signed', 3)
    expect(authority.declared.map(({ invcNo, trdInvcNo }) => [invcNo, trdInvcNo])).toEqual([
      [1, 'NRB-000001'],
      [2, 'NRB-000002'],
      [3, 'NRB-000003'],
    ])
  })

  it('whose answer was lost are handed in again under the same number, to the letter, and the next takes the next', async () => {
    await open({ lines: 2 })
    await install()
    authority.next('lose-answer')
    await isp.cycle()
    await isp.until('the lost answer', async () => (await isp.raw`select from fiscal_documents where last_error is not null`)[0])
    later(5_000)
    await until('signed')
    expect((await documents()).map(({ status, number }) => [status, number])).toEqual([
      ['taken_earlier', 1],
      ['signed', 2],
    ])
    expect(authority.requests[0]).toBe(authority.requests[1])
    expect(authority.declared.map(({ invcNo }) => invcNo)).toEqual([1, 2])
    expect(await tasks()).toEqual(['fiscal_proof_missing'])
    const [first] = await claims()
    expect((await invoicePrint(first)).told.fiscal).toBe('pending')
  })

  it('that a server died with are handed in by another, as they were, and the authority has them once', async () => {
    await open({ authority: { repeats: 'receipt' } })
    await install()
    authority.next('lose-answer')
    await isp.cycle()
    await isp.until('the lost answer', async () => (await isp.raw`select from fiscal_documents where last_error is not null`)[0])
    // As the dead server left it: in hand, its lane held, its call without an end.
    await isp.raw`update fiscal_counters set leased_by = 'dead', leased_until = clock_timestamp() + interval '1 second'`
    later(5_000)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(authority.requests).toHaveLength(1)
    await until('signed')
    expect(new Set(authority.requests).size).toBe(1)
    expect(authority.declared).toHaveLength(1)
  })

  it('take over another count once; the second time the lane stops until a person has looked', async () => {
    await open({ lines: 3 })
    await install()
    authority.drift(4)
    await isp.cycle()
    await until('signed', 3)
    expect(authority.declared.map(({ invcNo }) => invcNo)).toEqual([5, 6, 7])
    expect(await isp.raw`select detail->>'to' as "to" from audit_records where action = 'fiscal.renumber'`).toEqual([{ to: '5' }])
    authority.drift(2)
    isp.day('2026-07-01')
    await isp.cycle()
    await paused()
    expect(await tasks()).toContain('installation_paused')
    expect(authority.declared).toHaveLength(3)
    await resume()
    await until('signed', 6)
    expect(authority.declared.map(({ invcNo }) => invcNo)).toEqual([5, 6, 7, 10, 11, 12])
  })

  it('never take another number once a try has no known end: the count may have moved because of it', async () => {
    await open()
    await install()
    authority.next('server-error')
    await isp.cycle()
    await isp.until('a first try', async () => (await isp.raw`select from fiscal_documents where last_error is not null`)[0])
    authority.drift(1)
    later(5_000)
    await paused()
    expect(authority.declared).toEqual([])
    expect(await documents()).toMatchObject([{ status: 'pending', number: 1 }])
    const [reading] = await readings()
    expect(reading).toMatchObject({ inDoubt: true, reason: expect.stringContaining('expected value: 2') })
    await resolve(reading, 'not_taken')
    await resume()
    await until('signed')
    expect(authority.declared.map(({ invcNo }) => invcNo)).toEqual([2])
    await expect(resolve(reading, 'taken')).rejects.toMatchObject({ code: 'document_not_in_doubt' })
  })

  it('that the portal shows are taken at the word of a person, and the next one follows', async () => {
    await open({ lines: 2 })
    await install()
    authority.next('lose-answer')
    await isp.cycle()
    await isp.until('the lost answer', async () => (await isp.raw`select from fiscal_documents where last_error is not null`)[0])
    const reading = (await readings()).find(({ inDoubt }) => inDoubt)
    await resolve(reading, 'taken')
    later(5_000)
    await until('signed')
    expect((await documents()).map(({ status, number }) => [status, number])).toEqual([
      ['taken_earlier', 1],
      ['signed', 2],
    ])
    expect(authority.requests).toHaveLength(2)
    expect(await tasks()).toEqual(['fiscal_proof_missing'])
  })

  it('that are refused hold up nobody: their number goes to the next, and a person tries them again', async () => {
    await open({ lines: 2 })
    await install()
    authority.next({ resultCd: '910', resultMsg: 'Request parameter error' })
    await isp.cycle()
    await until('signed')
    expect((await documents()).map(({ ours, status, number }) => [ours, status, number])).toEqual([
      ['NRB-000001', 'refused', null],
      ['NRB-000002', 'signed', 1],
    ])
    const [task] = await isp.raw`select id from tasks where kind = 'fiscal_refused' and done_at is null`
    await retryTask(isp.deps, isp.organisationId, task?.['id'] as TaskId, actor)
    await until('signed', 2)
    expect(await tasks()).toEqual([])
  })

  it('wait while the device cannot be started, and go out when a person has mended it', async () => {
    await open()
    await install({ deviceSerial: 'OTHER', pin: 'P059999999Z' })
    await isp.cycle()
    await paused()
    expect(await documents()).toMatchObject([{ status: 'pending', tries: 0 }])
    const backlog = await isp.raw`select documents::int from nyuzi_fiscal_backlog()`
    expect(backlog).toEqual([{ documents: 1 }])
    await isp.raw`update installations set settings = settings || ${isp.raw.json({ pin: 'P052345678A' })}, version = version + 1 where id = ${device}`
    await resume()
    await until('signed')
  })

  it('are declared or voided, never both', async () => {
    await open({ lines: 2 })
    await install()
    await setInstallationStatus(isp.deps, isp.organisationId, device, { status: 'paused', actor })
    await Promise.all(isp.servers.map(({ engine }) => engine.pluginHost.refresh()))
    await isp.cycle()
    await until('pending', 2)
    const [first, second] = await claims()
    await voidInvoice(isp.deps, isp.organisationId, { invoiceId: first as InvoiceId, reason: 'mistake', actor })
    await resume()
    await until('signed')
    expect(await documents()).toMatchObject([{ status: 'withdrawn' }, { status: 'signed', number: 1 }])
    const tried = voidInvoice(isp.deps, isp.organisationId, { invoiceId: second as InvoiceId, reason: 'mistake', actor })
    await expect(tried).rejects.toMatchObject({ code: 'claim_declared' })
    await expect(isp.raw`update invoices set status = 'void' where id = ${second as InvoiceId}`).rejects.toMatchObject({ code: 'NY001' })
    await expect(isp.raw`update fiscal_documents set number = 9 where status = 'signed'`).rejects.toMatchObject({ code: 'NY001' })
    expect(authority.declared).toHaveLength(1)
  })

  it('that correct others follow them, and name the number under which the authority knows them', async () => {
    await open()
    await install()
    await isp.cycle()
    const [invoiceId] = await claims()
    await credit(invoiceId)
    await until('signed', 2)
    expect(authority.declared.map(({ rcptTyCd, orgInvcNo }) => [rcptTyCd, orgInvcNo])).toEqual([
      ['S', 0],
      ['R', 1],
    ])
    const [note] = await isp.raw`select id from credits`
    const { told } = await printed((deps) => printCreditNote(deps, isp.organisationId, note?.['id'] as CreditId))
    expect(told).toMatchObject({
      fiscal: [{ number: 'KRACU0400000001/1' }],
      corrects: { number: 'NRB-000001', fiscalNumber: 'KRACU0400000001/1' },
    })
  })

  it('that correct several are declared in parts, each naming its original, and print all their numbers', async () => {
    const [line] = await open()
    await install()
    await isp.cycle()
    isp.day('2026-06-30')
    await isp.cycle()
    await until('signed', 2)
    isp.day('2026-07-01')
    await cancelSubscription(isp.deps, isp.organisationId, (line as Line).subscriptionId, {
      on: civilDate('2026-07-01'),
      refund: 'credit',
      actor,
    })
    await until('signed', 4)
    expect(authority.declared.slice(2).map(({ trdInvcNo, orgInvcNo }) => [trdInvcNo, orgInvcNo])).toEqual([
      ['NRB-CN-000001', 1],
      ['NRB-CN-000001/2', 2],
    ])
    const [note] = await isp.raw`select id, total_minor::int as total from credits`
    const declaredMinor = authority.declared.slice(2).reduce((sum, { totAmt }) => sum + Math.round(totAmt * 100), 0)
    expect(declaredMinor).toBe(note?.['total'])
    const { told } = await printed((deps) => printCreditNote(deps, isp.organisationId, note?.['id'] as CreditId))
    expect(told.fiscal).toMatchObject([{ number: 'KRACU0400000001/1' }, { number: 'KRACU0400000001/2' }])
  })

  it('take gap-free numbers in the order in which they were issued, however many servers work', { timeout: 60_000 }, async () => {
    await open({ lines: 25, servers: 2, sweepEveryMs: 40 })
    await install()
    authority.next('lose-answer')
    await isp.cycle()
    await isp.until('the lost answer', async () => (await isp.raw`select from fiscal_documents where last_error is not null`)[0])
    later(5_000)
    await isp.until('all of them', () => authority.declared.length === 25, 40_000)
    await until('signed', 24)
    expect(authority.declared.map(({ invcNo }) => invcNo)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1))
    expect(authority.declared.map(({ trdInvcNo }) => trdInvcNo)).toEqual([...authority.declared.map(({ trdInvcNo }) => trdInvcNo)].sort())
    expect(authority.requests).toHaveLength(26)
    expect((await documents()).map(({ number }) => number)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1))
  })
})
