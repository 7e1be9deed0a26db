import { addDays, type BillingMode, type CivilDate, civilDate, money, type OrganisationId } from '@nyuzi/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recomputeIssued } from '../../src/flows/billing/recompute-issued.ts'
import { type DailyCycleOptions, runDailyCycle } from '../../src/flows/billing/run-daily-cycle.ts'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { recordManualPayment } from '../../src/flows/payments/record-manual-payment.ts'
import type { Deps, Store } from '../../src/flows/ports.ts'
import { type Isp, openIsp, priceOf } from '../isp.ts'

const firstDay = civilDate('2027-01-27')
const lastDay = civilDate('2027-03-08')

type Sold = {
  readonly billing: BillingMode
  readonly startsOn: CivilDate
  readonly anchorDay: number
  readonly paidOn: CivilDate
  readonly shillings: bigint
}

const soldOnes: fc.Arbitrary<Sold> = fc.record({
  billing: fc.constantFrom('prepaid', 'postpaid'),
  startsOn: fc.nat(20).map((days) => addDays(firstDay, days)),
  anchorDay: fc.integer({ min: 1, max: 31 }),
  paidOn: fc.nat(38).map((days) => addDays(firstDay, days)),
  shillings: fc.bigInt({ min: 500n, max: 4_000n }),
})

/** The days on which the cycle runs, each by so many servers at once, and on which of its transactions a server dies. */
type Runs = { readonly every: number; readonly servers: number; readonly dies: readonly number[] }

const runs: fc.Arbitrary<Runs> = fc.record({
  every: fc.integer({ min: 1, max: 9 }),
  servers: fc.integer({ min: 1, max: 2 }),
  dies: fc.uniqueArray(fc.nat(80), { maxLength: 12 }),
})

describe('Runs of the billing day', () => {
  let isp: Isp
  let plans = 0
  beforeAll(async () => {
    isp = await openIsp({ startAt: `${firstDay}T06:00:00Z`, servers: 2 })
  })
  afterAll(() => isp?.close())

  it('end in the same books however often, late, side by side or broken off they run', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(soldOnes, { minLength: 2, maxLength: 5 }), runs, async (sold, how) => {
        const onTime = await live(sold, { every: 1, servers: 1, dies: [] })
        const otherwise = await live(sold, how)
        expect(otherwise).toEqual(onTime)
      }),
      { numRuns: Number(process.env['NYUZI_RUNS'] ?? 3) },
    )
    expect((await isp.verify()).doubts).toEqual([])
    expect(await recomputeIssued(isp.deps, isp.organisationId)).toMatchObject({ differing: 0 })
  }, 120_000)

  /** Sells to new subscribers, lets the days pass, and tells what was charged. Every payment falls on a day with a run. */
  async function live(sold: readonly Sold[], { every, servers, dies }: Runs) {
    isp.day(firstDay)
    const lines = []
    for (const { billing, startsOn, anchorDay } of sold) {
      plans += 1
      const code = `RUN-${plans}`
      const planId = await createPlan(isp.deps, isp.organisationId, { code, name: code, actor: 'test', price: priceOf('1500', billing, 2) })
      lines.push(await isp.subscribe({ planId, startsOn, anchorDay }))
    }
    let transactions = 0
    const dying = isp.servers.slice(0, servers).map(({ engine }): Deps => {
      const { deps } = engine
      const inOrganisation: Store['inOrganisation'] = (id, work) =>
        deps.store.inOrganisation(id, async (tx) => {
          const result = await work(tx)
          transactions += 1
          if (dies.includes(transactions)) throw new Died()
          return result
        })
      return { ...deps, store: { ...deps.store, inOrganisation, mayPass: (error) => error instanceof Died || deps.store.mayPass(error) } }
    })
    for (let day = firstDay, n = 0; day <= lastDay; day = addDays(day, 1), n += 1) {
      isp.day(day)
      const paying = lines.filter((_, index) => sold[index]?.paidOn === day)
      if (n % every === 0 || day === lastDay || paying.length > 0)
        for (let again = 0; again < 2; again += 1) await Promise.all(dying.map((deps) => runUnlessDead(deps, isp.organisationId)))
      for (const line of paying) {
        const index = lines.indexOf(line)
        await recordManualPayment(isp.deps, isp.organisationId, {
          branchId: isp.branchId,
          subscriberId: line.subscriberId,
          amount: money((sold[index]?.shillings ?? 0n) * 100n, 'KES'),
          reference: `${line.accountNumber} ${day}`,
          paidAt: isp.clock.now(),
          actor: 'test',
        })
      }
    }
    await runDailyCycle(isp.deps, isp.organisationId)
    return await Promise.all(lines.map(chargedOf))
  }

  const chargedOf = async ({ subscriberId, subscriptionId }: { subscriberId: string; subscriptionId: string }) => ({
    lines: await isp.raw`
      select n.description, n.total_minor, n.arithmetic, i.issued_on, i.due_on, i.total_minor as claimed, i.allocated_minor, i.status
        from invoice_lines n join invoices i on i.id = n.invoice_id where i.subscriber_id = ${subscriberId} order by n.period_start, n.position`,
    subscription:
      await isp.raw`select billed_until, next_invoice_on, awaits, parked_reason from subscriptions where id = ${subscriptionId}`,
    balances: await isp.raw`
      select a.kind, sum(p.amount_minor)::text as minor from ledger_accounts a join postings p on p.account_id = a.id where a.owner = ${subscriberId} group by 1 order by 1`,
    access: await isp.raw`select wanted_state, wanted_reason from access_states where subscriber_id = ${subscriberId}`,
  })
})

class Died extends Error {}

async function runUnlessDead(deps: Deps, organisationId: OrganisationId, options: DailyCycleOptions = {}): Promise<void> {
  try {
    await runDailyCycle(deps, organisationId, options)
  } catch (error) {
    if (!(error instanceof Died)) throw error
  }
}
