import { asId, type BranchId, money, type PaymentNotice } from '@nyuzi/core'
import { createBranch } from '../apps/server/src/flows/organisations/create-branch.ts'
import { postPayments } from '../apps/server/src/flows/payments/post-payments.ts'
import { processCallbacks } from '../apps/server/src/flows/payments/process-callbacks.ts'
import { recordManualPayment } from '../apps/server/src/flows/payments/record-manual-payment.ts'
import type { Deps } from '../apps/server/src/flows/ports.ts'
import { c2bBody, receiptOf } from './kit/c2b.ts'
import { type Figure, interleave, isScript, median, perSecond, ratioOfRounds, runFigures } from './kit/figure.ts'
import { type BenchIsp, type BenchLine, openBenchIsp, priceMinor, receiveCallback } from './kit/isp.ts'
import { type HandPayment, openHandPosting } from './limits/post-by-hand.ts'
import { openOrmPosting } from './limits/post-by-orm.ts'

export type PostPaymentSizes = {
  readonly rounds: number
  /** Payments a round: in batches, by 64 callers, by 32 writers on each kind of account. */
  readonly batched: number
  readonly called: number
  readonly written: number
}

const full: PostPaymentSizes = { rounds: 5, batched: 2_000, called: 1_000, written: 640 }
const callers = 64
const writers = 32
const handClients = 8
const amount = money(priceMinor, 'KES')
const amountText = `${priceMinor / 100n}.00`

/** From news of money to books in which it stands, the line wanted on and the receipt owed. */
export async function measurePostPayment(databaseUrl: string, sizes: PostPaymentSizes = full): Promise<readonly Figure[]> {
  const { rounds, batched, called, written } = sizes
  const isp = await openBenchIsp(databaseUrl, { connectionsMax: writers })
  try {
    // One round more than is measured: the first warms every side.
    const lines = await isp.seed((rounds + 1) * (batched + called + 2 * written), {
      router: await isp.installRouter('Router', 1),
      prefix: 'line',
      billed: true,
    })
    await isp.billAndSuspend()
    await isp.settleStatistics()
    let taken = 0
    const take = (count: number) => {
      taken += count
      return lines.slice(taken - count, taken)
    }
    const known = await knownPayments(isp, lines)
    const figures = [
      ...(await measureBatches(isp, databaseUrl, sizes, take, known)),
      ...(await measureWriters(isp, sizes, take)),
      ...(await measureCallers(isp, databaseUrl, sizes, take, known)),
    ]
    await checkBooks(isp, (rounds + 1) * (batched + called + 2 * written))
    return figures
  } finally {
    await isp.close()
  }
}

type Take = (count: number) => readonly BenchLine[]
/** Payments as the hand-written sides get them, with every question answered. */
type Known = (count: number, series: string) => readonly HandPayment[]

/** Notices that wait, to rows that are written; both on one connection at a time, a hundred together. */
async function measureBatches(
  isp: BenchIsp,
  databaseUrl: string,
  { rounds, batched }: PostPaymentSizes,
  take: Take,
  known: Known,
): Promise<Figure[]> {
  const hand = await openHandPosting(databaseUrl, { clients: 1 })
  const ours = async (round: number) => {
    await addNotices(isp, take(batched), `B${round}`)
    return await rateOf(batched, async () => {
      while ((await postPayments(isp.deps, isp.organisationId)) > 0);
    })
  }
  const theirs = async (round: number) => {
    const payments = known(batched, `H${round}`)
    return await rateOf(batched, async () => {
      for (let at = 0; at < batched; at += 100) await hand.postBatch(payments.slice(at, at + 100))
    })
  }
  const [applied = [], byHand = []] = await measured(isp, rounds, [ours, theirs])
  await hand.close()
  return [
    {
      name: 'post-payment-batched',
      ratio: ratioOfRounds(applied, byHand),
      limit: 0.5,
      kind: 'at least',
      detail: `${rate(applied)} fully applied in batches of 100, ${rate(byHand)} by hand (payment, entry, postings and allocation only); one connection each`,
    },
  ]
}

/** Does an account that every payment touches hold its writers up? Cash of one branch against cash of 32. */
async function measureWriters(isp: BenchIsp, { rounds, written }: PostPaymentSizes, take: Take): Promise<Figure[]> {
  const branches: BranchId[] = []
  for (let index = 0; index < writers; index++)
    branches.push(await createBranch(isp.deps, isp.organisationId, { code: `B${index}`, name: `Branch ${index}`, actor: 'bench' }))
  // Nobody sends or switches here; that has figures of its own.
  const deps: Deps = { ...isp.deps, wake: () => {} }
  const write = async (series: string, branchOf: (index: number) => BranchId) => {
    const lines = take(written)
    let next = 0
    return await rateOf(written, () =>
      together(writers, async () => {
        for (let index = next++; index < written; index = next++)
          await recordManualPayment(deps, isp.organisationId, {
            branchId: branchOf(index),
            subscriberId: asId('subscriber', lines[index]?.subscriberId ?? ''),
            amount,
            reference: receiptOf(series, index),
            paidAt: isp.clock.now(),
            actor: 'bench',
          })
      }),
    )
  }
  const first = branches[0] as BranchId
  const [onOne = [], onMany = []] = await measured(isp, rounds, [
    (round) => write(`O${round}`, () => first),
    (round) => write(`M${round}`, (index) => branches[index % writers] as BranchId),
  ])
  return [
    {
      name: 'post-one-account',
      ratio: ratioOfRounds(onOne, onMany),
      limit: 0.9,
      kind: 'at least',
      detail: `${rate(onOne)} by ${writers} writers on one cash account, ${rate(onMany)} on ${writers} accounts`,
    },
  ]
}

/** Callers that bring one payment each and wait for nobody: receipt of the call to applied money, against one transaction a payment. */
async function measureCallers(
  isp: BenchIsp,
  databaseUrl: string,
  { rounds, called }: PostPaymentSizes,
  take: Take,
  known: Known,
): Promise<Figure[]> {
  const hand = await openHandPosting(databaseUrl, { clients: handClients })
  const orm = await openOrmPosting(databaseUrl, { clients: handClients })
  const ours = async (round: number) => {
    const lines = take(called)
    return await rateOf(called, () => callAndPost(isp, lines, `C${round}`))
  }
  const oneByOne = (series: string, postOne: (payment: HandPayment) => Promise<void>) => async (round: number) => {
    const payments = known(called, `${series}${round}`)
    let next = 0
    return await rateOf(called, () =>
      together(handClients, async () => {
        for (let payment = payments[next++]; payment; payment = payments[next++]) await postOne(payment)
      }),
    )
  }
  const [shared = [], byHand = [], byOrm = []] = await measured(isp, rounds, [
    ours,
    oneByOne('J', hand.postOne),
    oneByOne('K', orm.postOne),
  ])
  await Promise.all([hand.close(), orm.close()])
  const detail = `${rate(shared)} by ${callers} callers, from call to applied money`
  return [
    {
      name: 'post-callers-to-hand',
      ratio: ratioOfRounds(shared, byHand),
      limit: 1.2,
      kind: 'at least',
      detail: `${detail}; ${rate(byHand)} by hand, one transaction each, ${handClients} clients`,
    },
    {
      name: 'post-callers-to-orm',
      ratio: ratioOfRounds(shared, byOrm),
      limit: 8,
      kind: 'at least',
      detail: `${detail}; ${rate(byOrm)} read, computed and written by an ORM, ${handClients} clients`,
    },
  ]
}

async function callAndPost(isp: BenchIsp, lines: readonly BenchLine[], series: string): Promise<void> {
  const calls = lines.map(({ account }, index) => c2bBody({ receipt: receiptOf(series, index), account, amount: amountText }))
  let posted = 0
  let allPosted = () => {}
  const done = new Promise<void>((resolve) => {
    allPosted = resolve
  })
  const running = new Set<string>()
  const flows = { callbacks: processCallbacks, notices: postPayments } as const
  const deps = {
    ...isp.deps,
    // The work room, but for the two kinds that are measured.
    wake(kind: string) {
      if ((kind !== 'callbacks' && kind !== 'notices') || running.has(kind)) return
      running.add(kind)
      void (async () => {
        for (let took = 1; took > 0; ) {
          took = await flows[kind](deps, isp.organisationId)
          if (kind === 'notices') posted += took
        }
        running.delete(kind)
        if (posted >= lines.length) allPosted()
        else if (kind === 'callbacks') deps.wake('notices', isp.organisationId)
      })()
    },
  } as typeof isp.deps
  let next = 0
  await together(callers, async () => {
    for (let body = calls[next++]; body !== undefined; body = calls[next++])
      await receiveCallback(deps, {
        installationId: isp.paybill,
        channel: 'confirmation',
        token: isp.confirmationToken,
        method: 'POST',
        rawBody: new TextEncoder().encode(body),
        headers: { 'content-type': 'application/json' },
        query: {},
      })
  })
  // The last call may have been kept after the last look.
  deps.wake('callbacks', isp.organisationId)
  await done
}

async function addNotices(isp: BenchIsp, lines: readonly BenchLine[], series: string): Promise<void> {
  const receivedAt = isp.clock.now()
  const notices = lines.map(({ account }, index) => {
    const notice: PaymentNotice = {
      evidence: 'callback',
      status: 'succeeded',
      providerTransaction: receiptOf(series, index),
      amount,
      paidAt: receivedAt,
      payer: { kind: 'masked', pattern: '2547*****126' },
      payerName: 'AMINA',
      accountReference: account,
    }
    return { id: asId('notice', isp.deps.ids.next()), installationId: isp.paybill, notice, receivedAt }
  })
  await isp.deps.store.inOrganisation(isp.organisationId, (tx) => tx.notices.add(notices))
}

async function knownPayments(isp: BenchIsp, lines: readonly BenchLine[]): Promise<Known> {
  const clearingId = crypto.randomUUID()
  const rows = await isp.owner<{ subscriber_id: string; invoice_id: string; receivable_id: string }[]>`
    select i.subscriber_id, i.id as invoice_id, a.id as receivable_id from invoices i
      join ledger_accounts a on a.organisation_id = i.organisation_id and a.kind = 'receivable' and a.owner = i.subscriber_id::text
     where i.organisation_id = ${isp.organisationId}`
  if (rows.length !== lines.length) throw new Error(`${lines.length} lines were seeded, ${rows.length} have an invoice`)
  return (count, series) =>
    Array.from({ length: count }, (_, index) => {
      const row = rows[index % rows.length]
      return {
        organisationId: isp.organisationId,
        installationId: isp.paybill,
        subscriberId: row?.subscriber_id ?? '',
        invoiceId: row?.invoice_id ?? '',
        receivableId: row?.receivable_id ?? '',
        clearingId,
        receipt: receiptOf(series, index),
        amountMinor: priceMinor,
      }
    })
}

/** What was counted must have happened, whole. */
async function checkBooks(isp: BenchIsp, expected: number): Promise<void> {
  const [row] = await isp.owner<{ paid: number; wanted: number; owed: number }[]>`
    select (select count(*)::int from invoices where organisation_id = ${isp.organisationId} and status = 'paid') as paid,
           (select count(*)::int from access_states where organisation_id = ${isp.organisationId} and wanted_state = 'active') as wanted,
           (select count(*)::int from messages where organisation_id = ${isp.organisationId} and kind = 'receipt') as owed`
  if (row?.paid !== expected || row.wanted !== expected || row.owed !== expected)
    throw new Error(`${expected} payments were made; of them are there ${JSON.stringify(row)}`)
  const { doubts } = await isp.verify()
  if (doubts.length > 0) throw new Error(`the books are in doubt: ${JSON.stringify(doubts.slice(0, 3))}`)
}

/** One round to warm every side, and statistics of tables that are no longer empty, as autovacuum gathers them in the first minute. */
async function measured(isp: BenchIsp, rounds: number, measures: readonly ((round: number) => Promise<number>)[]): Promise<number[][]> {
  for (const measure of measures) await measure(rounds)
  await isp.settleStatistics()
  return await interleave(rounds, measures)
}

const together = async (count: number, work: () => Promise<void>): Promise<void> =>
  void (await Promise.all(Array.from({ length: count }, work)))

async function rateOf(count: number, work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return perSecond(count, performance.now() - startedMs)
}

const rate = (rates: readonly number[]): string => `${median(rates).toFixed(0)} payments/s`

if (isScript(import.meta.filename)) await runFigures(measurePostPayment)
