import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountsMinor, idOf } from '../../test/arbitraries.ts'
import { discountContexts, discountFactsOf, discountLists } from '../../test/discounts.ts'
import { amountIn, cell, type GoldenCase, goldenTable } from '../../test/golden-cases.ts'
import { applyDiscounts } from '../discounts/apply-discounts.ts'
import type { Discount, DiscountContext, DiscountValue } from '../discounts/discount.ts'
import { type Money, money, toDecimal } from '../money/money.ts'
import { civilDate } from '../time/calendar.ts'
import { expectedDiscounts } from './expected-discounts.ts'

const columns = ['case', 'what', 'list price', 'day', 'since', 'subscriptions', 'discounts', 'working', 'taken', 'sum', 'left']
const cases = goldenTable('discounts.csv', columns)

/** `volume MANY 2: 5 %, 5: 10 %`, `coupon WELCOME 500.00 from 2026-08-01 until 2026-09-01 alone` */
function discountIn(text: string): Discount {
  const found = /^(\w+) (\w+) (.+?)(?: from (\S+))?(?: until (\S+))?( alone)?$/.exec(text)
  if (!found) throw new Error(`${text} is no discount`)
  const [, source = '', code = '', value = '', from, until, alone] = found
  return {
    id: code,
    code,
    title: code,
    source,
    ...(value.includes(':') ? { steps: value.split(', ').map(stepIn) } : { value: valueIn(value) }),
    ...(from === undefined ? {} : { from: civilDate(from) }),
    ...(until === undefined ? {} : { until: civilDate(until) }),
    exclusive: alone !== undefined,
  } as Discount
}

const valueIn = (text: string): DiscountValue =>
  text.endsWith(' %') ? { kind: 'percentage', rateBp: rateIn(text) } : { kind: 'fixed', amount: amountIn(`${text} KES`) }
const rateIn = (text: string) => Math.round(Number(text.slice(0, -2)) * 100)
const stepIn = (text: string) => {
  const [from = '', rate = ''] = text.split(': ')
  return { from: Number(from), rateBp: rateIn(rate) }
}

const listIn = (row: GoldenCase, column: string) => (cell(row, column) === '' ? [] : cell(row, column).split('; '))

function factsOf(row: GoldenCase): { price: Money; discounts: readonly Discount[]; context: DiscountContext } {
  return {
    price: amountIn(cell(row, 'list price')),
    discounts: listIn(row, 'discounts').map(discountIn),
    context: {
      day: civilDate(cell(row, 'day')),
      planId: idOf('plan', 1),
      subscriberSince: civilDate(cell(row, 'since')),
      activeSubscriptions: Number(cell(row, 'subscriptions')),
    },
  }
}

/** `2500.00 × 10 ÷ 100`, or an amount with words after it: in cents, a half goes up. */
function workOut(working: string): bigint {
  const [product = '', divisor = '1'] = (working.split(',')[0] ?? '').split(' ÷ ')
  const [left = '', right = '1'] = product.split(' × ')
  const cents = BigInt(left.replace('.', '')) * BigInt(Math.round(Number(right) * 100))
  const under = BigInt(divisor) * 100n
  return (2n * cents + under) / (2n * under)
}

describe('the golden cases of discounts', () => {
  it('have names of their own', () => {
    expect(new Set(cases.map((row) => cell(row, 'case'))).size).toBe(cases.length)
  })

  describe.each(cases.map((row) => [`${cell(row, 'case')}: ${cell(row, 'what')}`, row] as const))('%s', (_, row) => {
    it('is so by hand', () => {
      const taken = listIn(row, 'taken').map((text) => amountIn(`${text.split(' ')[1]} KES`).amountMinor)
      expect(listIn(row, 'working').map(workOut)).toEqual(taken)
      const sum = taken.reduce((all, one) => all + one, 0n)
      expect(toDecimal(money(sum, 'KES'))).toBe(cell(row, 'sum'))
      expect(toDecimal(money(amountIn(cell(row, 'list price')).amountMinor - sum, 'KES'))).toBe(cell(row, 'left'))
    })

    it('is so by the first calculator', () => {
      const { price, discounts, context } = factsOf(row)
      const { amount, applied } = applyDiscounts(price, discounts, context)
      expect(applied.map(({ code, amount: off }) => `${code} ${toDecimal(off)}`)).toEqual(listIn(row, 'taken'))
      expect(applied.map(({ working }) => working)).toEqual(listIn(row, 'working'))
      expect(toDecimal(amount)).toBe(cell(row, 'left'))
    })

    it('is so by the second calculator', () => {
      const { price, discounts, context } = factsOf(row)
      const { left, taken } = expectedDiscounts(price, discountFactsOf(discounts, context))
      expect(taken.map(({ code, amount }) => `${code} ${toDecimal(amount)}`)).toEqual(listIn(row, 'taken'))
      expect(toDecimal(left)).toBe(cell(row, 'left'))
    })
  })
})

describe('the two calculators of discounts', () => {
  it('agree on any discounts', () => {
    fc.assert(
      fc.property(amountsMinor, discountLists, discountContexts, (amountMinor, discounts, context) => {
        const price = money(amountMinor, 'KES')
        const first = applyDiscounts(price, discounts, context)
        const second = expectedDiscounts(price, discountFactsOf(discounts, context))
        expect(second.left).toEqual(first.amount)
        expect(second.taken.map(({ code, amount }) => ({ code, amount }))).toEqual(
          first.applied.map(({ code, amount }) => ({ code, amount })),
        )
      }),
      { numRuns: 2_000 },
    )
  })

  it('say it in words', () => {
    const context = {
      day: civilDate('2026-08-01'),
      planId: idOf('plan', 1),
      subscriberSince: civilDate('2024-08-01'),
      activeSubscriptions: 1,
    }
    const discounts = ['loyalty STAY 24: 5 %', 'coupon WELCOME 500.00'].map(discountIn)
    expect(expectedDiscounts(money(250_000n, 'KES'), discountFactsOf(discounts, context)).taken.map(({ step }) => step)).toEqual([
      'STAY: 2500.00 × 5 ÷ 100 = 125.00',
      'WELCOME: 500.00 off 2375.00, at most all of it',
    ])
  })
})
