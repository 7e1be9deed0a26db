import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountsMinor, civilDates, idOf } from '../../test/arbitraries.ts'
import { chargeOf, lineOf } from '../../test/nouns.ts'
import { money } from '../money/money.ts'
import { Defect } from '../outcome.ts'
import { kenya } from '../tax/countries/ke.ts'
import { addDays, civilDate } from '../time/calendar.ts'
import { draftInvoice } from './draft-invoice.ts'

const subscriberId = idOf('subscriber', 1)
const july = { start: civilDate('2026-07-01'), end: civilDate('2026-08-01') }

describe('a draft invoice', () => {
  it('has a line for each charge, in order, and their sum', () => {
    const charges = [chargeOf(), chargeOf({ period: july, amount: money(100_000n, 'KES') })]
    const draft = draftInvoice({ subscriberId, charges, today: civilDate('2026-05-27') })
    expect(draft.lines).toEqual([lineOf(), lineOf({ position: 2, period: july, amount: money(100_000n, 'KES') })])
    expect(draft).toMatchObject({ subscriberId, currency: 'KES', total: money(350_000n, 'KES'), issuedOn: '2026-05-27' })
  })

  it('bears the taxes of each line’s class and day, and claims them', () => {
    const late = chargeOf({ taxClass: 'equipment', pricing: 'exclusive', amount: money(100_000n, 'KES'), arithmetic: '1000.00' })
    const draft = draftInvoice({
      subscriberId,
      charges: [chargeOf({ period: july }), late],
      today: civilDate('2026-06-19'),
      taxPack: kenya,
    })
    expect(draft.lines).toMatchObject([
      {
        taxPoint: '2026-06-19',
        net: money(187_406n, 'KES'),
        taxes: [
          { code: 'excise', amountMinor: 28_111n },
          { code: 'vat', amountMinor: 34_483n },
        ],
        total: money(250_000n, 'KES'),
        arithmetic: '2500.00 incl.: VAT 16 % 344.83, excise 15 % 281.11, net 1874.06',
      },
      { taxPoint: '2026-06-01', total: money(116_000n, 'KES'), arithmetic: '1000.00 excl.: VAT 16 % 160.00, total 1160.00' },
    ])
    expect(draft.total).toEqual(money(366_000n, 'KES'))
  })

  it('is due when the earliest period begins', () => {
    const charges = [chargeOf({ period: july }), chargeOf()]
    expect(draftInvoice({ subscriberId, charges, today: civilDate('2026-05-27') }).dueOn).toBe('2026-06-01')
  })

  it('is never due before it is issued', () => {
    expect(draftInvoice({ subscriberId, charges: [chargeOf()], today: civilDate('2026-06-19') }).dueOn).toBe('2026-06-19')
  })

  it('sums and dates hold for any charges', () => {
    const charges = fc.array(fc.record({ amountMinor: amountsMinor, start: civilDates }), { minLength: 1, maxLength: 15 })
    fc.assert(
      fc.property(charges, civilDates, (facts, today) => {
        const draft = draftInvoice({
          subscriberId,
          today,
          charges: facts.map(({ amountMinor, start }) =>
            chargeOf({ amount: money(amountMinor, 'KES'), period: { start, end: addDays(start, 30) } }),
          ),
        })
        expect(draft.total.amountMinor).toBe(facts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n))
        expect(draft.dueOn >= today).toBe(true)
        expect(draft.dueOn === today || facts.some(({ start }) => start === draft.dueOn)).toBe(true)
        expect(draft.dueOn === today || facts.every(({ start }) => start >= draft.dueOn)).toBe(true)
      }),
    )
  })

  it('needs a charge, and one currency', () => {
    const today = civilDate('2026-06-01')
    expect(() => draftInvoice({ subscriberId, charges: [], today })).toThrow(Defect)
    expect(() => draftInvoice({ subscriberId, charges: [chargeOf(), chargeOf({ amount: money(1n, 'USD') })], today })).toThrow(Defect)
  })
})
