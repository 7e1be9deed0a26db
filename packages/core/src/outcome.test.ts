import { describe, expect, it } from 'vitest'
import { Defect, invariant, rejected } from './outcome.ts'

describe('outcomes', () => {
  it('a broken invariant is a defect with its reason', () => {
    expect(() => invariant(false, 'shares sum to the whole')).toThrow(new Defect('shares sum to the whole'))
    expect(() => invariant(true, 'never said')).not.toThrow()
    expect(new Defect('x').name).toBe('Defect')
  })

  it('a rejection names the field only when there is one', () => {
    expect(rejected('phone_invalid', 'Not a phone.', 'phone')).toEqual({
      outcome: 'rejected',
      code: 'phone_invalid',
      message: 'Not a phone.',
      field: 'phone',
    })
    expect(rejected('closed', 'It is closed.')).not.toHaveProperty('field')
  })
})
