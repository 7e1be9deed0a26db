import { describe, expect, it } from 'vitest'
import { Defect } from '../outcome.ts'
import { invoiceNumber } from './numbering.ts'

describe('an invoice number', () => {
  it('is the series and six digits, or more when they are needed', () => {
    expect(invoiceNumber('NRB', 123n)).toBe('NRB-000123')
    expect(invoiceNumber('NRB', 1_234_567n)).toBe('NRB-1234567')
  })

  it('counts from one within a series', () => {
    expect(() => invoiceNumber('NRB', 0n)).toThrow(Defect)
    expect(() => invoiceNumber('', 1n)).toThrow(Defect)
  })
})
