import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asKey, canary, type Json, operatorKey, payboxBody, planBody, routerBody, startApi, type TestApi } from './api-under-test.ts'

let api: TestApi
let org: Awaited<ReturnType<TestApi['createOrganisation']>>
let as: ReturnType<typeof asKey>
beforeAll(async () => {
  api = await startApi()
  org = await api.createOrganisation('mkononi')
  as = asKey(api, org.key)
})
afterAll(() => api.stop())

test('the first key of an organisation opens it, and the organisation can be changed', async () => {
  expect(org.key).toMatch(/^nyz_[0-9a-zA-Z]{32}$/)
  expect(await as.get('/v1/organisation')).toMatchObject({ id: org.id, slug: 'mkononi', policy: { invoiceLeadDays: 7, payTo: null } })
  const changed = await as.patch('/v1/organisation', { name: 'Mkononi Net', policy: { payTo: 'Paybill 400123' } })
  expect(changed).toMatchObject({ name: 'Mkononi Net', policy: { invoiceLeadDays: 7, payTo: 'Paybill 400123' } })
  expect((await as.patch('/v1/organisation', { policy: { invoiceLeadDays: 3, payTo: null } })).policy).toEqual({
    invoiceLeadDays: 3,
    payTo: null,
    taxPack: 'none',
    taxPin: null,
    taxSettings: null,
    volumeSteps: null,
    loyaltySteps: null,
    referralReward: null,
    quietHours: null,
    cutOff: { minimumDebtMinor: '0', notOnWeekdays: [], holidays: [] },
    extensions: { daysMax: 7, countMax: 2, perMonths: 3, automaticDaysMax: 0 },
    lateFee: null,
    revenueRecognition: 'on_invoice',
    messageCost: null,
    cutOffMode: 'automatic',
  })
})

test('a slug, a code and a name are given once', async () => {
  expect((await api.call('POST', '/v1/branches', org.key, { code: 'NRB', name: 'Again' })).body.code).toBe('code_taken')
  const again = {
    slug: 'mkononi',
    name: 'x',
    country: 'KE',
    currency: 'KES',
    timeZone: 'Africa/Nairobi',
    branch: { code: 'A1', name: 'x' },
  }
  expect((await api.call('POST', '/v1/organisations', operatorKey, again)).body.code).toBe('slug_taken')
  expect(await as.post('/v1/branches', { code: 'MSA', name: 'Mombasa' })).toMatchObject({ code: 'MSA' })
})

test('a price is a new version, and who buys in another currency is not sold it', async () => {
  const plan = await as.post('/v1/plans', planBody('VERS'))
  expect(plan.prices).toHaveLength(1)
  const { effectiveFrom: _, ...price } = planBody('VERS').price
  const twice = await as.post(`/v1/plans/${plan.id}/prices`, { ...price, amount: { amountMinor: '300000', currency: 'KES' } })
  expect(twice.prices.map((one: { version: number }) => one.version)).toEqual([2, 1])
  expect(twice.prices[0].amount).toEqual({ amountMinor: '300000', currency: 'KES', text: 'KES 3,000' })
  const abroad = await as.post(`/v1/plans/${plan.id}/prices`, { ...price, amount: { amountMinor: '1', currency: 'UGX' } })
  const { id: subscriber, ...account } = await as.post('/v1/subscribers', { branch: org.branch, name: 'Otieno' })
  expect(account).toMatchObject({ currency: 'KES', owed: { currency: 'KES' } })
  const wrong = await api.call('POST', '/v1/subscriptions', org.key, { subscriber, price: abroad.prices[0].id })
  expect(wrong.body).toMatchObject({ code: 'currency_mismatch', errors: [{ field: 'price', rule: 'currency_of_account' }] })
})

test('account numbers come from the counter with a check digit, and imported ones stay as they are', async () => {
  const own = await as.post('/v1/subscribers', { branch: org.branch, name: 'Wanjiku Kamau', phone: '0700 111 222' })
  expect(own).toMatchObject({ accountNumber: expect.stringMatching(/^\d{6}$/), phone: '+254700111222', owed: { text: 'KES 0' } })
  const next = await as.post('/v1/subscribers', { branch: org.branch, name: 'Otieno' })
  expect(next.accountNumber).not.toBe(own.accountNumber)
  const imported = await as.post('/v1/subscribers', { branch: org.branch, name: 'Old One', accountNumber: 'HSE-12/b' })
  expect(imported.accountNumber).toBe('HSE-12/b')
  const same = await api.call('POST', '/v1/subscribers', org.key, { branch: org.branch, name: 'x', accountNumber: 'hse 12 B' })
  expect(same).toMatchObject({ status: 409, body: { code: 'account_number_taken' } })
  const phone = await api.call('POST', '/v1/subscribers', org.key, { branch: org.branch, name: 'x', phone: '12' })
  expect(phone).toMatchObject({ status: 400, body: { code: 'invalid_input', errors: [{ field: 'phone', rule: 'phone' }] } })
  for (const q of ['wanj', '0700111', own.accountNumber.slice(0, 4)]) {
    const found = await as.get(`/v1/subscribers?q=${encodeURIComponent(q)}`)
    expect(
      found.items.map((one: { id: string }) => one.id),
      q,
    ).toContain(own.id)
  }
  expect((await as.get('/v1/subscribers?q=%25')).items).toHaveLength(0)
  const changed = await as.patch(`/v1/subscribers/${own.id}`, { phone: null, language: 'sw', name: 'Wanjiku K.' })
  expect(changed).toMatchObject({ phone: null, language: 'sw', name: 'Wanjiku K.' })
})

test('secrets go in and never come out; a patch without one keeps it', async () => {
  const made = await as.post('/v1/installations', { ...payboxBody, name: 'Kept' })
  expect(made).toMatchObject({ plugin: 'paybox', settings: { shortcode: '400123', passkey: '[set]' } })
  expect(made.settings).not.toHaveProperty('spareKey')
  expect(made.callbacks.map((one: { channel: string }) => one.channel)).toEqual(['confirmation', 'stk'])
  const changed = await as.patch(`/v1/installations/${made.id}`, { settings: { shortcode: '500', passkey: '[set]' } })
  expect(changed.settings).toEqual({ shortcode: '500', passkey: '[set]' })
  const stored = await api.parts.store.inOrganisation(org.organisationId, async (tx) =>
    (await tx.readings.installations({ limit: 9 })).find((row) => row.name === 'Kept'),
  )
  const place = { organisationId: org.organisationId, table: 'installations', row: stored?.id ?? '', column: 'secrets' }
  expect(JSON.parse(api.parts.vault.open(stored?.secrets ?? new Uint8Array(), place))).toEqual({ passkey: canary })
  const wrong = await api.call('PATCH', `/v1/installations/${made.id}`, org.key, { settings: { shortcode: 5, colour: 'red' } })
  expect(wrong).toMatchObject({ status: 400, body: { code: 'invalid_settings' } })
  expect((await api.call('POST', '/v1/installations', org.key, { ...payboxBody, plugin: 'none', name: 'x' })).body.code).toBe(
    'unknown_plugin',
  )
  expect(await as.post(`/v1/installations/${made.id}/register-callbacks`)).toEqual({ outcome: 'registered' })
  expect((await api.call('POST', `/v1/installations/${made.id}/check`, org.key)).body.code).toBe('capability_missing')
  expect(await as.post(`/v1/installations/${made.id}/pause`, { reason: 'new keys' })).toMatchObject({ status: 'paused', callbacks: null })
  expect((await api.call('POST', `/v1/installations/${made.id}/register-callbacks`, org.key)).body.code).toBe('installation_paused')
  expect(await as.post(`/v1/installations/${made.id}/resume`)).toMatchObject({ status: 'active', statusReason: null })
})

test('from a plan to a paid invoice and a line that is on, with all of it on the timeline', async () => {
  const plan = await as.post('/v1/plans', planBody('HOME10'))
  const subscriber = await as.post('/v1/subscribers', { branch: org.branch, name: 'Achieng', phone: '0711000222' })
  const subscription = await as.post('/v1/subscriptions', { subscriber: subscriber.id, plan: plan.id, startsOn: '2026-01-31' })
  expect(subscription).toMatchObject({ anchorDay: 31, nextInvoiceOn: '2026-01-31', graceDays: 2, amount: { text: 'KES 2,500' } })
  const box = await as.post('/v1/installations', routerBody)
  expect(await as.post(`/v1/installations/${box.id}/check`)).toMatchObject({ version: '7.18' })
  await as.post('/v1/installations', payboxBody)
  const line = { subscription: subscription.id, installation: box.id, kind: 'pppoe', username: 'achieng', password: 'canary-secret-9f2c' }
  const service = await as.post('/v1/services', line)
  expect((await api.call('POST', '/v1/services', org.key, line)).body.code).toBe('username_taken')
  expect((await api.call('POST', '/v1/services', org.key, { ...line, kind: 'hotspot' })).body.errors[0]).toMatchObject({ field: 'kind' })
  const first = await as.get(`/v1/services/${service.id}/access`)
  expect(first).toMatchObject({ wanted: { state: 'active', reason: 'paid', version: 1 }, observed: null, hold: null, status: 'pending' })

  expect(await as.post(`/v1/services/${service.id}/hold`, { hold: 'held', reason: 'asked by phone' })).toMatchObject({
    hold: 'held',
    wanted: { state: 'suspended', reason: 'held', version: 2 },
  })
  expect(await as.post(`/v1/services/${service.id}/hold`, { hold: null, reason: 'settled' })).toMatchObject({
    hold: null,
    wanted: { state: 'active', version: 3 },
  })
  await as.post(`/v1/services/${service.id}/reapply`)

  expect(await as.post('/v1/billing/run', { date: '2026-01-31', dryRun: true })).toMatchObject({ invoicesIssued: 1, dryRun: true })
  expect((await as.get(`/v1/invoices?subscriber=${subscriber.id}`)).items).toHaveLength(0)
  expect(await as.post('/v1/billing/run', { date: '2026-01-31' })).toMatchObject({ invoicesIssued: 1, day: '2026-01-31' })
  const [invoice] = (await as.get(`/v1/invoices?subscriber=${subscriber.id}&status=open`)).items
  expect(invoice).toMatchObject({ number: expect.stringMatching(/^NRB-/), total: { text: 'KES 2,500' }, open: { text: 'KES 2,500' } })
  expect((await as.get(`/v1/invoices/${invoice.id}`)).lines).toMatchObject([
    { arithmetic: '2500.00', periodStart: '2026-01-31', periodEnd: '2026-02-28' },
  ])

  const intent = await as.post('/v1/payment-intents', { subscriber: subscriber.id }, { 'idempotency-key': randomUUID() })
  expect(intent).toMatchObject({ status: 'created', amount: { text: 'KES 2,500' }, phone: expect.stringContaining('•') })
  expect(await as.get(`/v1/payment-intents/${intent.id}`)).toMatchObject({ id: intent.id, moves: expect.any(Array) })
  expect(api.woken).toContain('prompts')
  const soon = await api.call('POST', '/v1/payment-intents', org.key, { subscriber: subscriber.id }, { 'idempotency-key': randomUUID() })
  expect(soon).toMatchObject({ status: 409, body: { code: 'prompt_too_soon' } })
  expect(Number(soon.headers.get('retry-after'))).toBeGreaterThan(0)

  const cash = { branch: org.branch, subscriber: subscriber.id, amount: { amountMinor: '260000', currency: 'KES' }, reference: 'RCPT-1' }
  const payment = await as.post('/v1/payments', cash, { 'idempotency-key': randomUUID() })
  expect(payment).toMatchObject({
    status: 'matched',
    receipt: 'RCPT-1',
    allocations: [{ invoiceNumber: invoice.number, amount: { text: 'KES 2,500' } }],
  })
  expect(payment.entries[0].postings.map((one: { side: string }) => one.side).sort()).toContain('debit')
  const again = await api.call('POST', '/v1/payments', org.key, cash, { 'idempotency-key': randomUUID() })
  expect(again).toMatchObject({ status: 409, body: { code: 'payment_reference_taken' } })
  const mistyped = await api.call(
    'POST',
    '/v1/payments',
    org.key,
    { ...cash, reference: 'RCPT-2', paidAt: '2099-01-01T00:00:00Z' },
    { 'idempotency-key': randomUUID() },
  )
  expect(mistyped).toMatchObject({ status: 400, body: { errors: [{ field: 'paidAt', rule: 'not_in_future' }] } })
  expect((await as.get(`/v1/invoices/${invoice.id}`)).status).toBe('paid')
  expect(await as.get(`/v1/subscribers/${subscriber.id}`)).toMatchObject({ owed: { text: 'KES 0' }, credit: { text: 'KES 100' } })

  const entries = await as.get(`/v1/ledger/entries?source=${payment.id}`)
  expect(entries.items).toHaveLength(payment.entries.length)
  expect((await as.get(`/v1/ledger/entries?account=${entries.items[0].postings[0].account}`)).items.length).toBeGreaterThan(0)
  const accounts = (await as.get('/v1/ledger/accounts?limit=200')).items
  const sum = accounts.reduce(
    (total: bigint, one: Json) => total + (one.normalSide === 'debit' ? 1n : -1n) * BigInt(one.balance.amountMinor),
    0n,
  )
  expect(sum).toBe(0n)

  const cancel = (on: string, key = randomUUID()) =>
    api.call('POST', `/v1/subscriptions/${subscription.id}/cancel`, org.key, { on }, { 'idempotency-key': key })
  const key = randomUUID()
  const { body: cancelled } = await cancel('2026-02-10', key)
  expect(cancelled).toMatchObject({ status: 'cancelled', cancelledOn: '2026-02-10', nextInvoiceOn: null })
  const repeated = await cancel('2026-02-10', key)
  expect([repeated.status, repeated.body, repeated.headers.get('idempotent-replayed')]).toEqual([200, cancelled, 'true'])
  expect((await cancel('2026-02-11')).body.code).toBe('already_cancelled')
  expect((await as.get(`/v1/services/${service.id}/access`)).wanted).toMatchObject({ state: 'closed', reason: 'cancelled' })
  expect((await api.call('POST', '/v1/services', org.key, { ...line, username: 'late' })).body.code).toBe('already_cancelled')

  const timeline = await as.get(`/v1/subscribers/${subscriber.id}/timeline?limit=200`)
  const kinds = new Set(timeline.items.map((one: { kind: string }) => one.kind))
  for (const kind of ['invoice_issued', 'payment_received', 'message', 'access_wanted', 'staff_action']) expect([...kinds]).toContain(kind)
  expect(timeline.items.map((one: { at: string }) => one.at)).toEqual(
    [...timeline.items.map((one: { at: string }) => one.at)].sort().reverse(),
  )
  const collected: unknown[] = []
  for (let cursor = ''; ; ) {
    const page = await as.get(`/v1/subscribers/${subscriber.id}/timeline?limit=3${cursor}`)
    collected.push(...page.items)
    if (page.nextCursor === null) break
    cursor = `&cursor=${page.nextCursor}`
  }
  expect(collected).toEqual(timeline.items)
})

test('money in suspense shows its age and likely owners, and goes to the one who is named', async () => {
  const subscriber = await as.post('/v1/subscribers', { branch: org.branch, name: 'Njeri Mwangi' })
  const [installation] = await api.owner`select id from installations where organisation_id = ${org.organisationId} and name = 'Paybill'`
  const paymentId = api.parts.ids.next()
  const bare = subscriber.id.slice(4).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
  const candidates = [{ subscriberId: bare, score: 100, reasons: ['near_account_number'] }]
  await api.owner`
    insert into payments (organisation_id, id, source, installation_id, provider_transaction, amount_minor, currency, status, suspense_reason, candidates, account_reference, payer, evidence, paid_at, received_at, recorded_at)
    values (${org.organisationId}, ${paymentId}, 'provider', ${installation?.['id']}, 'QQ1', 50000, 'KES', 'unmatched', 'wrong_check_digit', ${api.owner.json(candidates)}, '10023', ${api.owner.json({ kind: 'masked', pattern: '2547*****126' })}, 'callback', now() - interval '90 seconds', now() - interval '90 seconds', now())`
  const [shown] = (await as.get('/v1/suspense')).items
  expect(shown).toMatchObject({
    receipt: 'QQ1',
    payer: '2547*****126',
    candidates: [{ subscriber: subscriber.id, name: 'Njeri Mwangi', accountNumber: subscriber.accountNumber }],
  })
  expect(shown.ageSeconds).toBeGreaterThanOrEqual(90)
  const resolved = await as.post(`/v1/suspense/${shown.id}/resolve`, { subscriber: subscriber.id }, { 'idempotency-key': randomUUID() })
  expect(resolved).toMatchObject({ status: 'matched', subscriber: subscriber.id, resolvedBy: expect.stringMatching(/^key_/) })
  const twice = await api.call(
    'POST',
    `/v1/suspense/${shown.id}/resolve`,
    org.key,
    { subscriber: subscriber.id },
    { 'idempotency-key': randomUUID() },
  )
  expect(twice.body.code).toBe('payment_already_matched')
  expect((await as.get('/v1/suspense')).items).toHaveLength(0)
})

test('tasks are listed and closed', async () => {
  await api.parts.store.inOrganisation(org.organisationId, (tx) =>
    tx.tasks.open({ kind: 'callback_conflict', subjectNoun: 'payment', subjectId: api.parts.ids.next(), title: 'Look', at: new Date() }),
  )
  const [task] = (await as.get('/v1/tasks')).items
  expect(task).toMatchObject({ kind: 'callback_conflict', subject: { noun: 'payment', id: expect.stringMatching(/^pay_/) }, doneAt: null })
  expect((await as.post(`/v1/tasks/${task.id}/close`)).doneAt).not.toBeNull()
  expect((await as.get('/v1/tasks')).items).toHaveLength(0)
  expect((await as.get('/v1/tasks?status=done')).items).toHaveLength(1)
})

test('a revoked key is dead at the next request, and nobody grants above himself', async () => {
  const clerk = await as.post('/v1/api-keys', { name: 'Clerk', permissions: ['read', 'admin'] })
  const above = await api.call('POST', '/v1/api-keys', clerk.key, { name: 'x', permissions: ['read', 'money'] })
  expect(above).toMatchObject({ status: 403, body: { code: 'grants_above_own' } })
  expect((await as.get('/v1/api-keys')).items.map((one: object) => Object.keys(one))).not.toContainEqual(expect.arrayContaining(['key']))
  expect((await api.call('GET', '/v1/organisation', clerk.key)).status).toBe(200)
  await as.post(`/v1/api-keys/${clerk.id}/revoke`)
  expect((await api.call('GET', '/v1/organisation', clerk.key)).status).toBe(401)
  const [own] = (await as.get('/v1/api-keys')).items.filter((one: { name: string }) => one.name === 'First key')
  expect((await api.call('POST', `/v1/api-keys/${own.id}/revoke`, org.key)).body.code).toBe('last_admin_key')
})
