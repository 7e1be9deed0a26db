import { describe, expect, it } from 'vitest'
import { BulkGuard } from '../src/bulk-guard.ts'

describe('a repair of many lines', () => {
  it('is allowed up to a share of the router, and always up to a number', () => {
    const guard = new BulkGuard({ share: 0.1, min: 20 })
    expect(guard.take(20, 0, 50)).toBe(true)
    expect(guard.take(1, 0, 50)).toBe(false)
    expect(new BulkGuard({ share: 0.1, min: 20 }).take(100, 0, 1_000)).toBe(true)
    expect(new BulkGuard({ share: 0.1, min: 20 }).take(101, 0, 1_000)).toBe(false)
  })

  it('is counted over ten minutes, however small its slices', () => {
    const guard = new BulkGuard({ share: 0.1, min: 20 })
    expect(guard.take(15, 0)).toBe(true)
    expect(guard.needsSize(5, 60_000)).toBe(false)
    expect(guard.needsSize(6, 60_000)).toBe(true)
    expect(guard.take(6, 60_000, 100)).toBe(false)
    expect(guard.take(6, 600_000, 100)).toBe(true)
  })

  it('is always allowed when the share is everything', () => {
    const guard = new BulkGuard({ share: 1, min: 0 })
    expect(guard.needsSize(5_000, 0)).toBe(false)
    expect(guard.take(5_000, 0)).toBe(true)
  })
})
