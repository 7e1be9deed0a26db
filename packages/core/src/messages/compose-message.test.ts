import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { currencyCodes } from '../../test/arbitraries.ts'
import { money } from '../money/money.ts'
import { languages } from '../subscribers/subscriber.ts'
import { civilDate } from '../time/calendar.ts'
import { composeMessage, type MessageFacts, messageKinds } from './compose-message.ts'
import { isGsm7 } from './gsm7.ts'

const facts: MessageFacts = {
  organisationName: 'Kilimani Net',
  subscriberName: 'Mary Wanjiku Kamau',
  accountNumber: '100233',
  payTo: 'Paybill 400123',
  amount: money(250_000n, 'KES'),
  dueOn: civilDate('2026-08-05'),
  suspendsOn: civilDate('2026-08-09'),
  invoiceNumbers: ['NRB-000123'],
}
const receipt: MessageFacts = {
  organisationName: 'Kilimani Net',
  subscriberName: 'Mary Wanjiku Kamau',
  accountNumber: '100233',
  amount: money(300_000n, 'KES'),
  receipt: 'SFF6XYZ123',
  balance: money(-50_000n, 'KES'),
  lineState: 'on',
}

describe('a message', () => {
  it('says in English what to pay, where, and what happens next', () => {
    expect(messageKinds.map((kind) => composeMessage(kind, kind === 'receipt' ? receipt : facts, 'en'))).toEqual([
      'Mary, KES 2,500 for Kilimani Net is due on 5 Aug. Pay Paybill 400123, account 100233. Invoice NRB-000123.',
      'Mary, KES 2,500 for Kilimani Net is due 5 Aug. Pay Paybill 400123, account 100233. Unpaid, the line stops on 9 Aug.',
      'Mary, KES 2,500 for Kilimani Net is overdue since 5 Aug. Pay Paybill 400123, account 100233. Unpaid, the line stops on 9 Aug.',
      'Mary, your Kilimani Net line needs KES 2,500 by 5 Aug to go on. Pay Paybill 400123, account 100233. It goes on by itself once paid.',
      'Mary, your paid time at Kilimani Net ended on 4 Aug. Pay KES 2,500 to Paybill 400123, account 100233.',
      'Mary, your Kilimani Net line is paused: KES 2,500 is unpaid. Pay Paybill 400123, account 100233. It comes back by itself once paid.',
      'Mary, Kilimani Net received KES 3,000, receipt SFF6XYZ123. Account 100233. Credit: KES 500. Your line is on.',
    ])
  })

  it('says the same in Swahili', () => {
    expect(messageKinds.map((kind) => composeMessage(kind, kind === 'receipt' ? receipt : facts, 'sw'))).toEqual([
      'Mary, KES 2,500 ya Kilimani Net inatakiwa kulipwa kufikia 5 Ago. Lipa kwa Paybill 400123, akaunti 100233. Ankara NRB-000123.',
      'Mary, KES 2,500 ya Kilimani Net inatakiwa kulipwa 5 Ago. Lipa kwa Paybill 400123, akaunti 100233. Isipolipwa, huduma itasimama 9 Ago.',
      'Mary, KES 2,500 ya Kilimani Net haijalipwa tangu 5 Ago. Lipa kwa Paybill 400123, akaunti 100233. Isipolipwa, huduma itasimama 9 Ago.',
      'Mary, huduma yako ya Kilimani Net inahitaji KES 2,500 kufikia 5 Ago iendelee. Lipa kwa Paybill 400123, akaunti 100233. Itaendelea yenyewe ukilipa.',
      'Mary, muda uliolipia Kilimani Net uliisha 4 Ago. Lipa KES 2,500 kwa Paybill 400123, akaunti 100233.',
      'Mary, huduma yako ya Kilimani Net imesimama: KES 2,500 haijalipwa. Lipa kwa Paybill 400123, akaunti 100233. Itarudi yenyewe ukilipa.',
      'Mary, Kilimani Net imepokea KES 3,000, risiti SFF6XYZ123. Akaunti 100233. Salio la ziada: KES 500. Huduma iko hewani.',
    ])
  })

  it('of a receipt says what is left and whether the line is on', () => {
    const tail = (changes: Partial<MessageFacts>, language: 'en' | 'sw' = 'en') =>
      composeMessage('receipt', { ...receipt, ...changes }, language).split('100233. ')[1]
    expect(tail({ balance: money(70_000n, 'KES'), lineState: 'off' })).toBe('Still to pay: KES 700. Your line is still off.')
    expect(tail({ balance: money(0n, 'KES'), lineState: 'coming_on' })).toBe('All is paid. Your line comes on shortly.')
    expect(tail({ balance: money(70_000n, 'KES'), lineState: 'off' }, 'sw')).toBe('Bado unadaiwa: KES 700. Huduma bado imesimama.')
    expect(tail({ balance: money(0n, 'KES'), lineState: 'coming_on' }, 'sw')).toBe('Umelipa yote. Huduma inarudi hivi punde.')
  })

  it('of paid time that is over says that the line comes back, when it is off', () => {
    const off = { ...facts, lineState: 'off' } as const
    expect(composeMessage('expired', off, 'en')).toMatch(/100233\. The line comes back by itself once paid\.$/)
    expect(composeMessage('expired', off, 'sw')).toMatch(/100233\. Huduma itarudi yenyewe ukilipa\.$/)
  })

  it('leaves out what is not known, and the name of someone who has none', () => {
    const bare: MessageFacts = { organisationName: 'Net', subscriberName: ' ', accountNumber: '100233', amount: money(250_000n, 'KES') }
    expect(messageKinds.map((kind) => composeMessage(kind, bare, 'en'))).toEqual([
      'KES 2,500 for Net is due soon. Account 100233.',
      'KES 2,500 for Net is due now. Account 100233.',
      'KES 2,500 for Net is overdue. Account 100233.',
      'your Net line needs KES 2,500 soon to go on. Account 100233. It goes on by itself once paid.',
      'your paid time at Net is over. Pay KES 2,500, account 100233.',
      'your Net line is paused: KES 2,500 is unpaid. Account 100233. It comes back by itself once paid.',
      'Net received KES 2,500. Account 100233.',
    ])
  })

  it('does without a name that the table cannot write', () => {
    expect(composeMessage('invoice_due', { ...facts, subscriberName: 'করিম' }, 'en')).toMatch(/^KES 2,500 for Kilimani Net is due/)
    expect(composeMessage('invoice_due', { ...facts, subscriberName: 'Wanjikũ  K' }, 'en')).toMatch(/^Wanjiku, KES/)
  })

  it('tells of several lines at once, naming them as far as they fit', () => {
    const several = { ...facts, lineNames: ['amina-home', 'amina-shop', 'amina-farm'] }
    expect(composeMessage('renewal_due', several, 'en')).toBe(
      'Mary, your 3 Kilimani Net lines need KES 2,500 by 5 Aug to go on. Pay Paybill 400123, account 100233. Lines amina-home, amina-shop, amina-farm.',
    )
    expect(composeMessage('suspended', several, 'sw')).toBe(
      'Mary, huduma zako 3 za Kilimani Net zimesimama: KES 2,500 haijalipwa. Lipa kwa Paybill 400123, akaunti 100233. Laini amina-home, amina-shop, amina-farm.',
    )
    const many = { ...several, organisationName: 'K', lineNames: Array.from({ length: 12 }, (_, index) => `estate-house-${index}`) }
    expect(composeMessage('suspended', many, 'en')).toContain('Lines estate-house-0, estate-house-1 +10.')
    expect(composeMessage('invoice_before_due', { ...facts, invoiceNumbers: ['NRB-000001', 'NRB-000002'] }, 'en')).toMatch(
      /Invoices NRB-000001, NRB-000002\.$/,
    )
  })

  it('is English for who reads Bangla, whose letters would cost more parts', () => {
    for (const kind of messageKinds) expect(composeMessage(kind, facts, 'bn')).toBe(composeMessage(kind, facts, 'en'))
  })

  it('shows no family name, since it lies open on a locked screen', () => {
    for (const language of languages) {
      for (const kind of messageKinds) expect(composeMessage(kind, { ...facts, ...receipt }, language)).not.toMatch(/Wanjiku|Kamau/)
    }
  })

  it('drops what it can do without when it would need a second part', () => {
    const long = composeMessage('invoice_due', { ...facts, organisationName: 'Kilimani Community Network Cooperative Ltd' }, 'sw')
    expect(long).toBe(
      'Mary, KES 2,500 ya Kilimani Community Network Cooperative Ltd inatakiwa kulipwa 5 Ago. Lipa kwa Paybill 400123, akaunti 100233.',
    )
  })

  it('is plain GSM-7 in one part for all usual facts', () => {
    const names = fc.string({ unit: fc.constantFrom(...'abcdefghijKLMNOP ’ũéñ-'), minLength: 1, maxLength: 20 })
    const days = fc.constantFrom(civilDate('2026-08-05'), civilDate('2026-12-31'))
    const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
    const amounts = fc.bigInt({ min: 1n, max: 10_000_000n })
    const usual = fc
      .record({
        organisationName: names,
        subscriberName: names,
        accountNumber: fc.constantFrom('100233', 'NRB1002339'),
        payTo: maybe(fc.constantFrom('Paybill 400123', 'Till 5551234')),
        amount: amounts,
        currency: currencyCodes,
        dueOn: maybe(days),
        suspendsOn: maybe(days),
        invoiceNumbers: maybe(fc.array(fc.constant('NRB-000123'), { maxLength: 9 })),
        lineNames: maybe(fc.array(fc.stringMatching(/^[a-z0-9][a-z0-9@._-]{0,29}$/), { maxLength: 9 })),
        receipt: maybe(fc.constant('SFF6XYZ123')),
        balance: maybe(
          fc.oneof(
            amounts,
            amounts.map((amount) => -amount),
            fc.constant(0n),
          ),
        ),
        lineState: maybe(fc.constantFrom('on' as const, 'coming_on' as const, 'off' as const)),
      })
      .map(({ amount, currency, balance, ...rest }) => {
        const known = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
        return {
          ...known,
          amount: money(amount, currency),
          ...(balance !== undefined && { balance: money(balance, currency) }),
        } as MessageFacts
      })
    fc.assert(
      fc.property(usual, fc.constantFrom(...messageKinds), fc.constantFrom(...languages), (some, kind, language) => {
        const text = composeMessage(kind, some, language)
        expect(isGsm7(text)).toBe(true)
        expect(text.length, text).toBeLessThanOrEqual(160)
        expect(text).not.toMatch(/undefined|\[object| {2}| [.,]/)
      }),
      { numRuns: 3_000 },
    )
  })
})
