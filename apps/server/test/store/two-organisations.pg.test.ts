import { type CivilDate, money, type OrganisationId } from '@nyuzi/core'
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runDailyCycle } from '../../src/flows/billing/run-daily-cycle.ts'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { issueCreditNote } from '../../src/flows/credits/issue-credit-note.ts'
import { changeBranding } from '../../src/flows/documents/change-branding.ts'
import { createInstallation } from '../../src/flows/installations/create-installation.ts'
import { sealLedger } from '../../src/flows/ledger/seal-ledger.ts'
import { createOrganisation } from '../../src/flows/organisations/create-organisation.ts'
import { requestPayment } from '../../src/flows/payments/request-payment.ts'
import type { Transaction } from '../../src/flows/ports.ts'
import { createService } from '../../src/flows/subscribers/create-service.ts'
import { createSubscriber } from '../../src/flows/subscribers/create-subscriber.ts'
import { createSubscription } from '../../src/flows/subscribers/create-subscription.ts'
import { inOrganisation } from '../../src/store/transaction.ts'
import { call, channelUrl, confirmationOf, promptPaidOf, promptUrl, quiet } from '../flows/wire.ts'
import { type Isp, type Line, openIsp, priceOf, routerSettings } from '../isp.ts'
import { logoBytes } from '../logo-bytes.ts'

describe('Two organisations on one server', () => {
  let isp: Isp
  let ours: Line
  let other: Awaited<ReturnType<typeof openOther>>
  let tables: string[]

  /** A second ISP whose first account number is the same as the first one's. */
  async function openOther() {
    const { deps } = isp
    const { organisationId, branchId } = await createOrganisation(deps, {
      slug: 'coast',
      name: 'Coast Link',
      country: 'KE',
      currency: 'KES',
      timeZone: 'Africa/Nairobi',
      language: 'en',
      accountPrefix: '',
      policy: { invoiceLeadDays: 7, payTo: 'Paybill 400999', taxPack: 'KE' },
      branch: { code: 'MSA', name: 'Mombasa' },
    })
    const install = (pluginId: string, settings: Record<string, unknown>) =>
      createInstallation(deps, organisationId, { pluginId, name: pluginId, settings, actor: 'test' })
    const paybill = await install('mpesa', { ...isp.daraja.settings('400123'), shortcode: '400123' })
    const router = await install('mikrotik', routerSettings(isp.boxes[1] as never))
    await install('sms', { gateway: 'africastalking', apiKey: 'at-key', username: 'coast', baseUrl: isp.gateway.url })
    await isp.engine.pluginHost.refresh()
    const planId = await createPlan(deps, organisationId, {
      code: 'HOME10',
      name: 'Home 10',
      actor: 'test',
      price: priceOf('1500', 'postpaid', 3),
    })
    const subscriberId = await createSubscriber(deps, organisationId, { branchId, name: 'Zawadi', phone: '+254733000001', actor: 'test' })
    const subscriptionId = await createSubscription(deps, organisationId, {
      subscriberId,
      sold: { planId },
      startsOn: '2026-06-05' as CivilDate,
      actor: 'test',
    })
    const serviceId = await createService(deps, organisationId, {
      subscriptionId,
      installationId: router,
      kind: 'pppoe',
      username: 'zawadi',
      password: 'password-z',
      actor: 'test',
    })
    return { organisationId, branchId, paybill, planId, subscriberId, subscriptionId, serviceId }
  }

  beforeAll(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z', routers: 2, daraja: { confirmation: 'never' } })
    await isp.raw`update organisations set policy = policy || '{"taxPack": "KE"}'`
    ours = await isp.subscribe({ startsOn: '2026-06-05' as CivilDate })
    other = await openOther()
    const rows = await isp.raw`
      select c.table_name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
       where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.column_name = 'organisation_id' order by 1`
    tables = rows.map((row) => row['table_name'])
  })
  afterAll(() => isp.close())

  const inOther = <T>(work: (tx: Transaction) => Promise<T>) => isp.deps.store.inOrganisation(other.organisationId, work)
  const asServer = <T>(organisationId: OrganisationId, work: (sql: postgres.TransactionSql) => Promise<T>) =>
    inOrganisation(isp.engine.database, organisationId, work as never) as Promise<T>

  it('are billed each for itself', async () => {
    expect((await isp.raw`select account_number from subscribers`).map((row) => row['account_number'])).toEqual([
      ours.accountNumber,
      ours.accountNumber,
    ])
    expect(await isp.cycle()).toMatchObject({ invoicesIssued: 1 })
    expect(await isp.raw`select organisation_id, number from invoices`).toEqual([
      { organisation_id: isp.organisationId, number: 'NRB-000001' },
    ])
    expect(await runDailyCycle(isp.deps, other.organisationId)).toMatchObject({ invoicesIssued: 1 })
    expect(await isp.raw`select organisation_id, number from invoices where organisation_id = ${other.organisationId}`).toEqual([
      { organisation_id: other.organisationId, number: 'MSA-000001' },
    ])
  })

  it('never share a payment, even with the same account number, shortcode and receipt', async () => {
    const body = confirmationOf({ receipt: 'SAMERCPT01', amount: '1500.00', at: isp.clock.now(), account: ours.accountNumber })
    expect(await call(await channelUrl(isp, 'confirmation'), body)).toBe(200)
    await quiet(isp)
    expect(await isp.raw`select organisation_id, subscriber_id from payments`).toEqual([
      { organisation_id: isp.organisationId, subscriber_id: ours.subscriberId },
    ])
    expect(await call(await channelUrl(isp, 'confirmation', { installation: other.paybill }), body)).toBe(200)
    await quiet(isp)
    expect(await isp.raw`select subscriber_id from payments where organisation_id = ${other.organisationId}`).toEqual([
      { subscriber_id: other.subscriberId },
    ])
    const [owed] = await isp.raw`select count(*)::int as n from invoices where status = 'open'`
    expect(owed?.['n']).toBe(0)
  })

  it('never share a name: an account of the one pays nothing at the other', async () => {
    const named = await isp.subscribe({ accountNumber: 'ONLY OURS', phone: '+254733000009' })
    for (const account of ['ONLY OURS', '0733000009']) {
      const receipt = `STRAY${account.slice(0, 4).replace(' ', '')}1`
      await call(
        await channelUrl(isp, 'confirmation', { installation: other.paybill }),
        confirmationOf({ receipt, amount: '10.00', at: isp.clock.now(), account, msisdn: named.phone.slice(1) }),
      )
      await quiet(isp)
      expect(
        await isp.raw`select organisation_id, suspense_reason, candidates from payments where provider_transaction = ${receipt}`,
      ).toEqual([{ organisation_id: other.organisationId, suspense_reason: 'unknown_account', candidates: [] }])
    }
  })

  it('cannot use each other’s addresses: a token opens its own installation only', async () => {
    const done = await requestPayment(isp.deps, isp.organisationId, {
      subscriberId: ours.subscriberId,
      amount: { amountMinor: 10_000n, currency: 'KES' },
      actor: 'test',
    })
    if (done.outcome !== 'done') throw new Error('no prompt was asked for')
    const swap = (url: string) => url.replace(isp.installations.paybill.replaceAll('-', ''), other.paybill.replaceAll('-', ''))
    const before = await isp.raw`select count(*)::int as n from callbacks`
    const [confirmation, prompt] = [await channelUrl(isp, 'confirmation'), await promptUrl(isp, done.result.intentId)]
    const facts = { receipt: 'CROSSED001', amount: '100.00', at: isp.clock.now(), account: ours.accountNumber }
    expect(await call(swap(confirmation), confirmationOf(facts))).toBe(404)
    expect(await call(swap(prompt), promptPaidOf('ws_CO_1', facts))).toBe(404)
    expect(await isp.raw`select count(*)::int as n from callbacks`).toEqual(before)
  })

  it('have due work each of their own', async () => {
    const far = new Date(isp.clock.now().getTime() + 86_400_000)
    await isp.settled()
    const before = (await isp.deps.store.dueWork(far)).filter(({ kind }) => kind === 'messages')
    expect(before).toEqual([])
    await isp.raw`
      insert into messages (organisation_id, subscriber_id, kind, channel, dedupe_key, source_noun, source_id, created_at, next_attempt_at)
      values (${other.organisationId}, ${other.subscriberId}, 'suspended', 'sms', 'planted', 'service', ${other.serviceId}, now(), ${new Date(far.getTime() - 1)})`
    expect((await isp.deps.store.dueWork(far)).filter(({ kind }) => kind === 'messages')).toEqual([
      { kind: 'messages', organisationId: other.organisationId },
    ])
  })

  it('have rows in nearly every table, of both', async () => {
    isp.clock.moveTo(new Date('2026-06-02T09:00:00Z'))
    for (const id of [isp.organisationId, other.organisationId]) {
      expect(await sealLedger(isp.deps, id)).toBeGreaterThan(0)
      await isp.raw`insert into subscription_pauses (organisation_id, subscription_id, from_on, policy, reason, created_at) values (${id}, uuidv7(), '2030-01-01', 'skip', 'test', now())`
      await isp.raw`insert into cursors (organisation_id, installation_id, value) values (${id}, uuidv7(), 'x')`
      await isp.raw`insert into idempotency_keys (organisation_id, api_key_id, key, request_sha256, response_status, response_body, created_at) values (${id}, uuidv7(), 'k', '', 200, '{}', now())`
      await isp.raw`
        insert into dunning_policies (organisation_id, steps, created_at, updated_at) values (${id}, ${isp.raw.json(id === isp.organisationId ? [{ key: 'due', daysFromDue: 0, message: 'invoice_due' }] : [])}, now(), now())`
      const [batch] = await isp.raw`
        insert into cut_off_batches (organisation_id, opened_on, refreshed_on, created_at) values (${id}, '2026-06-02', '2026-06-02', now()) returning id`
      await isp.raw`
        insert into cut_off_members (organisation_id, batch_id, service_id, subscriber_id, debt_minor, days_overdue)
        values (${id}, ${batch?.['id']}, uuidv7(), uuidv7(), 1, 1)`
      await isp.raw`
        with preview as (
          insert into billing_previews (organisation_id, status, days, applies_from, requested_by, created_at, expires_at)
          values (${id}, 'drafted', '["2026-06-02"]', '2026-06-02', 'test', now(), now()) returning organisation_id, id)
        insert into billing_preview_parts (organisation_id, preview_id, position, subscriber_ids, status, effects, fingerprint)
        select organisation_id, id, 1, '{}', 'shown', '[]', '' from preview`
      await isp.raw`insert into tasks (organisation_id, kind, subject_noun, subject_id, title, detail, created_at) values (${id}, 'test', 'test', '1', 'Look', '{}', now())`
      await isp.raw`
        insert into extensions (organisation_id, subscriber_id, until, reason, status, requested_by, requested_on, requested_at)
        values (${id}, uuidv7(), '2026-06-10', 'salary', 'requested', 'test', '2026-06-02', now())`
      await isp.raw`
        with plan as (
          insert into instalment_plans (organisation_id, subscriber_id, status, currency, total_minor, grace_days, started_on, created_by, created_at)
          values (${id}, uuidv7(), 'running', 'KES', 1, 0, '2026-06-02', 'test', now()) returning organisation_id, id),
        part as (insert into instalments select organisation_id, id, 1, '2026-06-10', 1 from plan)
        insert into instalment_plan_invoices select p.organisation_id, p.id, i.id, 1 from plan p join invoices i using (organisation_id) limit 1`
      await isp.raw`insert into late_fees select organisation_id, id, 1, '2026-06-02', id from invoices where organisation_id = ${id} limit 1`
      await isp.raw`
        insert into revenue_deferrals (organisation_id, invoice_id, line_position, category, currency, amount_minor, span_start, span_end, from_on, until_on, deferred_on)
        select organisation_id, invoice_id, position, category, 'KES', 1, '2026-05-01', '2026-06-01', '2026-06-01', '2026-06-01', '2026-06-01' from invoice_lines where organisation_id = ${id} limit 1`
      await isp.raw`insert into general_ledger_codes (organisation_id, kind, owner, code) values (${id}, 'revenue', '', '4000')`
      await isp.raw`insert into fiscal_counters (organisation_id, counter, next_attempt_at) values (${id}, 'test', now())`
      await isp.raw`insert into fiscal_devices (organisation_id, installation_id, counter, begins_at, version) values (${id}, uuidv7(), 'test', now(), 1)`
      await isp.raw`insert into fiscal_cursors (organisation_id, series, last_sequence) values (${id}, 'test', 1)`
      await isp.raw`
        insert into fiscal_documents (organisation_id, installation_id, counter, invoice_id, document_number, issued_at)
        select organisation_id, uuidv7(), 'test', id, number, now() from invoices where organisation_id = ${id} limit 1`
      await isp.raw`insert into recognised_days (organisation_id, day, recognised_at) values (${id}, '2026-05-31', now())`
      await isp.raw`insert into shared_secrets (organisation_id, plugin_id, name, value, expires_at) values (${id}, 'test', 'test', '\\x00', now()) on conflict do nothing`
      await isp.raw`insert into intent_moves (organisation_id, intent_id, to_status, evidence, detail, at) values (${id}, uuidv7(), 'created', 'request', '', now())`
      await isp.raw`insert into number_series (organisation_id, series) values (${id}, 'NRB-RC')`
      await isp.raw`
        insert into receipts (organisation_id, payment_id, subscriber_id, series, sequence, number, issued_on, created_at)
        select organisation_id, id, subscriber_id, 'NRB-RC', 1, 'NRB-RC-000001', '2026-06-02', now() from payments where organisation_id = ${id} and status = 'matched' limit 1`
      await changeBranding(isp.deps, id, { logo: logoBytes(20, 20), actor: 'test' })
      const [claim] = await isp.raw`select id from invoices where organisation_id = ${id} limit 1`
      await issueCreditNote(isp.deps, id, {
        invoiceId: claim?.['id'],
        reason: 'test',
        actor: 'test',
        lines: [{ position: 1, net: money(100n, 'KES') }],
      })
      await isp.raw.begin(async (sql) => {
        await sql`set local session_replication_role = replica`
        await sql`insert into credit_allocations (organisation_id, credit_id, invoice_id, amount_minor, effective_on, created_at) select organisation_id, credit_id, invoice_id, 1, '2026-06-02', now() from credit_lines where organisation_id = ${id}`
      })
      await isp.raw`
        insert into payment_intents (organisation_id, installation_id, subscriber_id, amount_minor, prompt_minor, currency, phone, account_reference, status, callback_token, requested_at)
        values (${id}, uuidv7(), uuidv7(), 1, 1, 'KES', '', '', 'failed', 'x', now())`
    }
    for (const id of [isp.organisationId, other.organisationId]) {
      await isp.raw`insert into promotions (organisation_id, code, title, rate_bp, exclusive, plan_ids, starts_on, created_at) values (${id}, 'P', 'P', 1, false, '{}', now(), now())`
      await isp.raw`insert into coupons (organisation_id, code, title, rate_bp, exclusive, new_subscribers_only, created_at) values (${id}, 'C', 'C', 1, false, false, now())`
      await isp.raw`
        insert into subscription_discounts (organisation_id, subscriber_id, subscription_id, source, source_id, code, title, rate_bp, exclusive, from_day, created_at)
        values (${id}, uuidv7(), uuidv7(), 'coupon', uuidv7(), 'C', 'C', 1, false, now(), now())`
      await isp.raw`insert into price_moves (organisation_id, price_id, begun_by, begun_at) select organisation_id, id, 'test', now() from prices where organisation_id = ${id} limit 1`
      await isp.raw`insert into referrals (organisation_id, referrer_id, referred_id, created_at) values (${id}, uuidv7(), uuidv7(), now())`
      await isp.raw`
        insert into invoice_line_discounts (organisation_id, invoice_id, line_position, position, source, code, title, rate_bp, base_minor, amount_minor, working)
        select organisation_id, invoice_id, position, 1, 'volume', 'V', 'V', 1, 1, 1, '' from invoice_lines where organisation_id = ${id} limit 1`
      await isp.raw`
        insert into invoice_line_usage (organisation_id, invoice_id, line_position, unit, units, rated_units)
        select organisation_id, invoice_id, position, 'MB', 1, 0 from invoice_lines where organisation_id = ${id} limit 1`
      await isp.raw`
        insert into usage_records (organisation_id, subscription_id, source, key, unit, quantity, occurred_at, day, covered_units, received_at)
        values (${id}, uuidv7(), 's', 'k', 'MB', 1, now(), now(), 0, now())`
      await isp.raw`
        insert into data_bundles (organisation_id, code, title, unit, units, valid_days, amount_minor, currency, category, tax_class, pricing, created_at)
        values (${id}, 'D', 'D', 'MB', 1, 1, 1, 'KES', 'internet', 'internet', 'inclusive', now())`
      await isp.raw`insert into one_time_charges (organisation_id, subscriber_id, description, category, tax_class, pricing, amount_minor, currency, invoice_on, created_at) values (${id}, uuidv7(), 'x', 'x', 'exempt', 'inclusive', 1, 'KES', '2099-01-01', now())`
      await isp.raw`insert into tax_exemptions (organisation_id, subscriber_id, certificate, taxes, from_on, recorded_by, recorded_at) select organisation_id, id, 'C', '{vat}', '2099-01-01', 'test', now() from subscribers where organisation_id = ${id} limit 1`
      await isp.raw`insert into passes (organisation_id, subscription_id, price_id, terms, valid, created_at) values (${id}, uuidv7(), uuidv7(), 1, tstzrange(now(), now() + interval '1 hour'), now())`
      await isp.raw`insert into usage_days (organisation_id, subscription_id, unit, day, units, covered_units) values (${id}, uuidv7(), 'MB', now(), 1, 0)`
      await isp.raw`
        insert into allowances (organisation_id, subscription_id, title, unit, granted_units, valid_from, valid_until, created_at)
        values (${id}, uuidv7(), 'a', 'MB', 1, now(), now() + interval '1 day', now())`
    }
    expect(tables.length).toBeGreaterThan(25)
    for (const table of tables) {
      const owners = await isp.raw.unsafe(`select distinct organisation_id from ${table}`)
      expect(owners.length, table).toBe(2)
    }
  })

  it('are kept apart in every table by a policy that is switched on', async () => {
    const guarded = await isp.raw`
      select c.relname as name, c.relrowsecurity as enabled, (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
        from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname = any(${[...tables, 'organisations']})`
    expect(guarded.length).toBe(tables.length + 1)
    for (const { name, enabled, policies } of guarded) expect({ name, enabled, policies }).toEqual({ name, enabled: true, policies: 1 })
    // A table without the column holds nothing of an organisation.
    const unscoped =
      await isp.raw`select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> all(${tables})`
    expect(unscoped.map((row) => row['table_name']).sort()).toEqual(['job_runs', 'organisations'])
  })

  it('show nothing at all to a session that names no organisation', async () => {
    for (const table of [...tables, 'organisations']) {
      expect((await isp.engine.database.unsafe(`select 1 from ${table}`)).length, table).toBe(0)
      await expect(
        isp.engine.database
          .unsafe(`update ${table} set ${table === 'organisations' ? 'name = name' : 'organisation_id = organisation_id'}`)
          .then(
            ({ count }) => `${count} rows`,
            ({ code }) => code,
          ),
        table,
      ).resolves.toMatch(/^(0 rows|42501)$/)
    }
  })

  it('show only their own rows to a query that forgot its filter', async () => {
    for (const table of tables) {
      const seen = await asServer(other.organisationId, (sql) => sql.unsafe(`select distinct organisation_id from ${table}`))
      expect(
        seen.map((row) => row['organisation_id']),
        table,
      ).toEqual([other.organisationId])
    }
    expect(await asServer(other.organisationId, (sql) => sql.unsafe('select slug from organisations'))).toEqual([{ slug: 'coast' }])
  })

  it('cannot write a row of the other, in any table', async () => {
    for (const table of tables) {
      const [row] = await isp.raw.unsafe(
        `select to_json(t) as row from ${table} t where organisation_id = '${other.organisationId}' limit 1`,
      )
      const stolen = {
        ...row?.['row'],
        organisation_id: isp.organisationId,
        ...(table === 'number_series' ? { last_sequence: 0, series: 'NEW' } : {}),
      }
      const written = asServer(other.organisationId, (sql) =>
        sql.unsafe(`insert into ${table} select * from json_populate_record(null::${table}, $1::text::json)`, [JSON.stringify(stolen)]),
      )
      await expect(written, table).rejects.toMatchObject({ code: '42501', message: expect.stringContaining('row-level security') })
    }
    const moved = asServer(other.organisationId, (sql) => sql`update tasks set organisation_id = ${isp.organisationId}`)
    await expect(moved).rejects.toMatchObject({ code: '42501' })
  })

  it('cannot change or delete a row of the other', async () => {
    const touched = await asServer(other.organisationId, async (sql) => [
      (await sql`update subscribers set name = 'taken' where id = ${ours.subscriberId}`).count,
      (await sql`update payments set payer_name = 'taken' where subscriber_id = ${ours.subscriberId}`).count,
      (await sql`delete from cursors where organisation_id = ${isp.organisationId}`).count,
    ])
    expect(touched).toEqual([0, 0, 0])
  })

  it('are strangers to every verb of the store that takes a name of the other', async () => {
    const [row] = await isp.raw`
      select p.id as payment, (select id from invoices where subscriber_id = ${ours.subscriberId}) as invoice, (select id from payment_intents where subscriber_id = ${ours.subscriberId}) as intent,
             (select id from prices where organisation_id = ${isp.organisationId} limit 1) as price, (select id from tasks where organisation_id = ${isp.organisationId} limit 1) as task,
             (select id from cut_off_batches where organisation_id = ${isp.organisationId}) as batch,
             (select id from payment_notices where payment_id = p.id limit 1) as notice, (select id from callbacks where organisation_id = ${isp.organisationId} limit 1) as callback
        from payments p where subscriber_id = ${ours.subscriberId} limit 1`
    const name = row as Record<string, never>
    const [subscriberId, installationId] = [ours.subscriberId, isp.installations.paybill]
    const at = isp.clock.now()
    const answers = await inOther(async (tx) => ({
      'payments.read': await tx.payments.read(name['payment'] as never),
      'payments.lock': await tx.payments.lock(name['payment'] as never),
      'payments.byReceipts': await tx.payments.byReceipts([{ installationId, providerTransaction: 'SAMERCPT01' }]),
      'payments.byIntents': await tx.payments.byIntents([name['intent'] as never]),
      'payments.awaitingReceipt': await tx.payments.awaitingReceipt({ subscriberIds: [subscriberId], installationIds: [installationId] }),
      'payments.awaitingIntent': await tx.payments.awaitingIntent({
        installationId,
        subscriberId,
        phone: ours.phone as never,
        amountMinor: 150_000n,
        from: new Date(0),
        until: at,
      }),
      'credits.free': await tx.credits.free([subscriberId]),
      'credits.lines': await tx.credits.lines([{ invoiceId: name['invoice'] as never, position: 1 }]),
      'credits.depositAsked': await tx.credits.depositAsked(subscriberId),
      'credits.linesOf': await tx.credits.linesOf(name['invoice'] as never),
      'credits.chargedDays': await tx.credits.chargedDays([{ subscriptionId: ours.subscriptionId, from: '2020-01-01' as CivilDate }]),
      'credits.branchCodes': [...(await tx.credits.branchCodes([subscriberId]))],
      'revenue.ofInvoice': await tx.revenue.ofInvoice(name['invoice'] as never),
      'revenue.ofLines': await tx.revenue.ofLines([{ invoiceId: name['invoice'] as never, position: 1 }]),
      'claims.read': await tx.claims.read(name['invoice'] as never),
      'claims.entry': await tx.claims.entry(name['invoice'] as never),
      'payments.candidates': (await tx.payments.candidates({ accountKeys: ['0N1Y0URS'], phones: [ours.phone], phoneSha256s: [] })).map(
        (one) => one.subscriberId,
      ),
      'intents.read': await tx.intents.read(name['intent'] as never),
      'intents.lock': await tx.intents.lock([name['intent'] as never]),
      'intents.recentTo': await tx.intents.recentTo(ours.phone as never, new Date(0)),
      'notices.claim': await tx.notices.claim(10, [name['notice'] as never]),
      'callbacks.claim': await tx.callbacks.claim(10, at, [name['callback'] as never]),
      'billing.lockSubscribers': [...(await tx.billing.lockSubscribers([subscriberId]))],
      'billing.lockToCollect': await tx.billing.lockToCollect(subscriberId, '2030-01-01' as CivilDate),
      'billing.openInvoices': await tx.billing.openInvoices([subscriberId]),
      'billing.claimSubscribers': await tx.billing.claimSubscribers('2030-01-01' as CivilDate, 10, [subscriberId]),
      'billing.due': await tx.billing.due([subscriberId], '2030-01-01' as CivilDate),
      'billing.awaiting': await tx.billing.awaiting([subscriberId], '2030-01-01' as CivilDate),
      'access.standings': await tx.access.standings({
        subscriberIds: [subscriberId],
        today: '2026-06-01' as CivilDate,
        now: isp.clock.now(),
      }),
      'access.owe': await tx.access.owe([], [subscriberId], '2026-06-01' as CivilDate),
      'access.inSync': await tx.access.inSync(isp.installations.routers[0] as never),
      'access.leaseLane': await tx.access.leaseLane(isp.installations.routers[0] as never, 'thief', 1_000),
      'cutOffs.lock': await tx.cutOffs.lock(name['batch'] as never),
      'dunning.policies': (await tx.dunning.policies()).filter(({ steps }) => steps.length > 0),
      'dunning.dunnedRenewals': await tx.dunning.dunnedRenewals([ours.subscriptionId]),
      'readings.toPay': await tx.readings.toPay(subscriberId, '2030-01-01' as CivilDate),
      'subscribers.lock': await tx.subscribers.lock(subscriberId),
      'subscribers.hasActiveSubscription': await tx.subscribers.hasActiveSubscription(subscriberId),
      'subscriptions.read': await tx.subscriptions.read(ours.subscriptionId),
      'subscriptions.lock': await tx.subscriptions.lock(ours.subscriptionId),
      'subscriptions.lockTimelines': await tx.subscriptions.lockTimelines([ours.subscriptionId]),
      'subscriptions.subscribersOf': await tx.subscriptions.subscribersOf([ours.subscriptionId]),
      'priceMoves.replaced': await tx.priceMoves.replaced(
        { planId: isp.planId, version: 99, amount: money(1n, 'KES') } as never,
        undefined,
        10,
      ),
      'charges.subscriberOf': await tx.charges.subscriberOf(
        (await isp.raw`select id from one_time_charges where organisation_id = ${isp.organisationId}`)[0]?.['id'] as never,
      ),
      'charges.waiting': await tx.charges.waiting([subscriberId]),
      'subscriptions.addOns': await tx.subscriptions.addOns(ours.subscriptionId),
      'subscriptions.pausesToSettle': await tx.subscriptions.pausesToSettle('2099-01-01' as never, 10),
      'subscriptions.pauses': await tx.subscriptions.pauses(ours.subscriptionId),
      'services.read': await tx.services.read(ours.serviceId),
      'installations.read': await tx.installations.read(installationId),
      'installations.lock': await tx.installations.lock(installationId),
      'catalog.price': await tx.catalog.price(name['price'] as never),
      'catalog.plan': await tx.catalog.plan(isp.planId),
      'catalog.nextVersion': await tx.catalog.nextVersion(isp.planId),
      'discounts.lockCoupon': await tx.discounts.lockCoupon({ code: 'OURS' }),
      'discounts.isNew': !(await tx.discounts.isNew(subscriberId)),
      'discounts.heldBy': [...(await tx.discounts.heldBy([ours.subscriptionId]))],
      'discounts.standings': await tx.discounts.standings([ours.subscriptionId]),
      'discounts.oldestActive': [...(await tx.discounts.oldestActive([subscriberId]))],
      'usage.subscribersOf': [...(await tx.usage.subscribersOf([ours.subscriptionId]))],
      'usage.lockSold': await tx.usage.lockSold(name['invoice'] as never),
      'usage.termsOf': [...(await tx.usage.termsOf([ours.subscriptionId]))],
      'exemptions.heldBy': [...(await tx.exemptions.heldBy([subscriberId]))],
      'exemptions.paidBy': await tx.exemptions.paidBy(subscriberId),
      'branches.has': await tx.branches.has(isp.branchId),
      'tasks.close': await tx.tasks.close(name['task'] as never, at),
    }))
    for (const [verb, answer] of Object.entries(answers))
      expect(Array.isArray(answer) ? answer.length > 0 : Boolean(answer), verb).toBe(false)
  })

  it('hold when the server’s role is what it should be: no owner, no bypass, no way up', async () => {
    expect(
      await isp.raw`select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin from pg_roles where rolname = 'nyuzi_app'`,
    ).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, rolcanlogin: false }])
    expect(await isp.raw`select relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = 'nyuzi_app'`).toEqual([])
    expect(await isp.raw`select 1 from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname = 'nyuzi_app'`).toEqual([])
    const [who] = await isp.engine.database`select current_user as name`
    expect(who?.['name']).toBe('nyuzi_app')
    for (const statement of [
      'alter table tasks disable row level security',
      'drop policy own_organisation on tasks',
      'alter table postings disable trigger user',
      'drop trigger postings_final on postings',
      'set session_replication_role = replica',
    ])
      await expect(
        asServer(isp.organisationId, async (sql) => {
          await sql`set local role nyuzi_app`
          await sql.unsafe(statement)
        }),
        statement,
      ).rejects.toMatchObject({ code: statement.startsWith('set') ? expect.any(String) : '42501' })
    const doors = await isp.raw`
      select p.proname, has_function_privilege('nyuzi_app', p.oid, 'execute') as server, exists (select from aclexplode(p.proacl) a where a.grantee = 0) as everyone
        from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef and p.prorettype <> 'trigger'::regtype order by 1`
    expect(doors.length).toBeGreaterThan(3)
    for (const door of doors) expect(door).toMatchObject({ server: true, everyone: false })
  })
})
