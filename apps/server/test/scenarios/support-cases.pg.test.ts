import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cases } from './cases.ts'
import { liveThrough } from './year.ts'

describe('Twelve months at the support desk of an ISP', () => {
  let year: Awaited<ReturnType<typeof liveThrough>>
  beforeAll(async () => {
    year = await liveThrough(cases, '2028-01-01', '2028-12-31')
  }, 300_000)
  afterAll(() => year?.close())

  describe.each(cases.map((one) => [one.title, one] as const))('%s', (_, one) => {
    it('has these books', async () => expect(await year.books(one)).toEqual(one.books))
    it('owes or has this in the end', async () => expect(await year.balance(one)).toBe(one.balance))
    it('was on and off on these days', () => expect(year.moves(one)).toEqual(one.moves))
  })

  it('leave books in which nothing is in doubt', async () => expect((await year.verify()).doubts).toEqual([]))
  it('are computed the same a second time', async () => {
    const { differing } = await year.recompute()
    expect(await year.isp.raw`select title from tasks where kind like '%differs%'`).toEqual([])
    expect(differing).toBe(0)
  })
})
