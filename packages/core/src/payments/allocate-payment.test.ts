import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { civilDates, idOf } from '../../test/arbitraries.ts'
import { Defect } from '../outcome.ts'
import { civilDate } from '../time/calendar.ts'
import { allocatePayment, type OpenClaim } from './allocate-payment.ts'

const claim = (number: number, dueOn: string, openMinor: bigint, sequence = BigInt(number)): OpenClaim => ({
  invoiceId: idOf('invoice', number),
  dueOn: civilDate(dueOn),
  sequence,
  openMinor,
})
const amounts = fc.bigInt({ min: 0n, max: 2_000_000n })
const claims = fc
  .array(fc.record({ dueOn: civilDates, sequence: fc.bigInt({ min: 1n, max: 5n }), openMinor: fc.bigInt({ min: 0n, max: 500_000n }) }), {
    maxLength: 12,
  })
  .map((all) => all.map((each, index) => ({ ...each, invoiceId: idOf('invoice', index) })))

describe('allocation of a payment', () => {
  it('goes to the oldest invoice first, by due date and then by number', () => {
    const open = [claim(3, '2026-07-01', 100n), claim(2, '2026-06-01', 100n), claim(1, '2026-06-01', 100n)]
    expect(allocatePayment(250n, open)).toEqual({
      allocations: [
        { invoiceId: idOf('invoice', 1), amountMinor: 100n },
        { invoiceId: idOf('invoice', 2), amountMinor: 100n },
        { invoiceId: idOf('invoice', 3), amountMinor: 50n },
      ],
      restMinor: 0n,
    })
  })

  it('leaves what is over', () => {
    expect(allocatePayment(250n, [claim(1, '2026-06-01', 100n)])).toEqual({
      allocations: [{ invoiceId: idOf('invoice', 1), amountMinor: 100n }],
      restMinor: 150n,
    })
    expect(allocatePayment(250n, [])).toEqual({ allocations: [], restMinor: 250n })
  })

  it('gives nothing to an invoice that claims nothing', () => {
    expect(allocatePayment(100n, [claim(1, '2026-06-01', 0n), claim(2, '2026-06-02', -5n)])).toEqual({ allocations: [], restMinor: 100n })
  })

  it('conserves the payment and exceeds neither it nor an invoice', () => {
    fc.assert(
      fc.property(amounts, claims, (amountMinor, open) => {
        const { allocations, restMinor } = allocatePayment(amountMinor, open)
        const allocatedMinor = allocations.reduce((sum, allocation) => sum + allocation.amountMinor, 0n)
        expect(allocatedMinor + restMinor).toBe(amountMinor)
        expect(restMinor >= 0n).toBe(true)
        expect(new Set(allocations.map(({ invoiceId }) => invoiceId)).size).toBe(allocations.length)
        for (const allocation of allocations) {
          const openMinor = open.find(({ invoiceId }) => invoiceId === allocation.invoiceId)?.openMinor ?? 0n
          expect(allocation.amountMinor > 0n && allocation.amountMinor <= openMinor).toBe(true)
        }
        const claimedMinor = open.reduce((sum, { openMinor }) => sum + openMinor, 0n)
        expect(allocatedMinor).toBe(claimedMinor < amountMinor ? claimedMinor : amountMinor)
      }),
    )
  })

  it('leaves an older invoice open only when no money is left for a younger one', () => {
    fc.assert(
      fc.property(amounts, claims, (amountMinor, open) => {
        const { allocations } = allocatePayment(amountMinor, open)
        const given = new Map(allocations.map((allocation) => [allocation.invoiceId, allocation.amountMinor]))
        for (const older of open) {
          if ((given.get(older.invoiceId) ?? 0n) === older.openMinor) continue
          const younger = open.filter(({ dueOn, sequence }) => dueOn > older.dueOn || (dueOn === older.dueOn && sequence > older.sequence))
          expect(younger.every(({ invoiceId }) => !given.has(invoiceId))).toBe(true)
        }
      }),
    )
  })

  it('does not depend on the order in which invoices are read, and leaves the list as it was', () => {
    fc.assert(
      fc.property(amounts, claims, (amountMinor, open) => {
        const before = [...open]
        expect(allocatePayment(amountMinor, [...open].reverse())).toEqual(allocatePayment(amountMinor, open))
        expect(open).toEqual(before)
      }),
    )
  })

  it('of two payments ends where one of their sum ends', () => {
    fc.assert(
      fc.property(amounts, amounts, claims, (first, second, open) => {
        const before = allocatePayment(first, open)
        const given = new Map(before.allocations.map((allocation) => [allocation.invoiceId, allocation.amountMinor]))
        const left = open.map((each) => ({ ...each, openMinor: each.openMinor - (given.get(each.invoiceId) ?? 0n) }))
        expect(before.restMinor + allocatePayment(second, left).restMinor >= allocatePayment(first + second, open).restMinor).toBe(true)
        if (before.restMinor === 0n) expect(allocatePayment(second, left).restMinor).toBe(allocatePayment(first + second, open).restMinor)
      }),
    )
  })

  it('is of money received', () => expect(() => allocatePayment(-1n, [])).toThrow(Defect))
})
