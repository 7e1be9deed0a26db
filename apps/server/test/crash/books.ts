import { expect } from 'vitest'
import type { SupervisedIsp } from './supervised-isp.ts'

const minorOf = (amount: string): bigint => BigInt(amount.replace('.', ''))

/** Waits until a server has done everything that can be done now. */
export async function converged(isp: SupervisedIsp, forMs = 60_000): Promise<void> {
  await isp.until('the inbox to be empty', async () => (await isp.raw`select from callbacks where status = 'received'`).length === 0, forMs)
  await isp.until(
    'all notices to be posted',
    async () => (await isp.raw`select from payment_notices where outcome is null`).length === 0,
    forMs,
  )
  await isp.until(
    'all lines to be in sync',
    async () => (await isp.raw`select from access_states where status <> 'in_sync'`).length === 0,
    forMs,
  )
}

/** Compares our books with everyone else's, after whatever has happened. Gives figures for the record. */
export async function compareBooks(isp: SupervisedIsp) {
  const { book, deliveries } = isp.daraja
  const payments = await isp.raw`
    select p.id, p.provider_transaction as receipt, p.amount_minor::text as amount, i.provider_reference as checkout
      from payments p left join payment_intents i on i.id = p.intent_id`
  const acknowledged = new Set(deliveries.filter(({ status }) => status === 200).map(({ receipt }) => receipt))

  // Each of our payments is one of the operator's, of the same amount, and no two are the same one.
  const taken = new Map(book.map((entry) => [entry.receipt, entry]))
  const byCheckout = new Map(book.flatMap((entry) => (entry.checkoutRequestId === undefined ? [] : [[entry.checkoutRequestId, entry]])))
  const posted = new Set<string>()
  for (const payment of payments) {
    const entry = payment['receipt'] === null ? byCheckout.get(payment['checkout']) : taken.get(payment['receipt'])
    expect(entry, `payment ${payment['id']} is in the operator's book`).toBeDefined()
    expect(BigInt(payment['amount']), `amount of ${entry?.receipt}`).toBe(minorOf(entry?.amount ?? ''))
    expect(posted.has(entry?.receipt ?? ''), `${entry?.receipt} is posted once`).toBe(false)
    posted.add(entry?.receipt ?? '')
  }
  const lost = book.filter(({ receipt }) => acknowledged.has(receipt) && !posted.has(receipt))
  expect(
    lost.map(({ receipt }) => receipt),
    'acknowledged and not posted',
  ).toEqual([])
  expect(isp.journal().sort()).toEqual(book.map(({ receipt }) => receipt).sort())

  const owed = book.filter(({ receipt }) => posted.has(receipt)).reduce((sum, { amount }) => sum + minorOf(amount), 0n)
  const [clearing] = await isp.raw`
    select coalesce(sum(p.amount_minor), 0)::text as total from postings p join ledger_accounts a on a.id = p.account_id where a.kind = 'clearing'`
  expect(BigInt(clearing?.['total'] ?? 0)).toBe(owed)
  expect((await isp.verify()).doubts).toEqual([])

  const receipts = await isp.raw`select source_id, count(*)::int as times from messages where kind = 'receipt' group by source_id`
  expect(receipts.filter(({ times }) => times > 1)).toEqual([])
  const states = await isp.raw`select service_id, wanted_state, observed_state, status from access_states`
  expect(states.filter(({ status }) => status !== 'in_sync')).toEqual([])
  for (const { serviceId, username, router } of isp.lines) {
    const state = states.find((one) => one['service_id'] === serviceId)
    const profile = isp.boxes[router]?.book.secret(username)?.profile
    expect(profile, username).toBe(state?.['wanted_state'] === 'suspended' ? 'nyuzi-suspended' : 'nyuzi-home-10')
  }
  return { taken: book.length, acknowledged: acknowledged.size, posted: posted.size, unheard: book.length - posted.size }
}
