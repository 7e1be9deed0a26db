import { asId, civilDate, type Instant, money, type OrganisationId } from '@nyuzi/core'
import type postgres from 'postgres'
import { mintApiKey } from '../../apps/server/src/composition/mint-api-key.ts'
import { createPlan } from '../../apps/server/src/flows/catalog/create-plan.ts'
import { verifyLedger } from '../../apps/server/src/flows/ledger/verify-ledger.ts'
import { createOrganisation } from '../../apps/server/src/flows/organisations/create-organisation.ts'
import type { Deps } from '../../apps/server/src/flows/ports.ts'

/** The day on which the engine's clock stands. */
export const firstDay = '2026-06-03'
const leadDays = 7
const graceDays = 3
export const extraMinor = 50_000n

export type SeedSizes = {
  readonly subscribers: number
  /** So many of them fall due on the first day, as many on the next, for so many days; the others weeks later. */
  readonly duePerDay: number
  readonly days: number
  /** Whether each has an invoice behind it: paid, but overdue on its day for those that fall due. */
  readonly history: boolean
}

/**
 * An ISP whose subscribers have a subscription with a line each, at a price with an extra: an invoice of two lines that
 * bear two taxes each. It has the rows that a running ISP has: ledger accounts that are open, lines in sync.
 */
export async function seedBillingIsp(owner: postgres.Sql, deps: Deps, sizes: SeedSizes): Promise<OrganisationId> {
  const { organisationId, branchId } = await createOrganisation(
    { ...deps, mintApiKey },
    {
      slug: `bench-${crypto.randomUUID().slice(0, 8)}`,
      name: 'Savanna Fibre',
      country: 'KE',
      currency: 'KES',
      timeZone: 'Africa/Nairobi',
      language: 'en',
      accountPrefix: '',
      policy: { invoiceLeadDays: leadDays, payTo: 'Paybill 400123', taxPack: 'KE' },
      branch: { code: 'NRB', name: 'Nairobi' },
    },
  )
  const now = deps.clock.now()
  await createPlan(deps, organisationId, {
    code: 'HOME10',
    name: 'Home 10 with a static address',
    actor: 'bench',
    price: {
      amount: money(250_000n, 'KES'),
      billing: 'postpaid',
      cadence: { unit: 'month', count: 1 },
      graceDays,
      extras: [
        {
          key: 'static_ip',
          title: 'Static address',
          kind: 'recurring',
          category: 'internet',
          taxClass: 'internet',
          amount: money(extraMinor, 'KES'),
        },
      ],
      profile: { name: 'home-10', downloadBps: 10_000_000n, uploadBps: 5_000_000n },
      effectiveFrom: civilDate('2020-01-01'),
    },
  })
  await owner.begin(async (sql) => {
    await seedSubscribers(sql, { organisationId, branchId, now, ...sizes })
    await seedSubscriptions(sql, organisationId, now)
    await seedAccounts(sql, organisationId)
    if (sizes.history) await seedHistory(sql, { organisationId, now, ...sizes })
  })
  return organisationId
}

type Scope = SeedSizes & { readonly organisationId: OrganisationId; readonly now: Instant }

async function seedSubscribers(
  sql: postgres.TransactionSql,
  { organisationId, branchId, now, subscribers, duePerDay, days }: Scope & { branchId: string },
) {
  await sql`
    create temp table seeded on commit drop as
    select n, uuidv7() as subscriber_id, uuidv7() as service_id,
           ${firstDay}::date + case when n <= ${duePerDay * days} then (n - 1) / ${duePerDay} else ${days + 20} end as due_on
      from generate_series(1, ${subscribers}::integer) as n`
  await sql`
    insert into subscribers (organisation_id, id, branch_id, account_number, account_key, name, phone, language, currency, created_at)
    select ${organisationId}::uuid, subscriber_id, ${branchId}, n::text, n::text, 'Amina', '+2547' || lpad(n::text, 8, '0'), 'en', 'KES', ${now} from seeded`
}

/** Each is paid up to `leadDays` after the day on which it falls due. */
async function seedSubscriptions(sql: postgres.TransactionSql, organisationId: OrganisationId, now: Instant) {
  await sql`
    create temp table subscribed on commit drop as
    select s.*, uuidv7() as subscription_id, due_on + ${leadDays}::integer as paid_until, (due_on + ${leadDays}::integer - interval '1 month')::date as starts_on from seeded s`
  await sql`
    insert into subscriptions (organisation_id, id, subscriber_id, payer_id, starts_on, billed_until, next_invoice_on, created_at)
    select ${organisationId}::uuid, subscription_id, subscriber_id, subscriber_id, starts_on, paid_until, due_on, ${now} from subscribed`
  await sql`
    insert into subscription_terms (organisation_id, subscription_id, number, price_id, origin, anchor_day, from_on, created_at)
    select ${organisationId}::uuid, subscription_id, 1, p.id, starts_on, extract(day from paid_until), starts_on, ${now}
      from subscribed join prices p on p.organisation_id = ${organisationId}::uuid`
  await sql`
    insert into services (organisation_id, id, subscriber_id, subscription_id, installation_id, kind, username, password, created_at)
    select ${organisationId}::uuid, service_id, subscriber_id, subscription_id, ${organisationId}::uuid, 'pppoe', 'line' || n, '', ${now} from subscribed`
  await sql`
    insert into access_states (organisation_id, service_id, subscriber_id, installation_id, wanted_state, wanted_reason, profile_name, download_bps, upload_bps,
                               wanted_at, status, observed_state, observed_version, next_attempt_at)
    select ${organisationId}::uuid, service_id, subscriber_id, ${organisationId}, 'active', 'paid', 'home-10', '10000000', '5000000', ${now}, 'in_sync', 'active', 1, ${now} from seeded`
}

async function seedAccounts(sql: postgres.TransactionSql, organisationId: OrganisationId) {
  await sql`
    insert into ledger_accounts (organisation_id, code, kind, currency, owner, keeps_balance)
    select ${organisationId}::uuid, 'receivable:KES:' || subscriber_id, 'receivable', 'KES', subscriber_id::text, true from seeded
    union all
    select ${organisationId}::uuid, kind || ':KES:' || owner, kind, 'KES', owner, false
      from (values ('revenue', 'internet'), ('tax_payable', 'excise'), ('tax_payable', 'vat')) as a(kind, owner)`
}

/** Headers alone: they are what the scans of a day meet. */
async function seedHistory(sql: postgres.TransactionSql, { organisationId, now, duePerDay, days }: Scope) {
  await sql`insert into number_series (organisation_id, series) values (${organisationId}, 'NRB')`
  await sql`
    insert into invoices (organisation_id, id, subscriber_id, series, sequence, number, status, currency, total_minor, allocated_minor, issued_on, due_on, created_at)
    select ${organisationId}::uuid, uuidv7(), subscriber_id, 'NRB', n, 'NRB-' || lpad(n::text, greatest(6, length(n::text)), '0'), case when late then 'open' else 'paid' end, 'KES', 300000,
           case when late then 0 else 300000 end, due_on - 40, due_on - ${graceDays + 1}::integer, ${now}
      from (select *, n <= ${duePerDay * days} as late from seeded) s`
  await sql`
    update access_states a set wanted_reason = 'in_grace', recheck_on = s.due_on from seeded s
     where a.organisation_id = ${organisationId} and a.service_id = s.service_id and s.n <= ${duePerDay * days}`
}

/** What a run must have left for each subscriber of a finished day, and books in order. */
export async function checkRun(owner: postgres.Sql, deps: Deps, organisationId: OrganisationId, subscribers: number): Promise<void> {
  const written = await writtenBy(owner, organisationId)
  const lines = 2 * subscribers
  const expected = {
    invoices: subscribers,
    lines,
    taxes: 2 * lines,
    periods: lines,
    entries: subscribers,
    claimed: `${300_000 * subscribers}`,
  }
  for (const [name, value] of Object.entries(expected))
    if (written[name] !== value) throw new Error(`${name}: ${value} were expected, ${written[name]} are there`)
  const { doubts } = await verifyLedger(deps, asId('organisation', organisationId))
  if (doubts.length > 0) throw new Error(`the books are in doubt: ${JSON.stringify(doubts.slice(0, 3))}`)
}

/** How many rows a run wrote, and their sums: two runs over the same seed must agree. */
export async function writtenBy(owner: postgres.Sql, organisationId: OrganisationId): Promise<Record<string, number | string>> {
  const own = owner`organisation_id = ${organisationId}`
  const [row] = await owner<Record<string, number | string>[]>`
    select (select count(*)::int from invoices where ${own}) as invoices,
           (select coalesce(sum(total_minor), 0)::text from invoices where ${own}) as claimed,
           (select count(*)::int from invoice_lines where ${own}) as lines,
           (select coalesce(sum(net_minor), 0)::text from invoice_lines where ${own}) as net,
           (select count(*)::int from invoice_line_taxes where ${own}) as taxes,
           (select coalesce(sum(amount_minor), 0)::text from invoice_line_taxes where ${own}) as taxed,
           (select count(*)::int from charged_periods where ${own}) as periods,
           (select count(*)::int from journal_entries where ${own}) as entries,
           (select count(*)::int from postings where ${own}) as postings,
           (select coalesce(sum(balance_minor), 0)::text from ledger_accounts where ${own}) as owed,
           (select count(*)::int from access_states where ${own} and recheck_on is not null) as rechecks,
           (select coalesce(sum(hashtext(next_invoice_on::text || billed_until)), 0)::text from subscriptions where ${own}) as cursors`
  return row ?? {}
}
