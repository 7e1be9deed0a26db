import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asKey, startApi, type TestApi } from './api-under-test.ts'

const guide = readFileSync(new URL('../../../../docs/guide/price-a-plan.md', import.meta.url), 'utf8')
const examples = [...guide.matchAll(/## (.+)\n[^#]*?```json\n([\s\S]*?)```/g)].map(([, title = '', json = '']) => [title, json] as const)

describe('The guide to pricing a plan', () => {
  let api: TestApi
  let as: ReturnType<typeof asKey>
  beforeAll(async () => {
    api = await startApi()
    as = asKey(api, (await api.createOrganisation('guide')).key)
  })
  afterAll(() => api.stop())

  it('has an example for each way to charge', () => expect(examples.length).toBeGreaterThanOrEqual(7))

  it.each(examples)('works as written: %s', async (_, json) => {
    const plan = JSON.parse(json)
    expect(await as.post('/v1/plans', plan)).toMatchObject({ code: plan.code, prices: [{ version: 1, amount: plan.price.amount }] })
  })
})
