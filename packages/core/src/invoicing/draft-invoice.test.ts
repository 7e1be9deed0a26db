import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountsMinor, civilDates, idOf } from '../../test/arbitraries.ts'
import { chargeOf } from '../../test/nouns.ts'
import { money } from '../money/money.ts'
import { Defect } from '../outcome.ts'
import { addDays, civilDate } from '../time/calendar.ts'
import { draftInvoice } from './draft-invoice.ts'

const subscriberId = idOf('subscriber', 1)
const july = { start: civilDate('2026-07-01'), end: civilDate('2026-08-01') }

describe('a draft invoice', () => {
  it('has a line for each charge, in order, and their sum', () => {
    const charges = [chargeOf(), chargeOf({ period: july, amount: money(100_000n, 'KES') })]
    const draft = draftInvoice({ subscriberId, charges, today: civilDate('2026-05-27') })
    expect(draft.lines).toEqual([
      { ...charges[0], position: 1 },
      { ...charges[1], position: 2 },
    ])
    expect(draft).toMatchObject({ subscriberId, currency: 'KES', total: money(350_000n, 'KES'), issuedOn: '2026-05-27' })
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
