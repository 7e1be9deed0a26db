import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { civilDates, idOf } from '../../test/arbitraries.ts'
import { priceOf, subscriptionOf, termsOf } from '../../test/nouns.ts'
import { packOf } from '../../test/tax-packs.ts'
import type { Price } from '../catalog/price.ts'
import { type ClaimedDays, creditForDays, leftOf } from '../invoicing/credit-line.ts'
import { draftInvoice } from '../invoicing/draft-invoice.ts'
import { money } from '../money/money.ts'
import { chargesDue } from '../rating/charges-due.ts'
import type { TaxedAmount } from '../tax/compute-tax.ts'
import type { TaxPack } from '../tax/rule.ts'
import { addDays, type CivilDate, civilDate } from '../time/calendar.ts'
import { daysIn, overlaps, type Period } from '../time/period.ts'
import { changePlan, endOfCharged, type PlanChangeTime, withdrawChange } from './change-plan.ts'
import type { Course } from './course.ts'
import { type Subscription, termsOn, withTerms } from './subscription.ts'

const on = civilDate
const kes = (amountMinor: bigint) => money(amountMinor, 'KES')

describe('a change of plan', () => {
  const subscription = subscriptionOf({ billedUntil: on('2026-07-01') })
  const bigger = priceOf({ id: idOf('price', 2), version: 4, amount: kes(500_000n) })
  const weekly = priceOf({ id: idOf('price', 3), version: 5, cadence: { unit: 'week', count: 1 } })

  it('now gives the charged days back and keeps the billing day', () => {
    const course = changePlan(subscription, bigger, 'now_prorated', on('2026-06-16'))
    expect(course).toMatchObject({
      terms: [{ number: 2, price: bigger, origin: '2026-06-01', anchorDay: 1, from: '2026-06-16' }],
      billedUntil: '2026-06-16',
      released: { from: '2026-06-16' },
    })
  })

  it('begins a period on the day when it restarts, or when the cadence is another; phases go on counting', () => {
    for (const [price, when] of [
      [bigger, 'now_restarted'],
      [weekly, 'now_prorated'],
    ] as const)
      expect(changePlan(subscription, price, when, on('2026-06-16')).terms).toMatchObject([
        { origin: '2026-06-16', anchorDay: 16, periodsBefore: 1 },
      ])
  })

  it('at the period end waits for the end of what is charged, and the last one noted counts', () => {
    const first = changePlan(subscription, weekly, 'at_period_end', on('2026-06-16'))
    expect(first).toMatchObject({ terms: [{ from: '2026-07-01', price: weekly }], billedUntil: '2026-07-01' })
    expect(first.released).toBeUndefined()
    const noted = withTerms(subscription, first.terms)
    const second = withTerms(noted, changePlan(noted, bigger, 'at_period_end', on('2026-06-17')).terms)
    expect(second.terms).toMatchObject([
      { number: 1, until: '2026-07-01' },
      { number: 3, from: '2026-07-01', price: bigger, origin: '2026-06-01' },
    ])
    expect(withTerms(second, withdrawChange(second, on('2026-06-20'))?.terms ?? []).terms).toMatchObject([
      { number: 1, until: '2026-07-01' },
      { number: 4, from: '2026-07-01', price: { version: 3 } },
    ])
    expect(withdrawChange(subscription, on('2026-06-20'))).toBeUndefined()
  })

  it('in arrears charges up to the day, and ends with its period', () => {
    const arrears = subscriptionOf({ price: priceOf({ timing: 'arrears' }) })
    const course = changePlan(arrears, bigger, 'now_prorated', on('2026-06-16'))
    expect(course.released).toBeUndefined()
    const { charges } = chargesDue({ ...withTerms(arrears, course.terms), billedUntil: course.billedUntil }, on('2026-06-16'), {
      leadDays: 0,
    })
    expect(charges.map(({ period, terms }) => [period.start, period.end, terms])).toEqual([
      ['2026-06-01', '2026-06-16', 1],
      ['2026-06-16', '2026-07-01', 2],
    ])
    expect(endOfCharged(arrears, on('2026-06-16'))).toBe('2026-07-01')
  })

  it('of what ran out counts from the day, and days without service are not owed', () => {
    const prepaid = subscriptionOf({ price: priceOf({ billing: 'prepaid' }), billedUntil: on('2026-07-01') })
    expect(changePlan(prepaid, bigger, 'now_prorated', on('2026-07-20')).billedUntil).toBe('2026-07-20')
    expect(changePlan(prepaid, priceOf({ billing: 'prepaid' }), 'now_prorated', on('2026-07-20')).billedUntil).toBe('2026-07-01')
    expect(endOfCharged(prepaid, on('2026-07-20'))).toBe('2026-07-20')
    const off = { unserved: true }
    expect(changePlan(subscription, bigger, 'now_prorated', on('2026-07-20'), off).billedUntil).toBe('2026-07-20')
  })

  it('from postpaid to prepaid charges what is owed and leaves the rest to be bought', () => {
    const arrears = subscriptionOf({ price: priceOf({ timing: 'arrears' }) })
    const { terms, billedUntil } = changePlan(arrears, priceOf({ billing: 'prepaid' }), 'now_prorated', on('2026-06-16'))
    const due = chargesDue({ ...withTerms(arrears, terms), billedUntil }, on('2026-06-16'), { leadDays: 7 })
    expect(due).toMatchObject({ billedUntil: '2026-06-16', nextInvoiceOn: '2026-06-16' })
    expect(due.charges).toHaveLength(1)
  })

  it('on the first day starts over, with what is charged once', () => {
    const fee = {
      kind: 'one_time',
      key: 'set-up',
      title: 'Set-up',
      category: 'installation',
      amount: kes(100_000n),
      taxClass: 'exempt',
    } as const
    const sold = subscriptionOf({ startsOn: on('2026-06-19'), price: priceOf({ extras: [fee] }) })
    const same = priceOf({ extras: [fee], version: 9 })
    const { terms, billedUntil } = changePlan({ ...sold, billedUntil: on('2026-07-01') }, same, 'now_prorated', on('2026-06-19'))
    const { charges } = chargesDue({ ...withTerms(sold, terms), billedUntil }, on('2026-06-19'), { leadDays: 0 })
    expect(charges.map(({ component, amount }) => [component, amount.amountMinor])).toEqual([
      ['base', 100_000n],
      ['set-up', 100_000n],
    ])
  })
})

type Line = ClaimedDays & { readonly component: string; readonly charged: readonly Period[]; readonly left: TaxedAmount }
type Books = { readonly subscription: Subscription; readonly lines: readonly Line[]; readonly figures: ReadonlyMap<string, bigint> }

/** What is claimed in net and each tax, once charges are added and credits taken off. */
function summed(figures: ReadonlyMap<string, bigint>, { net, taxes }: TaxedAmount, sign: 1n | -1n): ReadonlyMap<string, bigint> {
  const next = new Map(figures)
  const count = (name: string, amountMinor: bigint) => next.set(name, (next.get(name) ?? 0n) + sign * amountMinor)
  count('net', net.amountMinor)
  for (const { code, amountMinor } of taxes) count(code, amountMinor)
  return next
}

/** The books of one subscription without a database: lines are claimed, and credited by their days. */
function follow(books: Books, course: Course, day: CivilDate, pack: TaxPack): Books {
  let figures = books.figures
  const { released } = course
  const lines = books.lines.map((line): Line => {
    let { left } = line
    const charged = line.charged.flatMap((span) => {
      if (released === undefined || released.from >= span.end) return [span]
      const days = { start: released.from > span.start ? released.from : span.start, end: span.end }
      const credit = creditForDays(line, days, left)
      figures = summed(figures, credit, -1n)
      left = leftOf(left, [credit])
      return days.start > span.start ? [{ start: span.start, end: days.start }] : []
    })
    return { ...line, charged, left }
  })
  const changed = { ...withTerms(books.subscription, course.terms), billedUntil: course.billedUntil }
  return charge({ subscription: changed, lines, figures }, day, pack)
}

function charge({ subscription, lines, figures }: Books, day: CivilDate, pack: TaxPack): Books {
  const { charges, billedUntil, capped } = chargesDue(subscription, day, { leadDays: 7 })
  fc.pre(!capped)
  const moved = { ...subscription, billedUntil }
  if (charges.length === 0) return { subscription: moved, lines, figures }
  const draft = draftInvoice({ subscriberId: subscription.subscriberId, charges, today: day, taxPack: pack })
  return {
    subscription: moved,
    lines: [...lines, ...draft.lines.map((line): Line => ({ ...line, charged: [line.period], left: line }))],
    figures: draft.lines.reduce((sum, line) => summed(sum, line, 1n), figures),
  }
}

const packs = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.constantFrom('net' as const, 'net_plus_previous' as const)), { maxLength: 3 })
  .map((taxes) => packOf(...taxes.map(([rateBp, base], index) => [`tax${index}`, rateBp, base] as const)))
/** Of less than a cent a day some days would cost nothing, and be on no line. */
const amounts = fc.bigInt({ min: 2_000n, max: 100_000_000n })
const prices = fc
  .record({
    amount: amounts,
    extra: fc.option(amounts, { nil: undefined }),
    unit: fc.constantFrom('week' as const, 'month' as const, 'year' as const),
    count: fc.integer({ min: 1, max: 3 }),
    pricing: fc.constantFrom('inclusive' as const, 'exclusive' as const),
    timing: fc.constantFrom('advance' as const, 'advance' as const, 'arrears' as const),
  })
  .map(
    ({ amount, extra, unit, count, pricing, timing }): Price =>
      priceOf({
        amount: kes(amount),
        cadence: { unit, count },
        pricing,
        timing,
        extras:
          extra === undefined
            ? []
            : [{ kind: 'recurring', key: 'ip', title: 'IP', category: 'equipment', amount: kes(extra), taxClass: 'internet' }],
      }),
  )
const times = fc.constantFrom<PlanChangeTime>('now_prorated', 'now_prorated', 'now_restarted')
const worlds = fc.record({
  startsOn: civilDates.filter((day) => day > '1970'),
  anchorDay: fc.integer({ min: 1, max: 31 }),
  price: prices,
  pack: packs,
  day: fc.nat(20),
})

const opened = ({ startsOn, anchorDay, price, pack, day }: typeof worlds extends fc.Arbitrary<infer World> ? World : never) => {
  const today = addDays(startsOn, day)
  const subscription = subscriptionOf({ startsOn, anchorDay, price })
  return { today, pack, price, books: charge({ subscription, lines: [], figures: new Map() }, today, pack) }
}

const claimed = ({ figures }: Books) => [...figures].filter(([, amountMinor]) => amountMinor !== 0n).sort()
const baseDays = ({ lines }: Books) =>
  lines
    .flatMap(({ component, charged }) => (component === 'base' ? charged : []))
    .sort((left, right) => (left.start < right.start ? -1 : 1))

describe('changes of plan', () => {
  it('up and down again on one day come to nothing, in net and in each tax, however often', () => {
    fc.assert(
      fc.property(worlds, fc.array(fc.tuple(prices, times), { minLength: 1, maxLength: 4 }), (world, changes) => {
        const { today, pack, price, books } = opened(world)
        fc.pre(price.timing === 'advance' && changes.every(([other]) => other.timing === 'advance'))
        // Periods that restart on the first day of all have no others to go back to.
        fc.pre(world.day > 0 || changes.every(([, when]) => when !== 'now_restarted'))
        const away = changes.reduce((at, [other, when]) => follow(at, changePlan(at.subscription, other, when, today), today, pack), books)
        const back = follow(away, changePlan(away.subscription, price, 'now_prorated', today), today, pack)
        expect(claimed(back)).toEqual(claimed(books))
        expect(back.subscription.billedUntil).toBe(books.subscription.billedUntil)
        const schedule = ({ origin, anchorDay, periodsBefore }: ReturnType<typeof termsOn>) => [origin, anchorDay, periodsBefore]
        expect(schedule(termsOn(back.subscription, today))).toEqual(schedule(termsOn(books.subscription, today)))
      }),
    )
  })

  it('over many days charge every day once, and claim what the charged days cost to the cent', () => {
    fc.assert(
      fc.property(worlds, fc.array(fc.tuple(prices, times, fc.nat(40)), { maxLength: 5 }), (world, changes) => {
        const { today, pack, books } = opened(world)
        let at = books
        let day = today
        for (const [price, when, later] of changes) {
          day = addDays(day, later)
          at = charge(at, day, pack)
          at = follow(at, changePlan(at.subscription, price, when, day), day, pack)
        }
        const days = baseDays(at)
        for (const [index, span] of days.entries()) expect(days.slice(index + 1).some((other) => overlaps(span, other))).toBe(false)
        const charged = days.reduce((sum, span) => sum + daysIn(span), 0)
        const { startsOn, billedUntil } = at.subscription
        expect(charged).toBe(billedUntil > startsOn ? daysIn({ start: startsOn, end: billedUntil }) : 0)
        const left = at.lines.reduce((sum, line) => summed(sum, line.left, 1n), new Map<string, bigint>() as ReadonlyMap<string, bigint>)
        expect(claimed({ ...at, figures: left })).toEqual(claimed(at))
      }),
    )
  })

  it('are taken under the terms of the day before, so what was changed twice on one day served no day', () => {
    const weekly = priceOf({ cadence: { unit: 'week', count: 1 } })
    const terms = [
      termsOf({ until: on('2026-06-16') }),
      termsOf({ number: 2, price: weekly, origin: on('2026-06-16'), from: on('2026-06-16') }),
    ]
    const subscription = subscriptionOf({ terms, billedUntil: on('2026-06-23') })
    expect(changePlan(subscription, priceOf(), 'now_prorated', on('2026-06-16')).terms).toMatchObject([
      { number: 3, origin: '2026-06-01', anchorDay: 1 },
    ])
  })
})
