import { describe, expect, it } from 'vitest'
import { packOf } from '../../test/tax-packs.ts'
import { money } from '../money/money.ts'
import { kenya } from '../tax/countries/ke.ts'
import type { LineFacts } from './line-facts.ts'
import { recomputeLine } from './recompute-line.ts'

const facts = (changes: Partial<LineFacts> = {}): LineFacts => ({
  price: money(150_000n, 'KES'),
  cadence: { unit: 'month', count: 1 },
  taxClass: 'internet',
  pricing: 'inclusive',
  startsOn: '2026-06-12',
  anchorDay: 1,
  period: { start: '2026-07-01', end: '2026-08-01' },
  taxPoint: '2026-06-24',
  rates: kenya,
  ...changes,
})
const stepsOf = (changes: Partial<LineFacts> = {}) => recomputeLine(facts(changes)).steps

describe('the second calculator says', () => {
  it('how a whole period holds its taxes', () => {
    expect(stepsOf()).toEqual([
      'Every month from 2026-06-12, day 1 of the month: the period is 2026-07-01 to before 2026-08-01, 31 days',
      'The price of a whole period: 1500.00',
      'Rates of 2026-06-24, the price includes them',
      'VAT 16 % in 1500.00: 1500.00 × 16 ÷ 116 = 206.90',
      'excise 15 % in 1293.10: 1293.10 × 15 ÷ 115 = 168.67',
      'What is left of 1500.00 is net: 1124.43',
    ])
  })

  it('how a stub is a part of its period, with taxes on top', () => {
    const stub = { period: { start: '2026-06-12', end: '2026-07-01' }, pricing: 'exclusive' } as const
    expect(stepsOf(stub)).toEqual([
      'Every month from 2026-06-12, day 1 of the month: the period is 2026-06-01 to before 2026-07-01, 30 days; charged are 2026-06-12 to before 2026-07-01: 19 days',
      '1500.00 × 19 ÷ 30 = 950.00',
      'Rates of 2026-06-24, the price excludes them',
      'excise 15 % on 950.00: 950.00 × 15 ÷ 100 = 142.50',
      'VAT 16 % on 1092.50: 1092.50 × 16 ÷ 100 = 174.80',
      'Net 950.00 and the taxes: 1267.30',
    ])
  })

  it('that no tax applies', () => {
    expect(stepsOf({ rates: undefined }).at(-1)).toBe('No tax applies')
    expect(stepsOf({ taxClass: 'exempt' }).at(-1)).toBe('No tax applies')
    expect(stepsOf({ taxPoint: '2010-01-01' }).at(-1)).toBe('No tax applies')
  })

  it('which part of a price a tax is that does not stand on those before it', () => {
    const rates = packOf(['levy', 1_000, 'net'], ['vat', 750, 'net'])
    expect(stepsOf({ rates }).slice(3, 5)).toEqual([
      'vat 7.5 % in 1500.00: 1500.00 × 3 ÷ 47 = 95.74',
      'levy 10 % in 1404.26: 1404.26 × 10 ÷ 110 = 127.66',
    ])
  })

  it('which days a cadence of days or weeks has', () => {
    const weeks = {
      cadence: { unit: 'week', count: 2 },
      startsOn: '2026-02-20',
      period: { start: '2026-03-06', end: '2026-03-20' },
    } as const
    expect(stepsOf(weeks)[0]).toBe('Every 2 weeks from 2026-02-20: the period is 2026-03-06 to before 2026-03-20, 14 days')
  })
})

describe('the rule of a line', () => {
  const ruleOf = (changes: Partial<LineFacts>) => recomputeLine(facts(changes)).rule
  it('is the whole period, a first one that is shorter, or a last one', () => {
    expect(ruleOf({})).toBe('whole')
    expect(ruleOf({ period: { start: '2026-06-12', end: '2026-07-01' } })).toBe('first')
    expect(ruleOf({ cancelledOn: '2026-07-20' })).toBe('last')
    expect(ruleOf({ cancelledOn: '2026-08-01' })).toBe('whole')
    expect(ruleOf({ period: { start: '2026-06-12', end: '2026-07-01' }, cancelledOn: '2026-06-20' })).toBe('last')
  })
})
