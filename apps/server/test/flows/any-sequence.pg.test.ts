import { addDays, asId, type CivilDate, civilDateAt, type InvoiceId, money, type PlanId, type SubscriptionId, written } from '@nyuzi/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recomputeCredits } from '../../src/flows/billing/recompute-credits.ts'
import { recomputeIssued } from '../../src/flows/billing/recompute-issued.ts'
import { runDailyCycle } from '../../src/flows/billing/run-daily-cycle.ts'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import type { NewPrice } from '../../src/flows/catalog/create-price.ts'
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
import { Conflict, InvalidInput, NotFound } from '../../src/flows/errors.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { recordManualPayment } from '../../src/flows/payments/record-manual-payment.ts'
import type { Deps } from '../../src/flows/ports.ts'
import { answerExtension } from '../../src/flows/receivables/answer-extension.ts'
import { createInstalmentPlan } from '../../src/flows/receivables/create-instalment-plan.ts'
import { requestExtension } from '../../src/flows/receivables/request-extension.ts'
import { setOverdraft } from '../../src/flows/receivables/set-overdraft.ts'
import { wantAccess } from '../../src/flows/steps/want-access.ts'
import { cancelSubscription } from '../../src/flows/subscribers/cancel-subscription.ts'
import { changeSubscriptionPlan } from '../../src/flows/subscribers/change-plan.ts'
import { createSubscription } from '../../src/flows/subscribers/create-subscription.ts'
import { holdService } from '../../src/flows/subscribers/hold-service.ts'
import { pauseSubscription } from '../../src/flows/subscribers/pause-subscription.ts'
import { resumeSubscription } from '../../src/flows/subscribers/resume-subscription.ts'
import { setParent } from '../../src/flows/subscribers/set-parent.ts'
import { recordUsage } from '../../src/flows/usage/record-usage.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'

const told = { reason: 'test', actor: 'test' }
const { actor } = told
const ofNumber = (n: number) => money(BigInt(n * 5_017 + 1), 'KES')
const oneOf = <T>(items: readonly T[], n: number): T => {
  const item = items[n % items.length]
  if (item === undefined) throw new NotFound('anything')
  return item
}

const installation = { kind: 'one_time', key: 'install', title: 'Installation', category: 'installation', taxClass: 'exempt' } as const
const router = { kind: 'recurring', key: 'router', title: 'Router', category: 'equipment', taxClass: 'internet' } as const
const data = { key: 'data', title: 'Data', category: 'usage', taxClass: 'internet' } as const
const tariff = { scheme: 'per_unit', unit: 'MB', blockUnits: 100n, includedUnits: 0n, tiers: [{ price: money(777n, 'KES') }] } as const
const once = { ...installation, amount: money(70_000n, 'KES') }
/** Two that charge every day from the first on, the others each with something of its own. */
const sold: Readonly<Record<string, Partial<NewPrice>>> = {
  BILL: { extras: [once, { ...router, amount: money(30_001n, 'KES') }] },
  ARREARS: { timing: 'arrears', usage: [{ ...data, tariff }] },
  SKIP: { policy: { suspension: 'skip' } },
  EXTEND: { policy: { suspension: 'extend', firstPeriod: 'full' } },
  WEEK: {
    amount: money(40_003n, 'KES'),
    cadence: { unit: 'week', count: 1 },
    pricing: 'exclusive',
    policy: { suspension: 'skip', firstPeriod: 'free' },
  },
  PREPAID: { billing: 'prepaid', extras: [once], graceDays: 0 },
  OLD_END: { billing: 'prepaid', extras: [once], graceDays: 1, policy: { lateRenewal: 'from_old_end' } },
}

/** Who does it, with whom, and a number from which the rest is taken. */
type Case = {
  readonly deps: Deps
  readonly line: Line
  readonly other: Line
  readonly n: number
  readonly today: CivilDate
  readonly key: string
}

describe('Any sequence of what people and the calendar do', () => {
  let isp: Isp
  let servers: readonly Deps[]
  let plans: readonly PlanId[]
  let made = 0

  const today = () => civilDateAt(isp.clock.now(), 'Africa/Nairobi')
  const claimOf = async ({ line: { subscriberId }, n }: Case, status?: string): Promise<InvoiceId> => {
    const rows = await isp.raw`
      select id from invoices where subscriber_id = ${subscriberId} ${status === undefined ? isp.raw`` : isp.raw`and status = ${status}`} order by created_at, sequence`
    return asId('invoice', oneOf(rows, n)['id'])
  }
  const subscriptionOf = async ({ line: { subscriberId }, n }: Case): Promise<SubscriptionId> =>
    asId('subscription', oneOf(await isp.raw`select id from subscriptions where subscriber_id = ${subscriberId} order by id`, n)['id'])

  /** What each does inside the organisation; what is refused counts as done. */
  const actions = {
    async pass({ n, today }: Case) {
      isp.day(addDays(today, 1 + (n % 12)))
      await Promise.all(servers.map((deps) => runDailyCycle(deps, isp.organisationId)))
    },
    pay: ({ deps, line: { subscriberId }, n, key: reference }: Case) =>
      recordManualPayment(deps, isp.organisationId, {
        branchId: isp.branchId,
        subscriberId,
        amount: ofNumber(n),
        reference,
        paidAt: isp.clock.now(),
        actor,
      }),
    async credit(one: Case) {
      const { deps, n } = one
      const invoiceId = await claimOf(one)
      const line = oneOf(
        await isp.raw`select position, period_start, period_end from invoice_lines where invoice_id = ${invoiceId} order by position`,
        n,
      )
      const days = line['period_start'] && { start: addDays(line['period_start'], n % 9), end: line['period_end'] }
      const part = oneOf([{}, days && days.start < days.end ? { days } : {}, { total: ofNumber(n % 13) }, { net: ofNumber(n % 7) }], n)
      const lines = [{ position: line['position'], ...part }]
      await issueCreditNote(deps, isp.organisationId, { invoiceId, ...(n % 5 === 0 ? {} : { lines }), ...told })
    },
    debit({ deps, line: { subscriberId }, n, today }: Case) {
      const cable = { description: written('Cable'), category: 'repair', taxClass: 'equipment', amount: ofNumber(n) } as const
      const charges = [{ ...cable, pricing: n % 2 ? ('inclusive' as const) : ('exclusive' as const) }]
      return issueDebitNote(deps, isp.organisationId, { subscriberId, charges, dueOn: addDays(today, n % 6), ...told })
    },
    void: async (one: Case) =>
      voidInvoice(one.deps, isp.organisationId, {
        invoiceId: await claimOf(one, one.n % 7 ? 'open' : undefined),
        recharge: one.n % 3 > 0,
        ...told,
      }),
    writeOff: async (one: Case) => writeOffInvoice(one.deps, isp.organisationId, { invoiceId: await claimOf(one, 'open'), ...told }),
    recover: async (one: Case) => recoverInvoice(one.deps, isp.organisationId, { invoiceId: await claimOf(one, 'uncollectible'), ...told }),
    withhold: async (one: Case) =>
      settleWithholding(one.deps, isp.organisationId, {
        invoiceId: await claimOf(one, 'open'),
        certificate: one.key,
        amount: ofNumber(one.n % 5),
        certifiedAt: isp.clock.now(),
        actor,
      }),
    deposit: ({ deps, line: { subscriberId }, n }: Case) =>
      takeDeposit(deps, isp.organisationId, { subscriberId, amount: ofNumber(n), description: 'Router', actor }),
    release: ({ deps, line: { subscriberId }, n }: Case) =>
      releaseDeposit(deps, isp.organisationId, { subscriberId, amount: ofNumber(n % 10), ...told }),
    transfer: ({ deps, line, other, n }: Case) =>
      transferCredit(deps, isp.organisationId, { from: line.subscriberId, to: other.subscriberId, amount: ofNumber(n % 20), ...told }),
    refund: ({ deps, line: { subscriberId }, n }: Case) =>
      refundCredit(deps, isp.organisationId, { subscriberId, branchId: isp.branchId, amount: ofNumber(n % 20), ...told }),
    give: ({ deps, line: { subscriberId }, n }: Case) =>
      grantCredit(deps, isp.organisationId, { kind: 'goodwill', subscriberId, amount: ofNumber(n % 15), ...told }),
    async extend({ deps, line: { subscriberId }, n, today }: Case) {
      const id = await requestExtension(deps, isp.organisationId, subscriberId, { until: addDays(today, 1 + (n % 7)), ...told })
      await answerExtension(deps, isp.organisationId, id, { answer: n % 5 ? 'approve' : 'refuse', actor })
    },
    instalments: ({ deps, line: { subscriberId }, n, today }: Case) =>
      createInstalmentPlan(deps, isp.organisationId, subscriberId, {
        instalments: [{ dueOn: addDays(today, n % 9) }, { dueOn: addDays(today, 10 + (n % 9)) }],
        graceDays: n % 3,
        actor,
      }),
    overdraft: ({ deps, line: { subscriberId }, n }: Case) =>
      setOverdraft(deps, isp.organisationId, subscriberId, { amount: n % 3 ? ofNumber(n) : null, ...told }),
    hold: ({ deps, line: { serviceId }, n }: Case) =>
      holdService(deps, isp.organisationId, serviceId, { hold: oneOf([null, null, 'opened', 'held'] as const, n), ...told }),
    parent: ({ deps, line, other, n }: Case) =>
      setParent(deps, isp.organisationId, line.subscriberId, { parentId: n % 3 ? other.subscriberId : null, pays: n % 2 > 0, actor }),
    sell: ({ deps, line: { subscriberId }, n, today }: Case) =>
      createSubscription(deps, isp.organisationId, {
        subscriberId,
        sold: { planId: oneOf(plans, n) },
        startsOn: addDays(today, (n % 5) - 2),
        anchorDay: 1 + ((n * 7) % 31),
        actor,
      }),
    async changePlan(one: Case) {
      const when = oneOf(['now_prorated', 'now_restarted', 'at_period_end'] as const, one.n)
      const on = one.n % 7 === 1 ? { on: addDays(one.today, one.n % 9) } : {}
      await changeSubscriptionPlan(one.deps, isp.organisationId, await subscriptionOf(one), {
        to: { planId: oneOf(plans, one.n * 3) },
        when,
        ...on,
        actor,
      })
    },
    async pause(one: Case) {
      const { deps, n, today } = one
      const until = n % 3 ? { until: addDays(today, 4 + (n % 9)) } : {}
      const policy = oneOf(['bill', 'skip', 'extend'] as const, n)
      await pauseSubscription(deps, isp.organisationId, await subscriptionOf(one), {
        from: addDays(today, n % 4),
        ...until,
        policy,
        ...told,
      })
    },
    resume: async (one: Case) => resumeSubscription(one.deps, isp.organisationId, await subscriptionOf(one), { actor }),
    async cancel(one: Case) {
      const on = one.n % 6 ? addDays(one.today, one.n % 20) : 'period_end'
      const how = { refund: one.n % 2 ? 'credit' : 'none', finalInvoice: one.n % 3 === 0 } as const
      await cancelSubscription(one.deps, isp.organisationId, await subscriptionOf(one), { on, ...how, actor })
    },
    async use(one: Case) {
      const occurredAt = new Date(isp.clock.now().getTime() - (one.n % 6) * 86_400_000)
      const record = { subscriptionId: await subscriptionOf(one), key: one.key, unit: 'MB', quantity: BigInt(one.n * 31), occurredAt }
      await recordUsage(one.deps, isp.organisationId, { source: 'meter', records: [record], actor })
    },
  }
  const kind = fc.constantFrom(...(Object.keys(actions) as (keyof typeof actions)[]), 'pass' as const, 'pay' as const)
  const step = fc.record({ kind, beside: fc.option(kind), line: fc.nat(3), other: fc.nat(3), n: fc.nat(40) })
  const sale = fc.record({ plan: fc.nat(6), anchorDay: fc.integer({ min: 1, max: 31 }), startsIn: fc.integer({ min: -5, max: 5 }) })

  async function act(kind: keyof typeof actions, one: Omit<Case, 'today' | 'key'>) {
    made += 1
    try {
      await actions[kind]({ ...one, today: today(), key: `KEY-${made}` })
    } catch (error) {
      if (!(error instanceof Conflict || error instanceof InvalidInput || error instanceof NotFound)) throw error
    }
  }

  beforeAll(async () => {
    isp = await openIsp({ startAt: '2027-01-28T06:00:00Z', servers: 2 })
    servers = isp.servers.map(({ engine }) => engine.deps)
    plans = await Promise.all(
      Object.entries(sold).map(([code, price]) =>
        createPlan(isp.deps, isp.organisationId, { code, name: code, actor, price: { ...priceOf('1500', 'postpaid', 2), ...price } }),
      ),
    )
    const lateFee = {
      amount: { kind: 'percentage', rateBp: 300 },
      graceDays: 3,
      repeatEveryDays: 5,
      countMax: 3,
      taxClass: 'equipment',
    } as const
    await changeOrganisation(isp.deps, isp.organisationId, { taxPack: 'KE', revenueRecognition: 'by_day', lateFee, actor })
  })
  afterAll(() => isp?.close())

  /** What holds after every step, whoever it is about. */
  async function check() {
    const owingWithCredit = await isp.raw`
      select distinct i.subscriber_id from invoices i
        join (select subscriber_id from payments where status = 'matched' and allocated_minor < amount_minor
              union select subscriber_id from credits where allocated_minor < total_minor) f on f.subscriber_id = i.subscriber_id where i.status = 'open'`
    expect(owingWithCredit, 'what is open is settled with what is free').toEqual([])
    const forgotten = await isp.raw`
      select s.id from subscriptions s where s.parked_reason is not null
          or s.status = 'active' and s.awaits is null and s.next_invoice_on is null
             and not exists (select from subscription_pauses p where p.subscription_id = s.id and p.settled_on is null)`
    expect(forgotten, 'what is sold is charged some day').toEqual([])
    const free = await isp.raw`
      select s.id from subscriptions s join access_states a on a.service_id in (select id from services where subscription_id = s.id)
       where s.awaits = 'payment' and a.wanted_state = 'active'`
    expect(free, 'a line that is on is charged').toEqual([])
    const subscriberIds = (await isp.raw`select id from subscribers`).map(({ id }) => asId('subscriber', id))
    const decided = () => isp.raw`select service_id, wanted_state, wanted_reason, recheck_on from access_states order by 1`
    const before = await decided()
    const moved = await isp.deps.store.inOrganisation(isp.organisationId, async (tx) =>
      wantAccess(tx, await tx.organisation.read(), isp.clock.now(), { subscriberIds }),
    )
    expect(moved, 'a second decision moves no line').toEqual([])
    expect(await decided(), 'nor its reason, nor the day of the next one').toEqual(before)
  }

  it('leaves nothing unpaid with credit, uncharged with service, or undecided; and the books in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(sale, { minLength: 2, maxLength: 4 }),
        fc.array(step, { minLength: 10, maxLength: 40 }),
        async (sales, steps) => {
          const lines: Line[] = []
          for (const { plan, anchorDay, startsIn } of sales)
            lines.push(await isp.subscribe({ planId: oneOf(plans, plan), anchorDay, startsOn: addDays(today(), startsIn) }))
          for (const { kind, beside, n, ...who } of steps) {
            const people = { line: oneOf(lines, who.line), other: oneOf(lines, who.other) }
            await Promise.all(
              (beside === null ? [kind] : [kind, beside]).map((one, index) =>
                act(one, { ...people, deps: oneOf(servers, index), n: n + 3 * index }),
              ),
            )
            await check()
          }
          await Promise.all(servers.map((deps) => runDailyCycle(deps, isp.organisationId)))
          const again = { invoicesIssued: 0, lateFeesCharged: 0, remindersOwed: 0, servicesMoved: 0, daysRecognised: 0 }
          expect(await isp.cycle()).toMatchObject(again)
        },
      ),
      { numRuns: Number(process.env['NYUZI_RUNS'] ?? 3), seed: Number(process.env['NYUZI_SEED'] ?? 20_271_122), endOnFailure: true },
    )
    const uncharged = await isp.raw`
      select p.code, s.starts_on, s.billed_until, range_agg(daterange(n.period_start, n.period_end)) as charged
        from subscriptions s
        join subscription_terms t on t.subscription_id = s.id
        join prices r on r.id = t.price_id
        join plans p on p.id = r.plan_id and p.code in ('BILL', 'ARREARS')
        left join invoice_lines n on n.subscription_id = s.id and n.component = 'base'
       where s.billed_until > s.starts_on and not exists (select from subscription_pauses z where z.subscription_id = s.id)
         and (select count(*) from subscription_terms z where z.subscription_id = s.id) = 1
       group by s.organisation_id, s.id, p.code having not coalesce(range_agg(daterange(n.period_start, n.period_end)), '{}') @> daterange(s.starts_on, s.billed_until)`
    expect(uncharged, 'every day up to the cursor was charged').toEqual([])
    const uninstalled = await isp.raw`
      select s.id from subscriptions s join subscription_terms t on t.subscription_id = s.id join prices r on r.id = t.price_id
       where r.extras::text like '%install%' and s.billed_until > s.starts_on and (select count(*) from subscription_terms z where z.subscription_id = s.id) = 1
         and not exists (select from invoice_lines n where n.subscription_id = s.id and n.component = 'install')`
    expect(uninstalled, 'what is charged once was charged').toEqual([])
    expect(await recomputeIssued(isp.deps, isp.organisationId)).toMatchObject({ differing: 0 })
    expect(await recomputeCredits(isp.deps, isp.organisationId)).toMatchObject({ differing: 0 })
    expect((await isp.verify()).doubts).toEqual([])
  }, 120_000)
})
