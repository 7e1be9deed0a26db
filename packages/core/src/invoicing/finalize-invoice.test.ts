import { describe, expect, it } from 'vitest'
import { idOf } from '../../test/arbitraries.ts'
import { draftOf, lineOf } from '../../test/nouns.ts'
import { money } from '../money/money.ts'
import { Defect } from '../outcome.ts'
import { civilDate } from '../time/calendar.ts'
import { finalizeInvoice } from './finalize-invoice.ts'

const numbering = { series: 'NRB', sequence: 123n }
const finalize = (changes: Parameters<typeof draftOf>[0]) => () => finalizeInvoice(draftOf(changes), idOf('invoice', 1), numbering)

describe('a final invoice', () => {
  it('is the draft with a name and a number', () => {
    expect(finalizeInvoice(draftOf(), idOf('invoice', 1), numbering)).toEqual({
      ...draftOf(),
      id: idOf('invoice', 1),
      series: 'NRB',
      sequence: 123n,
      number: 'NRB-000123',
    })
  })

  it('is the sum of its lines in its currency', () => {
    expect(finalize({ total: money(250_001n, 'KES') })).toThrow(Defect)
    expect(finalize({ total: money(250_000n, 'USD') })).toThrow(Defect)
    expect(finalize({ currency: 'USD' })).toThrow(Defect)
    expect(finalize({ lines: [] })).toThrow(Defect)
  })

  it('has lines that are their net and their taxes', () => {
    const vat = { code: 'vat', title: 'VAT', rateBp: 1600, baseMinor: 215_517n, amountMinor: 34_483n }
    const line = { ...lineOf(), net: money(215_517n, 'KES'), taxes: [vat] }
    expect(finalize({ lines: [line] })).not.toThrow()
    expect(finalize({ lines: [{ ...line, net: money(215_516n, 'KES') }] })).toThrow(Defect)
    expect(finalize({ lines: [{ ...line, taxes: [] }] })).toThrow(Defect)
    expect(finalize({ lines: [{ ...line, net: money(215_517n, 'USD') }] })).toThrow(Defect)
  })

  it('claims more than nothing', () => {
    const nothing = lineOf({ amount: money(0n, 'KES') })
    expect(finalize({ lines: [nothing], total: money(0n, 'KES') })).toThrow(Defect)
  })

  it('is not due before it is issued', () => {
    expect(finalize({ dueOn: civilDate('2026-05-26') })).toThrow(Defect)
    expect(finalize({ dueOn: civilDate('2026-05-27') })).not.toThrow()
  })
})
