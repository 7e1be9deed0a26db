import { describe, expect, it } from 'vitest'
import { accountCode } from './account.ts'
import { ledgerAccountKinds, normalSide } from './chart.ts'

describe('the chart of accounts', () => {
  it('has each kind on its usual side', () => {
    const on = (side: 'debit' | 'credit') => ledgerAccountKinds.filter((kind) => normalSide(kind) === side).sort()
    expect(on('debit')).toEqual([
      'bad_debt',
      'bank',
      'cash',
      'clearing',
      'commission',
      'discount',
      'fees',
      'receivable',
      'rounding',
      'withholding_receivable',
    ])
    expect(on('credit')).toEqual(['credit', 'deferred_revenue', 'deposit', 'revenue', 'suspense', 'tax_payable'])
  })

  it('names an account by kind, currency and owner', () => {
    expect(accountCode({ kind: 'receivable', currency: 'KES', owner: 'abc' })).toBe('receivable:KES:abc')
    expect(accountCode({ kind: 'rounding', currency: 'UGX', owner: '' })).toBe('rounding:UGX:')
  })
})
