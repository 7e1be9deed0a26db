import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idOf } from '../../test/arbitraries.ts'
import { money } from '../money/money.ts'
import { accountKey, makeAccountNumber } from '../subscribers/account-number.ts'
import type { Phone } from '../subscribers/phone.ts'
import { type MatchCandidate, type MatchInput, matchKeys, matchPayment } from './match-payment.ts'
import type { PayerIdentity } from './payment-notice.ts'

const wanjiku = '+254700111222' as Phone
const otieno = '+254711333444' as Phone
const hash = 'ab'.repeat(32)
const absent: PayerIdentity = { kind: 'absent' }
const clear = (phone: Phone): PayerIdentity => ({ kind: 'clear', phone })
const masked = (pattern: string): PayerIdentity => ({ kind: 'masked', pattern })

const candidate = (number: number, changes: Partial<MatchCandidate> = {}): MatchCandidate => {
  const accountNumber = changes.accountNumber ?? makeAccountNumber(BigInt(10_000 + number))
  return {
    subscriberId: idOf('subscriber', number),
    accountNumber,
    accountKey: accountKey(accountNumber),
    name: `Subscriber ${number}`,
    currency: 'KES',
    closed: false,
    openMinor: 0n,
    ...changes,
  }
}
type Notice = Partial<MatchInput['notice']>
const match = (notice: Notice, candidates: readonly MatchCandidate[], intent?: MatchInput['intent']) =>
  matchPayment({
    notice: { payer: absent, amount: money(250_000n, 'KES'), ...notice },
    candidates,
    country: 'KE',
    ...(intent !== undefined && { intent }),
  })
const first = candidate(1, { phone: wanjiku, phoneSha256: hash, name: 'Mary Wanjiku Kamau' })
const second = candidate(2, { phone: otieno, name: 'Peter Otieno' })
const matched = (number: number, rule: string) => ({ outcome: 'matched', subscriberId: idOf('subscriber', number), rule })

describe('the keys to look up', () => {
  it('are the account number, those near it, and every phone that is known', () => {
    const keys = matchKeys({ accountReference: ' 1OO 233 ', payer: clear(wanjiku) }, 'KE')
    expect(keys).toMatchObject({ exactKey: '100233', phones: [wanjiku], phoneSha256s: [] })
    expect(matchKeys({ accountReference: '100238', payer: absent }, 'KE').nearKeys).toContain('100233')
  })

  it('have a phone typed as the reference, once', () => {
    expect(matchKeys({ accountReference: '0700 111 222', payer: clear(otieno) }, 'KE').phones).toEqual([wanjiku, otieno])
    expect(matchKeys({ accountReference: '0700 111 222', payer: clear(wanjiku) }, 'KE').phones).toEqual([wanjiku])
  })

  it('have a hash in lower case, and nothing of a masked payer', () => {
    expect(matchKeys({ payer: { kind: 'hashed', sha256: hash.toUpperCase() } }, 'KE')).toEqual({
      exactKey: '',
      nearKeys: [],
      phones: [],
      phoneSha256s: [hash],
    })
    expect(matchKeys({ payer: masked('2547*****222') }, 'KE')).toMatchObject({ phones: [], phoneSha256s: [] })
  })
})

describe('a payment is matched', () => {
  it('by our own intent, whatever else it says', () => {
    const notice = { accountReference: second.accountNumber, payer: clear(otieno) }
    const intent = { subscriberId: first.subscriberId, currency: 'KES' } as const
    expect(match(notice, [first, second], intent)).toEqual(matched(1, 'intent'))
    expect(match(notice, [], intent)).toEqual(matched(1, 'intent'))
  })

  it('by the account number in any form, even when another subscriber paid', () => {
    const typed = ` ${first.accountNumber.slice(0, 3)}-${first.accountNumber.slice(3)} `.replaceAll('0', 'o')
    expect(match({ accountReference: typed, payer: clear(otieno) }, [first, second])).toEqual(matched(1, 'account_number'))
  })

  it('by an imported number that has no check digit', () => {
    const imported = candidate(3, { accountNumber: 'Kilimani/B12' })
    expect(match({ accountReference: 'KILIMANI b12' }, [imported, first])).toEqual(matched(3, 'account_number'))
  })

  it('by an account number that looks like the phone of another', () => {
    const imported = candidate(3, { accountNumber: '0700111222' })
    expect(match({ accountReference: '0700111222' }, [imported, first])).toEqual(matched(3, 'account_number'))
  })

  it('by a phone typed as the reference', () => {
    expect(match({ accountReference: '0700 111 222', payer: clear(otieno) }, [first, second])).toEqual(matched(1, 'phone_as_reference'))
  })

  it.each([undefined, '', '  ', '-', '.', '***'])('by the phone that paid when the reference is %j', (accountReference) => {
    const notice = accountReference === undefined ? {} : { accountReference }
    expect(match({ ...notice, payer: clear(wanjiku) }, [first, second])).toEqual(matched(1, 'payer_phone'))
    expect(match({ ...notice, payer: { kind: 'hashed', sha256: hash } }, [first, second])).toEqual(matched(1, 'payer_phone'))
  })

  it('once, also when the store found the same subscriber twice', () => {
    expect(match({ accountReference: first.accountNumber }, [first, { ...first }])).toEqual(matched(1, 'account_number'))
  })
})

describe('a payment goes to suspense', () => {
  const reasonOf = (notice: Notice, candidates: readonly MatchCandidate[]) => {
    const outcome = match(notice, candidates)
    return outcome.outcome === 'suspense' ? outcome.reason : outcome
  }

  it('without a reference when the payer is nobody we know', () => {
    expect(reasonOf({}, [])).toBe('no_reference')
    expect(reasonOf({ payer: clear(otieno) }, [first])).toBe('no_reference')
  })

  it('when the reference says something, even though the payer is known', () => {
    expect(reasonOf({ accountReference: 'rent', payer: clear(wanjiku) }, [first])).toBe('unknown_account')
    expect(reasonOf({ accountReference: 'করিম', payer: clear(wanjiku) }, [first])).toBe('unknown_account')
  })

  it('when the check digit says that the number was mistyped', () => {
    expect(reasonOf({ accountReference: '100238' }, [])).toBe('wrong_check_digit')
    expect(reasonOf({ accountReference: '10023' }, [])).toBe('wrong_check_digit')
    expect(reasonOf({ accountReference: '100233' }, [])).toBe('unknown_account')
  })

  it('when a phone was typed that is nobody’s', () => {
    expect(reasonOf({ accountReference: '0722999888' }, [first])).toBe('unknown_account')
  })

  it('when two subscribers fit, and never guesses', () => {
    const shared = [candidate(3, { accountNumber: 'B12', phone: wanjiku }), candidate(4, { accountNumber: 'b-12', phone: wanjiku })]
    expect(reasonOf({ accountReference: 'B12' }, shared)).toBe('ambiguous')
    expect(reasonOf({ accountReference: '0700111222' }, shared)).toBe('ambiguous')
    expect(reasonOf({ payer: clear(wanjiku) }, shared)).toBe('ambiguous')
    expect(
      reasonOf(
        { accountReference: 'B12' },
        shared.map((each, index) => ({ ...each, closed: index === 0 })),
      ),
    ).toBe('ambiguous')
  })

  it('when the account is closed', () => {
    const closed = { ...first, closed: true }
    expect(reasonOf({ accountReference: first.accountNumber }, [closed])).toBe('closed_account')
    expect(reasonOf({ accountReference: '0700111222' }, [closed])).toBe('closed_account')
    expect(reasonOf({ payer: clear(wanjiku) }, [closed])).toBe('closed_account')
  })

  it('when the account is in another currency, whatever rule found it', () => {
    const dollars = { ...first, currency: 'USD' } as const
    expect(reasonOf({ accountReference: first.accountNumber }, [dollars])).toBe('other_currency')
    expect(reasonOf({ payer: clear(wanjiku) }, [dollars])).toBe('other_currency')
    expect(match({}, [], dollars)).toMatchObject({ outcome: 'suspense', reason: 'other_currency' })
    expect(match({ amount: money(100n, 'USD') }, [], dollars)).toEqual(matched(1, 'intent'))
  })

  it('when the payer is masked, however well the rest fits', () => {
    const perfect = { ...first, openMinor: 250_000n }
    const notice = { payer: masked('2547*****222'), payerName: 'MARY WANJIKU KAMAU' }
    expect(match(notice, [perfect])).toEqual({
      outcome: 'suspense',
      reason: 'no_reference',
      candidates: [{ subscriberId: first.subscriberId, score: 50, reasons: ['payer_pattern', 'payer_name', 'open_amount'] }],
    })
  })
})

describe('matching any notice', () => {
  const phones = fc.constantFrom(wanjiku, otieno, undefined)
  const references = fc.constantFrom(
    undefined,
    '',
    '100233',
    '100238',
    '1OO233',
    'B12',
    'b-12',
    '0700111222',
    '0711333444',
    'rent',
    '102003',
  )
  const payers: fc.Arbitrary<PayerIdentity> = fc.constantFrom(
    absent,
    clear(wanjiku),
    clear(otieno),
    masked('2547*****222'),
    masked('25471*****4'),
    { kind: 'hashed', sha256: hash } as const,
  )
  const notices = fc.record({ reference: references, payer: payers }).map(({ reference, payer }) => ({
    payer,
    ...(reference !== undefined && { accountReference: reference }),
  }))
  const candidates = fc.array(
    fc
      .record({
        number: fc.integer({ min: 1, max: 5 }),
        accountNumber: fc.constantFrom('100233', 'B12', '200005', '0700111222'),
        phone: phones,
        closed: fc.boolean(),
        openMinor: fc.constantFrom(0n, 250_000n),
      })
      .map(({ number, phone, ...rest }) =>
        candidate(number, { ...rest, ...(phone && { phone }), ...(phone === wanjiku && { phoneSha256: hash }) }),
      ),
    { maxLength: 5 },
  )

  it('never pays a closed account, nor one of two that fit', () => {
    fc.assert(
      fc.property(notices, candidates, (notice, found) => {
        const unique = [...new Map(found.map((each) => [each.subscriberId, each])).values()]
        const outcome = match(notice, unique)
        if (outcome.outcome === 'suspense') return
        const owner = unique.find(({ subscriberId }) => subscriberId === outcome.subscriberId)
        expect(owner?.closed).toBe(false)
        if (outcome.rule === 'account_number') {
          expect(unique.filter((each) => each.accountKey === owner?.accountKey)).toHaveLength(1)
        } else {
          expect(unique.filter((each) => each.phone === owner?.phone)).toHaveLength(1)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('never depends on the order of the candidates', () => {
    fc.assert(
      fc.property(notices, candidates, (notice, found) => {
        const unique = [...new Map(found.map((each) => [each.subscriberId, each])).values()]
        expect(match(notice, [...unique].reverse())).toEqual(match(notice, unique))
      }),
      { numRuns: 500 },
    )
  })

  it('never lets a masked payer change who is paid', () => {
    fc.assert(
      fc.property(notices, candidates, (notice, found) => {
        const withMask = match({ ...notice, payer: masked('2547*****222') }, found)
        const without = match({ ...notice, payer: absent }, found)
        expect(withMask.outcome).toBe(without.outcome)
        if (withMask.outcome === 'matched') expect(withMask).toEqual(without)
      }),
      { numRuns: 500 },
    )
  })

  it('lets an exact account number win over every phone', () => {
    fc.assert(
      fc.property(payers, phones, (payer, phone) => {
        const others = [candidate(4, { ...(phone && { phone }) }), first, second]
        const exact = candidate(5, { accountNumber: '100233' })
        expect(match({ payer, accountReference: '100233' }, [...others, exact])).toEqual(matched(5, 'account_number'))
      }),
    )
  })
})
