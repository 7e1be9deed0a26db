import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { civilDateAt } from './calendar.ts'

/** The day on which the organisation's books date an instant; rows were made apart from the code. */
const [head = '', ...rows] = readFileSync(new URL('../../test/golden-days/billing-days.csv', import.meta.url), 'utf8')
  .trim()
  .split(/\r?\n/)

it('the table has the columns it should', () => expect(head).toBe('case,what,zone,instant,day'))

it.each(rows.map((row) => row.split(',')))('%s: %s', (_case, _what, zone = '', instant = '', day) => {
  expect(civilDateAt(new Date(instant), zone)).toBe(day)
})
