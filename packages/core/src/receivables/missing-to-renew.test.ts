import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { missingTogether, missingToRenew, toCollect } from './missing-to-renew.ts'

const standing = (renewalMinor: bigint, changes: Partial<Parameters<typeof missingToRenew>[0]> = {}) =>
  missingToRenew({ renewalMinor, aheadMinor: 0n, debtsMinor: 0n, freeMinor: 0n, ...changes })

const minor = fc.bigInt({ min: 0n, max: 1_000_000n })
const payers = fc.record({ debtsMinor: minor, freeMinor: minor, renewals: fc.array(minor, { maxLength: 6 }) })
const missingOf = ({ debtsMinor, freeMinor, renewals }: { debtsMinor: bigint; freeMinor: bigint; renewals: readonly bigint[] }) =>
  renewals.map((renewalMinor, index) =>
    missingToRenew({ renewalMinor, aheadMinor: renewals.slice(0, index).reduce((sum, one) => sum + one, 0n), debtsMinor, freeMinor }),
  )

describe('What is missing to renew', () => {
  it('is the renewal less the free credit', () => {
    expect(standing(150_000n)).toBe(150_000n)
    expect(standing(150_000n, { freeMinor: 40_000n })).toBe(110_000n)
    expect(standing(150_000n, { freeMinor: 150_000n })).toBe(0n)
  })

  it('holds the debts, since they take the money first', () => {
    expect(standing(150_000n, { debtsMinor: 20_000n })).toBe(170_000n)
    expect(standing(150_000n, { debtsMinor: 20_000n, freeMinor: 50_000n })).toBe(120_000n)
  })

  it('of a later renewal is its own part: the earlier one uses the credit first', () => {
    expect(missingOf({ debtsMinor: 0n, freeMinor: 160_000n, renewals: [150_000n, 150_000n, 50_000n] })).toEqual([0n, 140_000n, 50_000n])
  })

  it('is nothing for days that cost nothing, whatever is owed', () => {
    expect(standing(0n, { debtsMinor: 20_000n })).toBe(0n)
  })

  it('is enough: who pays it for the first renewal can buy it once the debts are settled, and not with a cent less', () => {
    fc.assert(
      fc.property(payers, fc.bigInt({ min: 1n, max: 1_000_000n }), ({ debtsMinor, freeMinor }, renewalMinor) => {
        const missing = standing(renewalMinor, { debtsMinor, freeMinor })
        expect(freeMinor + missing - debtsMinor >= renewalMinor).toBe(true)
        if (missing > 0n) expect(freeMinor + missing - 1n - debtsMinor < renewalMinor).toBe(true)
      }),
    )
  })

  it('of several together is what each lacks, and the debts once', () => {
    fc.assert(
      fc.property(payers, ({ debtsMinor, freeMinor, renewals }) => {
        let aheadMinor = 0n
        const standings = renewals.map((renewalMinor) => {
          aheadMinor += renewalMinor
          return { renewalMinor, aheadMinor: aheadMinor - renewalMinor, debtsMinor, freeMinor }
        })
        const asked = toCollect({ debtsMinor, renewalsMinor: aheadMinor, freeMinor })
        expect(missingTogether(standings)).toBe(standings.some((one) => missingToRenew(one) > 0n) ? asked : 0n)
      }),
    )
  })

  it('adds up, over all renewals and the debts that credit does not reach, to what is asked for', () => {
    fc.assert(
      fc.property(payers, ({ debtsMinor, freeMinor, renewals }) => {
        const uncovered = debtsMinor > freeMinor ? debtsMinor - freeMinor : 0n
        const parts = missingOf({ debtsMinor, freeMinor, renewals }).map((missing, index) =>
          renewals[index] === 0n ? 0n : missing - uncovered,
        )
        const renewalsMinor = renewals.reduce((sum, one) => sum + one, 0n)
        expect(parts.reduce((sum, part) => sum + part, uncovered)).toBe(toCollect({ debtsMinor, renewalsMinor, freeMinor }))
      }),
    )
  })
})
