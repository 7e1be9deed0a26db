import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountsMinor, anchors, civilDates, currencyCodes, idOf } from '../../test/arbitraries.ts'
import { discountContexts, discountFactsOf, discountLists } from '../../test/discounts.ts'
import { priceOf, subscriptionOf } from '../../test/nouns.ts'
import { defaultBillingPolicy, firstPeriodPolicies } from '../catalog/billing-policy.ts'
import type { Price } from '../catalog/price.ts'
import { draftInvoice } from '../invoicing/draft-invoice.ts'
import type { InvoiceDraft } from '../invoicing/invoice.ts'
import { money } from '../money/money.ts'
import { chargesDue } from '../rating/charges-due.ts'
import type { Subscription } from '../subscriptions/subscription.ts'
import { bangladesh } from '../tax/countries/bd.ts'
import { kenya } from '../tax/countries/ke.ts'
import { pricings, type TaxPack, taxClasses } from '../tax/rule.ts'
import { addDays, civilDate, daysBetween } from '../time/calendar.ts'
import { type Difference, type IssuedInvoice, recomputeInvoice } from './recompute-invoice.ts'

type Terms = { readonly subscription: Subscription; readonly pack: TaxPack | undefined }

/** The draft with the facts it came from, as the store reads them back. */
function issued(draft: InvoiceDraft, { subscription, pack }: Terms): IssuedInvoice {
  const { cancelledOn, pauses } = subscription
  const [terms] = subscription.terms
  if (terms === undefined) throw new Error('a subscription has terms')
  const { price, origin, anchorDay, periodsBefore } = terms
  return {
    ...draft,
    lines: draft.lines.map((line) => ({
      ...line,
      priceVersion: price.version,
      facts: {
        price: price.amount,
        priceVersion: price.version,
        cadence: price.cadence,
        taxClass: price.taxClass,
        pricing: price.pricing,
        phases: price.phases,
        extras: price.extras,
        timing: price.timing,
        firstPeriod: price.policy.firstPeriod,
        component: line.component,
        discounts:
          subscription.discounting &&
          discountFactsOf(subscription.discounting.discounts, {
            ...subscription.discounting,
            day: line.period.start,
            planId: price.planId,
          }),
        startsOn: origin,
        anchorDay,
        periodsBefore,
        edges: [subscription.billedUntil, ...pauses.flatMap(({ from, until }) => (until === undefined ? [from] : [from, until]))],
        cancelledOn,
        period: line.period,
        taxPoint: line.taxPoint,
        rates: pack,
      },
    })),
  }
}

const codes = ['levy', 'excise', 'vat'] as const

/** Up to three taxes on each class in any order, on either base, each with up to four rates that come and go. */
const packs: fc.Arbitrary<TaxPack> = fc
  .record({
    rules: fc.array(
      fc
        .record({
          code: fc.constantFrom(...codes),
          rateBp: fc.integer({ min: 0, max: 4_000 }),
          from: civilDates,
          days: fc.option(fc.nat(5_000), { nil: undefined }),
          base: fc.constantFrom('net' as const, 'net_plus_previous' as const),
        })
        .map(({ days, ...rule }) => ({ ...rule, title: rule.code, until: days === undefined ? undefined : addDays(rule.from, days) })),
      { maxLength: 8 },
    ),
    classes: fc.record({
      internet: fc.shuffledSubarray([...codes]),
      equipment: fc.shuffledSubarray([...codes]),
      installation: fc.shuffledSubarray([...codes]),
      exempt: fc.constant([]),
    }),
  })
  .map((pack) => ({ country: 'XX', ...pack }))

const prices: fc.Arbitrary<Price> = fc
  .record({
    currency: currencyCodes,
    amounts: fc.tuple(amountsMinor, amountsMinor, amountsMinor, amountsMinor),
    trial: fc.integer({ min: 1, max: 4 }),
    intro: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    kind: fc.constantFrom('recurring' as const, 'one_time' as const),
    timing: fc.constantFrom('advance' as const, 'arrears' as const),
    taxClass: fc.constantFrom(...taxClasses),
    pricing: fc.constantFrom(...pricings),
    firstPeriod: fc.constantFrom(...firstPeriodPolicies),
  })
  .map(({ currency, amounts: [amount, less, extra, least], trial, intro, kind, firstPeriod, ...price }) =>
    priceOf({
      ...price,
      amount: money(amount, currency),
      phases: [
        { title: 'Trial', periods: trial, amount: money(least % 3n === 0n ? 0n : least, currency) },
        ...(intro === undefined ? [] : [{ title: 'Intro', periods: intro, amount: money(less, currency) }]),
      ],
      extras: [{ kind, key: 'extra', title: 'Extra', category: 'other', amount: money(extra, currency), taxClass: price.taxClass }],
      policy: { ...defaultBillingPolicy, firstPeriod },
    }),
  )

const subscriptions: fc.Arbitrary<Subscription> = fc
  .record({
    anchor: anchors,
    price: prices,
    livedDays: fc.option(fc.nat(1_500), { nil: undefined }),
    paused: fc.option(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 90 })), { nil: undefined }),
    billedDays: fc.nat(900),
    periodsBefore: fc.nat(5),
    discounting: fc.option(fc.record({ discounts: discountLists, context: discountContexts }), { nil: undefined }),
  })
  .map(({ anchor, price, livedDays, paused, billedDays, periodsBefore, discounting }) => {
    const { cadence, ...start } = anchor
    const cancelled = livedDays === undefined ? {} : ({ status: 'cancelled', cancelledOn: addDays(anchor.startsOn, livedDays) } as const)
    const from = addDays(anchor.startsOn, paused?.[0] ?? 0)
    const pauses = paused === undefined ? [] : [{ from, until: addDays(from, paused[1]) }]
    const billedUntil = addDays(anchor.startsOn, billedDays % 3 === 0 ? 0 : billedDays)
    const subscription = subscriptionOf({ ...start, ...cancelled, price: { ...price, cadence }, pauses, billedUntil })
    const terms = subscription.terms.map((one) => ({ ...one, periodsBefore }))
    return discounting === undefined
      ? { ...subscription, terms }
      : { ...subscription, terms, discounting: { ...discounting.context, discounts: discounting.discounts } }
  })

describe('the two calculators', () => {
  it('agree on every line that the first one issues', () => {
    let lines = 0
    let discounted = 0
    fc.assert(
      fc.property(
        subscriptions,
        fc.constantFrom(undefined, kenya, bangladesh),
        fc.option(packs, { nil: undefined }),
        fc.integer({ min: -40, max: 40 }),
        (subscription, pack, made, late) => {
          const far = civilDate('2200-01-01')
          const leadDays = daysBetween(subscription.startsOn, far)
          const { charges } = chargesDue(subscription, subscription.startsOn, { leadDays })
          for (const charge of charges) {
            const terms = { subscription, pack: made ?? pack }
            const today = addDays(charge.period.start, late)
            const draft = draftInvoice({ subscriberId: idOf('subscriber', 1), charges: [charge], today, taxPack: terms.pack })
            expect(recomputeInvoice(issued(draft, terms))).toMatchObject({ outcome: 'agree', differences: [], total: draft.total })
            lines += 1
            if (charge.discounts) discounted += 1
          }
        },
      ),
      { numRuns: 1_000 },
    )
    expect(lines).toBeGreaterThan(3_000)
    expect(discounted).toBeGreaterThan(150)
  })

  it('agree on an invoice of several lines', () => {
    const terms = { subscription: subscriptionOf({ anchorDay: 15 }), pack: kenya }
    const draft = drafted(terms, 3)
    const { outcome, lines, total } = recomputeInvoice(issued(draft, terms))
    expect([outcome, lines.length, total]).toEqual(['agree', 3, draft.total])
  })
})

describe('a line that is not what its facts give', () => {
  const terms = { subscription: subscriptionOf({ startsOn: civilDate('2026-06-12') }), pack: kenya }
  const sound = issued(drafted(terms, 1), terms)
  const [line] = sound.lines
  if (line === undefined) throw new Error('nothing was charged')
  const kes = (amountMinor: bigint) => money(amountMinor, 'KES')
  const named = (changes: Partial<typeof line>): readonly string[] => differences({ ...sound, lines: [{ ...line, ...changes }] }).map(shown)
  const facts = (changes: Partial<typeof line.facts>) => named({ facts: { ...line.facts, ...changes } })
  const firstTax = (changes: object) => named({ taxes: line.taxes.map((tax, index) => (index === 0 ? { ...tax, ...changes } : tax)) })

  it('is named by position and field, with both figures', () => {
    expect(sound.total).toEqual(kes(158_333n))
    expect(named({})).toEqual([])
    expect(named({ net: kes(118_691n) })).toEqual(['1 net: 1186.91 KES, recomputed 1186.90 KES'])
    expect(named({ total: kes(158_334n) })).toEqual(['1 total: 1583.34 KES, recomputed 1583.33 KES'])
    expect(named({ priceVersion: 2 })).toEqual(['1 price_version: 2, recomputed 3'])
    expect(named({ pricing: 'exclusive' })).toEqual(['1 pricing: exclusive, recomputed inclusive'])
    expect(named({ taxClass: 'exempt' })).toEqual(['1 tax_class: exempt, recomputed internet'])
    expect(firstTax({ rateBp: 2_000 })).toEqual(['1 excise_rate_bp: 2000, recomputed 1500'])
    expect(firstTax({ baseMinor: 1n })).toEqual(['1 excise_base: 0.01, recomputed 1186.90'])
    expect(firstTax({ amountMinor: 1n })).toEqual(['1 excise_amount: 0.01, recomputed 178.04'])
    expect(named({ taxes: line.taxes.slice(1) })).toEqual(['1 taxes: vat, recomputed excise, vat'])
    expect(named({ taxes: [] })).toEqual(['1 taxes: none, recomputed excise, vat'])
  })

  it('is named when its period is not the one its subscription has there', () => {
    const period = (start: string, end: string) => facts({ period: { start, end } }).filter((text) => text.includes('period'))
    expect(period('2026-06-12', '2026-07-01')).toEqual([])
    expect(period('2026-06-12', '2026-06-30')).toEqual(['1 period_end: 2026-06-30, recomputed 2026-07-01'])
    expect(period('2026-06-13', '2026-07-01')).toEqual(['1 period_start: 2026-06-13, recomputed 2026-06-12'])
    expect(period('2026-07-02', '2026-08-01')).toEqual(['1 period_start: 2026-07-02, recomputed 2026-07-01'])
    expect(period('2020-01-01', '2020-02-01')).toEqual([
      '1 period_start: 2020-01-01, recomputed 2026-06-12',
      '1 period_end: 2020-02-01, recomputed 2026-07-01',
    ])
  })

  it('is named when nothing was to be charged, since the subscription was over', () => {
    expect(facts({ cancelledOn: '2026-06-12' })).toContain('1 net: 1186.90 KES, recomputed 0.00 KES')
    expect(facts({ cancelledOn: '2026-06-10' })).toContain('1 period_end: 2026-07-01, recomputed 2026-06-12')
  })

  it('is named when its tax point is another day', () => {
    expect(facts({ taxPoint: '2022-06-12' })).toEqual([
      '1 tax_point: 2022-06-12, recomputed 2026-06-12',
      '1 net: 1186.90 KES, recomputed 1137.45 KES',
      '1 excise_rate_bp: 1500, recomputed 2000',
      '1 excise_base: 1186.90, recomputed 1137.45',
      '1 excise_amount: 178.04, recomputed 227.49',
    ])
  })

  it('is named for the invoice when that is not its lines, or is due on another day', () => {
    expect(differences({ ...sound, total: kes(1n) }).map(shown)).toEqual(['total: 0.01 KES, recomputed 1583.33 KES'])
    expect(differences({ ...sound, dueOn: '2026-06-11' }).map(shown)).toEqual(['due_on: 2026-06-11, recomputed 2026-06-12'])
    expect(differences({ ...sound, lines: [] }).map(shown)).toEqual(['total: 1583.33 KES, recomputed 0.00 KES'])
  })

  it('is found whatever amount is changed, and by however little', () => {
    const off = fc.bigInt({ min: -5n, max: 5n }).filter((by) => by !== 0n)
    fc.assert(
      fc.property(subscriptions, packs, off, fc.nat(), (subscription, pack, by, at) => {
        const [charge] = chargesDue(subscription, civilDate('2100-01-01'), { leadDays: 0 }).charges
        fc.pre(charge !== undefined)
        const today = charge.period.start
        const draft = draftInvoice({ subscriberId: idOf('subscriber', 1), charges: [charge], today, taxPack: pack })
        const [whole] = issued(draft, { subscription, pack }).lines
        fc.pre(whole !== undefined)
        const wrong = [
          { ...whole, net: { ...whole.net, amountMinor: whole.net.amountMinor + by } },
          { ...whole, total: { ...whole.total, amountMinor: whole.total.amountMinor + by } },
          ...whole.taxes.map((_, taxed) => ({
            ...whole,
            taxes: whole.taxes.map((tax, index) => (index === taxed ? { ...tax, amountMinor: tax.amountMinor + by } : tax)),
          })),
        ]
        const line = wrong[at % wrong.length]
        fc.pre(line !== undefined)
        expect(differences({ ...draft, lines: [line] }).length).toBeGreaterThan(0)
      }),
    )
  })
})

function drafted({ subscription, pack }: Terms, count: number): InvoiceDraft {
  const { charges } = chargesDue(subscription, subscription.startsOn, { leadDays: 100 })
  const today = subscription.startsOn
  return draftInvoice({ subscriberId: idOf('subscriber', 1), charges: charges.slice(0, count), today, taxPack: pack })
}

const differences = (invoice: IssuedInvoice): readonly Difference[] => recomputeInvoice(invoice).differences

const shown = ({ position, field, issued: before, recomputed }: Difference): string =>
  `${position === undefined ? '' : `${position} `}${field}: ${before}, recomputed ${recomputed}`
