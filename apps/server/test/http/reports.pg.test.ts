import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asKey, type Json, planBody, startApi, type TestApi } from './api-under-test.ts'

describe('Reports, over the API', () => {
  let api: TestApi
  let as: ReturnType<typeof asKey>
  let key: string
  const csv = (path: string) => api.call('GET', path, key, undefined, { accept: 'text/csv' })

  beforeAll(async () => {
    api = await startApi()
    const org = await api.createOrganisation('reports')
    as = asKey(api, org.key)
    key = org.key
    const { price, ...home } = planBody('HOME')
    const plan = await as.post('/v1/plans', { ...home, price: { ...price, billing: 'postpaid' } })
    for (const name of ['=cmd|calc', 'Kamau, "Njoroge"', 'Amina']) {
      const subscriber = await as.post('/v1/subscribers', { branch: org.branch, name })
      await as.post('/v1/subscriptions', { subscriber: subscriber.id, plan: plan.id, startsOn: '2026-01-01' })
    }
    await as.post('/v1/billing/run', { date: '2026-01-01' })
    const [one] = (await as.get('/v1/subscribers')).items
    const amount = { amountMinor: '5000', currency: 'KES' }
    await as.post('/v1/payments', { branch: org.branch, subscriber: one.id, amount, reference: 'R1' }, { 'idempotency-key': randomUUID() })
  })
  afterAll(() => api.stop())

  test('the ageing of a day is told a page at a time, with the total of all pages', async () => {
    const first = await as.get('/v1/reports/ageing?on=2026-01-20&by=subscriber&limit=2')
    expect(first).toMatchObject({ on: '2026-01-20', by: 'subscriber', total: { claims: 3 }, nextCursor: expect.any(String) })
    const second = await as.get(`/v1/reports/ageing?on=2026-01-20&by=subscriber&limit=2&cursor=${first.nextCursor}`)
    expect([...first.items, ...second.items].map(({ id }: Json) => id)).toEqual([
      ...new Set([...first.items, ...second.items].map(({ id }: Json) => id)),
    ])
    expect([second.items.length, second.nextCursor]).toEqual([1, null])
    const [branch] = (await as.get('/v1/reports/ageing?on=2026-01-20')).items
    expect(branch).toMatchObject({ claims: 3, days1To30: first.total.total, total: first.total.total })
    expect((await as.get('/v1/reports/ageing?on=2025-12-31')).total).toMatchObject({ claims: 0, total: { amountMinor: '0' } })
  })

  test('the ageing as CSV has all rows, and no text that a spreadsheet would run', async () => {
    const { headers, text } = await csv('/v1/reports/ageing?on=2026-01-20&by=subscriber&limit=1')
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    expect(headers.get('content-disposition')).toBe('inline; filename="ageing_2026-01-20_by_subscriber.csv"')
    const lines = text.split('\r\n')
    expect(lines[0]).toBe('id,code,name,currency,claims,not_due,days_1_30,days_31_60,days_61_90,over_90,total')
    expect(lines.length).toBe(5)
    expect(text).toContain(",'=cmd|calc,KES,")
    expect(text).toContain(',"Kamau, ""Njoroge""",KES,')
  })

  test('the revenue of a span is told by month, and as CSV with a column for each tax', async () => {
    const report = await as.get('/v1/reports/revenue?from=2026-01-01&until=2026-02-28')
    expect(report.items.map(({ id, code }: Json) => [id, code])).toEqual([
      [null, '2026-01'],
      [null, '2026-02'],
    ])
    expect(report.items[0].invoiced).toEqual(report.total.invoiced)
    const branches = await as.get('/v1/reports/revenue?from=2026-01-01&until=2026-02-28&by=branch')
    expect(branches.total).toMatchObject({ invoiced: report.total.invoiced, recognised: report.total.recognised })
    expect((await as.get('/v1/reports/revenue?by=category')).total).toMatchObject({ received: null, outstanding: null })
    const { text } = await csv('/v1/reports/revenue?from=2026-01-01&until=2026-02-28&by=plan')
    expect(text.split('\r\n')[0]).toMatch(/^id,code,name,currency,invoiced,credited,recognised,(tax_\w+,)*received,outstanding$/)
    expect(text.split('\r\n')[1]).toMatch(/^pln_[^,]+,HOME,/)
  })

  test('the journal shows the codes of the general ledger, of a kind and of one account, and their change is in the audit', async () => {
    const chart = await as.patch('/v1/chart-of-accounts', {
      codes: [
        { kind: 'receivable', code: '1100' },
        { kind: 'revenue', code: '4000' },
        { kind: 'revenue', owner: 'internet', code: '4010' },
      ],
    })
    expect(chart.items.find(({ kind }: Json) => kind === 'revenue')).toEqual({
      kind: 'revenue',
      normalSide: 'credit',
      code: '4000',
      owners: [{ owner: 'internet', code: '4010' }],
    })
    const codes = (journal: Json) => journal.items.map(({ code, account }: Json) => `${code} ${account}`)
    const path = '/v1/reports/journal?from=2026-01-01&until=2026-01-01'
    expect(codes(await as.get(path))).toEqual(['1100 receivable', '4010 revenue:internet'])
    await as.patch('/v1/chart-of-accounts', {
      codes: [
        { kind: 'revenue', owner: 'internet', code: null },
        { kind: 'receivable', code: null },
      ],
    })
    expect(codes(await as.get(path))).toEqual(['receivable receivable', '4000 revenue:internet'])
    const { text } = await csv(path)
    const [head, debit, credit] = text.split('\r\n').map((line) => line.split(','))
    expect(head).toEqual(['day', 'code', 'account', 'currency', 'debit', 'credit'])
    expect(debit?.[4]).toBe(credit?.[5])
    const [audit] = await api.owner`select count(*)::int as n from audit_records where action = 'general_ledger_codes.change'`
    expect(audit?.['n']).toBe(2)
  })

  test.each([
    [{ kind: 'receivable', owner: 'sub_x', code: '1' }, 'codes.0.owner'],
    [{ kind: 'clearing', owner: 'nobody', code: '1' }, 'codes.0.owner'],
    [{ kind: 'revenue', code: '=1+1' }, 'codes.0.code'],
    [{ kind: 'money', code: '1' }, 'codes.0.kind'],
  ])('a code for what is no account, or that is none, is refused with its field: %j', async (one, field) => {
    const answer = await api.call('PATCH', '/v1/chart-of-accounts', key, { codes: [one] })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_input', errors: [expect.objectContaining({ field })] } })
  })

  test.each(['from=2026-02-01&until=2026-01-01', 'from=2020-01-01&until=2026-01-01'])(
    'a span that is none is refused: %s',
    async (days) => {
      expect(await api.call('GET', `/v1/reports/revenue?${days}`, key)).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'from' }] },
      })
    },
  )
})
