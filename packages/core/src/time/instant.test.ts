import { expect, it } from 'vitest'
import { plusMs, secondsBetween } from './instant.ts'

it('an instant moves by milliseconds and the old one stays as it was', () => {
  const before = new Date('2026-01-01T00:00:00Z')
  const after = plusMs(before, 1_500)
  expect(after.toISOString()).toBe('2026-01-01T00:00:01.500Z')
  expect(before.toISOString()).toBe('2026-01-01T00:00:00.000Z')
  expect(secondsBetween(before, after)).toBe(1.5)
})
