import { describe, expect, it } from 'vitest'
import { idOf } from '../../test/arbitraries.ts'
import { money } from '../money/money.ts'
import type { Phone } from '../subscribers/phone.ts'
import type { MatchCandidate, MatchInput } from './match-payment.ts'
import { rankCandidates } from './rank-candidates.ts'

const wanjiku = '+254700111222' as Phone
const subscriber = (number: number, changes: Partial<MatchCandidate> = {}): MatchCandidate => ({
  subscriberId: idOf('subscriber', number),
  accountNumber: `X${number}`,
  accountKey: `X${number}`,
  name: 'Nobody Known',
  currency: 'KES',
  closed: false,
  openMinor: 0n,
  ...changes,
})
const rank = (notice: Partial<MatchInput['notice']>, candidates: readonly MatchCandidate[]) =>
  rankCandidates({ notice: { payer: { kind: 'absent' }, amount: money(250_000n, 'KES'), ...notice }, candidates, country: 'KE' })
const order = (ranked: ReturnType<typeof rank>) => ranked.map(({ subscriberId }) => subscriberId)

describe('candidates for money in suspense', () => {
  it('are ranked by what was typed before all that is known of the payer', () => {
    const neighbour = subscriber(1, { accountKey: '100233' })
    const payer = subscriber(2, { phone: wanjiku, name: 'Mary Wanjiku', openMinor: 250_000n })
    const notice = { accountReference: '100238', payer: { kind: 'clear', phone: wanjiku }, payerName: 'WANJIKU MARY' } as const
    expect(rank(notice, [payer, neighbour])).toEqual([
      { subscriberId: neighbour.subscriberId, score: 100, reasons: ['near_account_number'] },
      { subscriberId: payer.subscriberId, score: 75, reasons: ['payer_phone', 'payer_name', 'open_amount'] },
    ])
  })

  it('rise with each thing that fits', () => {
    const notice = {
      accountReference: '100238',
      payer: { kind: 'masked', pattern: '2547*****222' },
      payerName: 'mary WANJIKŨ',
    } as const
    const near = { accountKey: '100233' }
    const ranked = rank(notice, [
      subscriber(1, near),
      subscriber(2, { ...near, openMinor: 250_000n }),
      subscriber(3, { ...near, name: 'Wanjiku Mary', openMinor: 250_000n }),
      subscriber(4, { ...near, phone: wanjiku, name: 'Wanjiku Mary', openMinor: 250_000n }),
    ])
    expect(ranked.map(({ score }) => score)).toEqual([150, 135, 115, 100])
    expect(ranked[0]?.reasons).toEqual(['near_account_number', 'payer_pattern', 'payer_name', 'open_amount'])
  })

  it('of an ambiguous or closed account are those who fit, the open one first', () => {
    const ranked = rank({ accountReference: 'B12' }, [
      subscriber(1, { accountKey: 'B12', closed: true }),
      subscriber(2, { accountKey: 'B12' }),
    ])
    expect(ranked).toEqual([
      { subscriberId: idOf('subscriber', 2), score: 300, reasons: ['account_number'] },
      { subscriberId: idOf('subscriber', 1), score: 290, reasons: ['account_number', 'closed'] },
    ])
  })

  it('have a phone typed as the reference', () => {
    expect(rank({ accountReference: '0700111222' }, [subscriber(1, { phone: wanjiku })])).toEqual([
      { subscriberId: idOf('subscriber', 1), score: 200, reasons: ['phone_as_reference'] },
    ])
  })

  it('need more than an equal amount, a short word in common, or a key that is empty', () => {
    expect(
      rank({ payerName: 'Al Ba', accountReference: '-' }, [subscriber(1, { name: 'Al Ba', openMinor: 250_000n, accountKey: '' })]),
    ).toEqual([])
    expect(rank({ payerName: 'Ann' }, [subscriber(1, { name: 'Ann Njeri' }), subscriber(2, { name: 'Anna' })])).toHaveLength(1)
  })

  it('are at most ten, each once, and equals keep one order', () => {
    const many = Array.from({ length: 14 }, (_, index) => subscriber(20 - index, { accountKey: '100233' }))
    const ranked = rank({ accountReference: '100238' }, [...many, ...many])
    expect(ranked).toHaveLength(10)
    expect(order(ranked)).toEqual([...order(ranked)].sort())
    expect(new Set(order(ranked)).size).toBe(10)
  })
})
