import { expect, it } from 'vitest'
import { cell, goldenTable } from '../../test/golden-cases.ts'
import { civilDateAt } from './calendar.ts'

const rows = goldenTable('billing-days.csv', ['case', 'what', 'zone', 'instant', 'day'])

it.each(rows.map((row) => [`${cell(row, 'case')}: ${cell(row, 'what')}`, row] as const))('%s', (_, row) => {
  expect(civilDateAt(new Date(cell(row, 'instant')), cell(row, 'zone'))).toBe(cell(row, 'day'))
})
