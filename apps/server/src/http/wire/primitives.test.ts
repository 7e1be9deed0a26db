import { describe, expect, it } from 'vitest'
import { dateIn } from './primitives.ts'

describe('A day that comes in', () => {
  it.each(['2026-02-28', '1900-01-01', '2199-12-31'])('may be %s', (day) => {
    expect(dateIn.parse(day)).toBe(day)
  })

  it.each(['2026-02-29', '26-02-28', '0001-01-01', '9999-12-31', '2200-01-01', ''])('may not be %s', (day) => {
    expect(dateIn.safeParse(day).success).toBe(false)
  })
})
