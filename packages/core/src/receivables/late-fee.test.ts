import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountsMinor, civilDates } from '../../test/arbitraries.ts'
import { money } from '../money/money.ts'
import { addDays, civilDate } from '../time/calendar.ts'
import { type LateFeePolicy, lateFeesDue } from './late-fee.ts'

const dueOn = civilDate('2026-06-01')
const fixed: LateFeePolicy = {
  amount: { kind: 'fixed', amountMinor: 10_000n },
  graceDays: 5,
  countMax: 12,
  from: dueOn,
  taxClass: 'exempt',
}
const share: LateFeePolicy = { ...fixed, amount: { kind: 'percentage', rateBp: 250 }, repeatEveryDays: 30, countMax: 3 }
const due = (policy: LateFeePolicy, today: string, feesCharged = 0, openMinor = 250_001n) =>
  lateFeesDue({ dueOn, open: money(openMinor, 'KES'), feesCharged }, policy, civilDate(today)).map(
    ({ number, fallsOn, amount, arithmetic }) => `${number} ${fallsOn} ${amount.amountMinor}: ${arithmetic}`,
  )

describe('a late fee', () => {
  it('falls on the day after its grace, once', () => {
    expect(due(fixed, '2026-06-06')).toEqual([])
    expect(due(fixed, '2026-06-07')).toEqual(['1 2026-06-07 10000: 100.00'])
    expect(due(fixed, '2027-06-07')).toEqual(['1 2026-06-07 10000: 100.00'])
    expect(due(fixed, '2027-06-07', 1)).toEqual([])
  })

  it('that is a percentage is of what is open, rounded once, and comes again', () => {
    expect(due(share, '2026-06-07')).toEqual(['1 2026-06-07 6250: 2500.01 × 2.5 %'])
    expect(due(share, '2026-07-06', 1)).toEqual([])
    expect(due(share, '2026-07-07', 1)).toEqual(['2 2026-07-07 6250: 2500.01 × 2.5 %'])
    expect(due(share, '2027-07-07', 2)).toEqual(['3 2026-08-06 6250: 2500.01 × 2.5 %'])
    expect(due(share, '2027-07-07', 3)).toEqual([])
  })

  it('is borne by no claim that was due before the policy', () => {
    expect(due({ ...fixed, from: civilDate('2026-06-02') }, '2026-07-01')).toEqual([])
  })

  it('is never of nothing', () => {
    expect(due(fixed, '2026-07-01', 0, 0n)).toEqual([])
    expect(due(share, '2026-07-01', 0, 1n)).toEqual([])
  })

  const policies: fc.Arbitrary<LateFeePolicy> = fc.record(
    {
      amount: fc.oneof(
        fc.record({ kind: fc.constant('fixed' as const), amountMinor: fc.bigInt({ min: 1n, max: 100_000n }) }),
        fc.record({ kind: fc.constant('percentage' as const), rateBp: fc.integer({ min: 1, max: 10_000 }) }),
      ),
      graceDays: fc.nat(30),
      repeatEveryDays: fc.integer({ min: 1, max: 40 }),
      countMax: fc.integer({ min: 1, max: 24 }),
      from: fc.constant(civilDate('1900-01-01')),
      taxClass: fc.constant('exempt' as const),
    },
    { requiredKeys: ['amount', 'graceDays', 'countMax', 'from', 'taxClass'] },
  )

  it('is charged the same, on whatever days the run happens', () => {
    fc.assert(
      fc.property(policies, civilDates, amountsMinor, fc.array(fc.nat(200), { maxLength: 12 }), (policy, start, openMinor, runs) => {
        const open = money(openMinor, 'KES')
        const last = addDays(start, 200)
        const days = [...runs].sort((left, right) => left - right).map((offset) => addDays(start, offset))
        const charged: unknown[] = []
        for (const day of [...days, last]) charged.push(...lateFeesDue({ dueOn: start, open, feesCharged: charged.length }, policy, day))
        expect(charged).toEqual(lateFeesDue({ dueOn: start, open, feesCharged: 0 }, policy, last))
        expect(charged.length).toBeLessThanOrEqual(policy.countMax)
      }),
    )
  })

  it('never falls after today or within the grace, and a percentage is never above its share', () => {
    fc.assert(
      fc.property(policies, civilDates, amountsMinor, fc.nat(400), (policy, start, openMinor, days) => {
        const today = addDays(start, days)
        for (const fee of lateFeesDue({ dueOn: start, open: money(openMinor, 'KES'), feesCharged: 0 }, policy, today)) {
          expect(fee.fallsOn <= today && fee.fallsOn > addDays(start, policy.graceDays)).toBe(true)
          if (policy.amount.kind === 'percentage') expect(fee.amount.amountMinor).toBeLessThanOrEqual(openMinor)
          else expect(fee.amount.amountMinor).toBe(policy.amount.amountMinor)
        }
      }),
    )
  })
})
