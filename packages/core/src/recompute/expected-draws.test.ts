import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cell, type GoldenCase, goldenTable } from '../../test/golden-cases.ts'
import { drawAllowances } from '../usage/draw-allowances.ts'
import { type DrawFacts, expectedDraws, type GrantedAllowance, type MeasuredRecord } from './expected-draws.ts'

const cases = goldenTable('allowances.csv', ['case', 'what', 'allowances', 'records', 'draws', 'covered', 'left'])
const listIn = (row: GoldenCase, column: string) => (cell(row, column) === '' ? [] : cell(row, column).split('; '))
const day = (text = '') => Date.parse(text)

/** `A 1000 2026-08-01 2026-09-01 in 2026-08-20` */
function allowanceIn(text: string): GrantedAllowance {
  const [id = '', units = '', from, until, , granted] = text.split(' ')
  return { id, title: id, grantedUnits: BigInt(units), validFrom: day(from), validUntil: day(until), grantedAt: day(granted ?? from) }
}

/** `R1 2026-08-05 600 in 2026-08-20`; without a day on which they came in, all come in together. */
function recordIn(text: string): MeasuredRecord {
  const [key = '', used, units = '', , received] = text.split(' ')
  return { key, quantity: BigInt(units), occurredAt: day(used), receivedAt: day(received ?? '2099-01-01'), counted: true }
}

const factsOf = (row: GoldenCase): DrawFacts => ({
  records: listIn(row, 'records').map(recordIn),
  allowances: listIn(row, 'allowances').map(allowanceIn),
})

type Drawn = {
  readonly key: string
  readonly taken: readonly { readonly id: string; readonly units: bigint }[]
  readonly leftUnits: bigint
}
const text = ({ key, taken, leftUnits }: Drawn) =>
  `${key}: ${[...taken.map(({ id, units }) => `${id} ${units}`), ...(leftUnits > 0n ? [`left ${leftUnits}`] : [])].join(' + ')}`

/** As records are taken: batch by batch, each in the order of its time. */
function byTheFirst({ records, allowances }: DrawFacts): readonly Drawn[] {
  const used = new Map<string, bigint>()
  return [...records]
    .sort((left, right) => left.receivedAt - right.receivedAt || left.occurredAt - right.occurredAt || (left.key < right.key ? -1 : 1))
    .map(({ key, quantity, occurredAt, receivedAt }) => {
      const granted = allowances
        .filter(({ grantedAt }) => grantedAt <= receivedAt)
        .map(({ validFrom, validUntil, ...one }) => ({
          ...one,
          usedUnits: used.get(one.id) ?? 0n,
          validFrom: new Date(validFrom),
          validUntil: new Date(validUntil),
        }))
      const { draws, leftUnits } = drawAllowances(quantity, new Date(occurredAt), granted)
      for (const { allowanceId, units } of draws) used.set(allowanceId, (used.get(allowanceId) ?? 0n) + units)
      return { key, taken: draws.map(({ allowanceId: id, units }) => ({ id, units })), leftUnits }
    })
}

describe('the golden cases of allowances', () => {
  describe.each(cases.map((row) => [`${cell(row, 'case')}: ${cell(row, 'what')}`, row] as const))('%s', (_, row) => {
    it('is so by hand', () => {
      const sums = { covered: 0n, left: 0n }
      for (const draw of listIn(row, 'draws')) {
        const [key, parts = ''] = draw.split(': ')
        let drawn = 0n
        for (const part of parts.split(' + ')) {
          const [from, units = ''] = part.split(' ')
          sums[from === 'left' ? 'left' : 'covered'] += BigInt(units)
          drawn += BigInt(units)
        }
        expect(drawn).toBe(factsOf(row).records.find((record) => record.key === key)?.quantity)
      }
      expect(sums).toEqual({ covered: BigInt(cell(row, 'covered')), left: BigInt(cell(row, 'left')) })
    })

    it('is so by the first calculator', () => {
      expect(byTheFirst(factsOf(row)).map(text)).toEqual(listIn(row, 'draws'))
    })

    it('is so by the second calculator', () => {
      const { draws, measuredUnits, leftUnits } = expectedDraws(factsOf(row))
      expect(draws.map(text)).toEqual(listIn(row, 'draws'))
      expect([measuredUnits - leftUnits, leftUnits].map(String)).toEqual([cell(row, 'covered'), cell(row, 'left')])
    })
  })
})

describe('the two calculators of allowances', () => {
  it('agree on any use and any allowances', () => {
    const at = fc.integer({ min: 0, max: 12 })
    const units = fc.bigInt({ min: 1n, max: 20n })
    const records = fc.uniqueArray(
      fc.record({ key: fc.string({ minLength: 1, maxLength: 3 }), quantity: units, occurredAt: at, receivedAt: at, counted: fc.boolean() }),
      { selector: ({ key }) => key, maxLength: 12 },
    )
    const allowances = fc.array(fc.record({ grantedUnits: units, grantedAt: at, validFrom: at, days: fc.integer({ min: 1, max: 9 }) }), {
      maxLength: 5,
    })
    fc.assert(
      fc.property(records, allowances, (measured, granted) => {
        const facts = {
          records: measured,
          allowances: granted.map(({ days, ...one }, index) => ({ ...one, id: `${index}`, title: '', validUntil: one.validFrom + days })),
        }
        expect(expectedDraws(facts).draws.map(text)).toEqual(byTheFirst(facts).map(text))
      }),
      { numRuns: 2_000 },
    )
  })

  it('say it in words', () => {
    const facts = {
      records: [recordIn('R1 2026-08-05 600'), recordIn('R2 2026-08-06 700'), { ...recordIn('R0 2026-08-01 100'), counted: false }],
      allowances: [allowanceIn('Weekend 1000 2026-08-01 2026-09-01')],
    }
    expect(expectedDraws(facts).steps).toEqual(['1300 units were measured in 2 records; Weekend covers 900: 400 are left to be charged'])
    expect(expectedDraws({ ...facts, allowances: [] }).steps).toEqual(['1300 units were measured in 2 records'])
  })
})
