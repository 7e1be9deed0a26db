import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idOf } from '../../test/arbitraries.ts'
import { chargeOf } from '../../test/nouns.ts'
import { type ClaimedDays, creditForDays, leftOf } from '../invoicing/credit-line.ts'
import { draftInvoice } from '../invoicing/draft-invoice.ts'
import { money } from '../money/money.ts'
import { recomputeCredit } from '../recompute/recompute-credit.ts'
import { kenya } from '../tax/countries/ke.ts'
import { exemptedPack } from '../tax/exemption.ts'
import { addDays, civilDate } from '../time/calendar.ts'
import { prorate } from './prorate.ts'

const start = civilDate('2026-06-01')
const whole = { start, end: addDays(start, 30) }

describe('a line of who is exempt', () => {
  it('adds up, and is credited to the cent however its days are cut; both calculators agree', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 100n, max: 10_000_000n }),
        fc.subarray(['excise', 'vat'], { minLength: 1 }),
        fc.constantFrom('inclusive' as const, 'exclusive' as const),
        fc.integer({ min: 0, max: 28 }),
        fc.integer({ min: 1, max: 30 }),
        (amountMinor, taxes, pricing, from, cut) => {
          const rate = money(amountMinor, 'KES')
          const period = { start: addDays(start, from), end: whole.end }
          const charge = chargeOf({ rate, whole, period, amount: prorate(rate, period, whole), pricing, taxClass: 'internet' })
          const taxPack = exemptedPack(kenya, [{ certificate: 'C', taxes, from: start }])
          const [line] = draftInvoice({ subscriberId: idOf('subscriber', 1), charges: [charge], today: period.start, taxPack }).lines
          if (line === undefined) throw new Error('nothing was charged')
          const sum = line.taxes.reduce((all, tax) => all + tax.amountMinor, line.net.amountMinor)
          expect(sum).toBe(line.total.amountMinor)
          expect(line.taxes.filter(({ certificate }) => certificate === 'C').map(({ code }) => code)).toEqual(taxes)
          expect(line.taxes.every(({ certificate, amountMinor: taxMinor }) => certificate === undefined || taxMinor === 0n)).toBe(true)

          const middle = addDays(period.start, Math.min(cut, 30 - from - 1))
          const claimed: ClaimedDays = line
          const late = creditForDays(claimed, { start: middle, end: period.end })
          const early = creditForDays(claimed, { start: period.start, end: middle }, leftOf(claimed, [late]))
          expect(leftOf(claimed, [late, early]).total.amountMinor).toBe(0n)
          const issued = (days: typeof period, credit: typeof late, left: typeof early) => ({
            ...credit,
            position: 1,
            claimed,
            left,
            days: { credited: days, charged: line.period, whole: line.whole, rate: line.rate },
          })
          const lines = [
            issued({ start: middle, end: period.end }, late, { ...claimed, arithmetic: '' }),
            issued({ start: period.start, end: middle }, early, { ...leftOf(claimed, [late]), arithmetic: '' }),
          ]
          expect(recomputeCredit({ total: line.total, lines })).toEqual([])
        },
      ),
    )
  })
})
