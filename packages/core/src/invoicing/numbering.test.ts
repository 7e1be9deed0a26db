import { describe, expect, it } from 'vitest'
import { Defect } from '../outcome.ts'
import { claimKinds } from './claim.ts'
import { creditKinds } from './credit.ts'
import { invoiceNumber, seriesOf } from './numbering.ts'

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

describe('a series', () => {
  it('is of one branch and one kind of document, and no two share one', () => {
    const series = [...claimKinds, ...creditKinds, 'receipt' as const].map((kind) => seriesOf('NRB', kind))
    expect(new Set(series).size).toBe(series.length)
    expect([seriesOf('NRB', 'invoice'), seriesOf('NRB', 'credit_note'), seriesOf('MSA', 'debit_note')]).toEqual(['NRB', 'NRB-CN', 'MSA-DN'])
  })
})
