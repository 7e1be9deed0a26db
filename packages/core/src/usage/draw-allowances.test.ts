import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quantities } from '../../test/usage.ts'
import { Defect } from '../outcome.ts'
import { type Allowance, drawAllowances } from './draw-allowances.ts'

const at = new Date('2026-08-10T12:00:00Z')
const hours = (count: number) => new Date(at.getTime() + count * 3_600_000)
const allowances: fc.Arbitrary<readonly Allowance[]> = fc
  .array(fc.record({ granted: quantities, used: quantities, from: fc.integer({ min: -4, max: 1 }), hours: fc.integer({ min: 1, max: 6 }) }))
  .map((rows) =>
    rows.map((row, index) => ({
      id: `a-${index}`,
      grantedUnits: row.granted + row.used,
      usedUnits: row.used,
      validFrom: hours(row.from),
      validUntil: hours(row.from + row.hours),
    })),
  )
const isValid = ({ validFrom, validUntil }: Allowance) => validFrom <= at && at < validUntil
const freeOf = ({ grantedUnits, usedUnits }: Allowance) => grantedUnits - usedUnits

describe('allowances', () => {
  it('give all they have before anything is left, and never more', () => {
    fc.assert(
      fc.property(quantities, allowances, (quantity, all) => {
        const { draws, leftUnits } = drawAllowances(quantity, at, all)
        const drawn = draws.reduce((sum, { units }) => sum + units, 0n)
        const free = all.filter(isValid).reduce((sum, one) => sum + freeOf(one), 0n)
        expect(drawn).toBe(quantity < free ? quantity : free)
        expect(drawn + leftUnits).toBe(quantity)
        for (const { allowanceId, units } of draws) {
          const from = all.find(({ id }) => id === allowanceId)
          expect(from && isValid(from) && units > 0n && units <= freeOf(from)).toBe(true)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('are drawn whole in the order in which they expire, however they are listed', () => {
    fc.assert(
      fc.property(quantities, allowances, (quantity, all) => {
        const { draws } = drawAllowances(quantity, at, all)
        expect(drawAllowances(quantity, at, [...all].reverse()).draws).toEqual(draws)
        const drawnFrom = draws.flatMap(({ allowanceId }) => all.find(({ id }) => id === allowanceId) ?? [])
        const last = drawnFrom.at(-1)
        const sooner = all.filter((one) => isValid(one) && last !== undefined && one.validUntil < last.validUntil)
        for (const one of sooner) expect(draws.find(({ allowanceId }) => allowanceId === one.id)?.units ?? 0n).toBe(freeOf(one))
      }),
      { numRuns: 1_000 },
    )
  })

  it('are valid from their first instant until before their last', () => {
    const one = { id: 'a', grantedUnits: 10n, usedUnits: 0n, validFrom: hours(0), validUntil: hours(1) }
    const drawnAt = (when: Date) => drawAllowances(4n, when, [one]).leftUnits
    expect([hours(-1), hours(0), hours(0.99), hours(1)].map(drawnAt)).toEqual([4n, 0n, 0n, 4n])
  })

  it('are not drawn below nothing', () => {
    expect(() => drawAllowances(-1n, at, [])).toThrow(Defect)
  })
})
