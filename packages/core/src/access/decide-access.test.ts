import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { civilDates } from '../../test/arbitraries.ts'
import { profile } from '../../test/nouns.ts'
import { addDays, type CivilDate, civilDate, weekdayOf, weekdays } from '../time/calendar.ts'
import { defaultCutOffPolicy } from './cut-off-policy.ts'
import { decideAccess, isCutOff } from './decide-access.ts'
import type { AccessDecision, AccessInput } from './entitlement.ts'

const today = civilDate('2026-06-10')
const subscription: AccessInput['subscription'] = {
  status: 'active',
  startsOn: civilDate('2026-01-01'),
  billing: 'postpaid',
  graceDays: 3,
  billedUntil: civilDate('2026-05-01'),
  pauses: [],
}
const debt = (dueOn: string, openMinor = 250_000n) => ({ dueOn: civilDate(dueOn), openMinor })
const decide = (changes: Partial<AccessInput>) => {
  const { state, reason, recheckOn } = decideAccess({ today, subscription, openInvoices: [], profile, ...changes })
  return [state, reason, recheckOn]
}

describe('access', () => {
  it('is active while nothing is owed, without a day to look again', () => {
    expect(decideAccess({ today, subscription, openInvoices: [], profile })).toEqual({ state: 'active', reason: 'paid', profile })
    expect(decide({ openInvoices: [debt('2026-01-01', 0n)] })).toEqual(['active', 'paid', undefined])
  })

  it.each([
    ['2026-06-09', 'active', 'paid', '2026-06-11'],
    ['2026-06-10', 'active', 'paid', '2026-06-11'],
    ['2026-06-11', 'active', 'in_grace', '2026-06-14'],
    ['2026-06-13', 'active', 'in_grace', '2026-06-14'],
    ['2026-06-14', 'suspended', 'overdue', undefined],
    ['2027-06-14', 'suspended', 'overdue', undefined],
  ])('on %s, with a debt due 10 June and 3 days of grace, is %s (%s)', (day, state, reason, recheckOn) => {
    expect(decide({ today: civilDate(day), openInvoices: [debt('2026-06-10')] })).toEqual([state, reason, recheckOn])
  })

  it('without grace ends on the day after the due date', () => {
    const strict = { ...subscription, graceDays: 0 }
    expect(decide({ subscription: strict, openInvoices: [debt('2026-06-10')] })).toEqual(['active', 'paid', '2026-06-11'])
    expect(decide({ subscription: strict, openInvoices: [debt('2026-06-09')] })).toEqual(['suspended', 'overdue', undefined])
  })

  it('of a prepaid plan lasts as long as it is paid for, then expires after its grace', () => {
    const prepaid = (billedUntil: string) => ({ ...subscription, billing: 'prepaid', billedUntil: civilDate(billedUntil) }) as const
    expect(decide({ subscription: prepaid('2026-06-11') })).toEqual(['active', 'paid', '2026-06-11'])
    expect(decide({ subscription: prepaid('2026-06-10') })).toEqual(['active', 'in_grace', '2026-06-13'])
    expect(decide({ subscription: prepaid('2026-06-08') })).toEqual(['active', 'in_grace', '2026-06-11'])
    expect(decide({ subscription: prepaid('2026-06-07') })).toEqual(['suspended', 'expired', undefined])
  })

  it('of a prepaid plan that was never bought has no grace', () => {
    const never = { ...subscription, billing: 'prepaid', startsOn: today, billedUntil: today } as const
    expect(decide({ subscription: never })).toEqual(['suspended', 'expired', undefined])
  })

  it('is off during a pause', () => {
    const paused = { ...subscription, pauses: [{ from: civilDate('2026-06-12'), until: civilDate('2026-06-15') }] }
    expect(decide({ subscription: paused })).toEqual(['active', 'paid', '2026-06-12'])
    expect(decide({ subscription: paused, today: civilDate('2026-06-12') })).toEqual(['suspended', 'paused', '2026-06-15'])
    expect(decide({ subscription: paused, today: civilDate('2026-06-15') })).toEqual(['active', 'paid', undefined])
  })

  it('is looked at again when other terms begin, since they may have other speeds', () => {
    const changing = { ...subscription, nextTermsOn: civilDate('2026-06-20') }
    expect(decide({ subscription: changing })).toEqual(['active', 'paid', '2026-06-20'])
  })

  it('stays on past its grace while the cut-off is not approved; a prepaid plan ends all the same', () => {
    const openInvoices = [debt('2026-06-01')]
    expect(decide({ openInvoices, awaitsApproval: true })).toEqual(['active', 'awaiting_approval', undefined])
    expect(decide({ openInvoices: [debt('2026-06-09')], awaitsApproval: true })).toEqual(['active', 'in_grace', '2026-06-13'])
    expect(decide({ openInvoices: [], awaitsApproval: true })).toEqual(['active', 'paid', undefined])
    expect(decide({ openInvoices, awaitsApproval: true, hold: 'held' })).toEqual(['suspended', 'held', undefined])
    const prepaid = { ...subscription, billing: 'prepaid' } as const
    expect(decide({ openInvoices, awaitsApproval: true, subscription: prepaid })).toEqual(['suspended', 'expired', undefined])
  })

  it('follows the oldest debt', () => {
    expect(decide({ openInvoices: [debt('2026-07-01'), debt('2026-06-09'), debt('2026-05-01', 0n)] })).toEqual([
      'active',
      'in_grace',
      '2026-06-13',
    ])
  })

  it('waits for a day on which it may cut off, and stays off on one on which it may not', () => {
    // 13 and 14 June 2026 are a Saturday and a Sunday.
    const cutOff = { minimumDebtMinor: 0n, notOnWeekdays: ['saturday', 'sunday'] as const, holidays: [civilDate('2026-06-15')] }
    const openInvoices = [debt('2026-06-09')]
    const on = (day: string) => decide({ today: civilDate(day), openInvoices, cutOff })
    expect(on('2026-06-12')).toEqual(['active', 'in_grace', '2026-06-13'])
    expect(on('2026-06-13')).toEqual(['active', 'cut_off_waits', '2026-06-16'])
    expect(on('2026-06-15')).toEqual(['active', 'cut_off_waits', '2026-06-16'])
    expect(on('2026-06-16')).toEqual(['suspended', 'overdue', undefined])
    expect(on('2026-06-20')).toEqual(['suspended', 'overdue', undefined])
  })

  it('leaves on who owes less than the minimum debt, until more is past its grace', () => {
    const cutOff = { minimumDebtMinor: 30_000n, notOnWeekdays: [], holidays: [] }
    const small = debt('2026-06-01', 29_999n)
    expect(decide({ openInvoices: [small], cutOff })).toEqual(['active', 'below_minimum', undefined])
    expect(decide({ openInvoices: [small, debt('2026-06-08', 1n)], cutOff })).toEqual(['active', 'below_minimum', '2026-06-12'])
    expect(decide({ openInvoices: [debt('2026-06-01', 30_000n)], cutOff })).toEqual(['suspended', 'overdue', undefined])
  })

  it('lets an overdraft be used to the last cent', () => {
    expect(decide({ openInvoices: [debt('2026-06-01', 50_000n)], overdraftMinor: 50_000n })).toEqual(['active', 'in_overdraft', undefined])
    expect(decide({ openInvoices: [debt('2026-06-01', 50_001n)], overdraftMinor: 50_000n })).toEqual(['suspended', 'overdue', undefined])
  })

  it('is extended until the day that was promised', () => {
    const openInvoices = [debt('2026-06-01')]
    const extendedUntil = civilDate('2026-06-13')
    expect(decide({ openInvoices, extendedUntil })).toEqual(['active', 'extended', '2026-06-13'])
    expect(decide({ openInvoices, extendedUntil, today: extendedUntil })).toEqual(['suspended', 'overdue', undefined])
    const cutOff = { minimumDebtMinor: 0n, notOnWeekdays: ['saturday'] as const, holidays: [] }
    expect(decide({ openInvoices, extendedUntil, cutOff, today: extendedUntil })).toEqual(['active', 'cut_off_waits', '2026-06-14'])
  })

  it('is held by instalments for as long as they come, and only as to their invoices', () => {
    const instalments = [
      { dueOn: civilDate('2026-06-12'), amountMinor: 100n },
      { dueOn: civilDate('2026-07-12'), amountMinor: 100n },
    ]
    const planned = (coveredMinor: bigint, endedOn?: CivilDate) => ({
      ...debt('2026-05-01', 200n - coveredMinor),
      plan: { instalments, coveredMinor, graceDays: 2, ...(endedOn && { endedOn }) },
    })
    expect(decide({ openInvoices: [planned(0n)] })).toEqual(['active', 'on_instalments', '2026-06-15'])
    expect(decide({ openInvoices: [planned(99n)] })).toEqual(['active', 'on_instalments', '2026-06-15'])
    expect(decide({ openInvoices: [planned(100n)] })).toEqual(['active', 'on_instalments', '2026-07-15'])
    expect(decide({ openInvoices: [planned(100n, today)] })).toEqual(['suspended', 'overdue', undefined])
    expect(decide({ openInvoices: [planned(100n), debt('2026-06-01')] })).toEqual(['suspended', 'overdue', undefined])
  })

  it('begins with the subscription', () => {
    const later = { ...subscription, startsOn: civilDate('2026-06-15') }
    expect(decide({ subscription: later })).toEqual(['suspended', 'not_started', '2026-06-15'])
    expect(decide({ subscription: { ...later, startsOn: today } })).toEqual(['active', 'paid', undefined])
  })

  it('closes on the day of the cancellation, whatever staff or the books say', () => {
    const cancelled = { ...subscription, status: 'cancelled', cancelledOn: civilDate('2026-06-20') } as const
    expect(decide({ subscription: cancelled })).toEqual(['active', 'paid', '2026-06-20'])
    expect(decide({ subscription: cancelled, hold: 'opened' })).toEqual(['active', 'opened', '2026-06-20'])
    expect(decide({ subscription: { ...cancelled, cancelledOn: today }, hold: 'opened' })).toEqual(['closed', 'cancelled', undefined])
    expect(decide({ subscription: { ...subscription, status: 'cancelled' } })).toEqual(['closed', 'cancelled', undefined])
  })

  it('is kept on or off by staff against the books', () => {
    expect(decide({ hold: 'held' })).toEqual(['suspended', 'held', undefined])
    expect(decide({ hold: 'opened', openInvoices: [debt('2026-01-01')] })).toEqual(['active', 'opened', undefined])
    expect(decide({ hold: 'opened', subscription: { ...subscription, startsOn: civilDate('2026-07-01') } })).toEqual([
      'active',
      'opened',
      undefined,
    ])
  })

  it('is never changed by a day of cancellation on a subscription that is active', () => {
    expect(decide({ subscription: { ...subscription, cancelledOn: civilDate('2026-06-01') } })).toEqual(['active', 'paid', undefined])
  })
})

describe('any access', () => {
  const nearby = (date: CivilDate, offset: number) => addDays(date, offset)
  const offsets = fc.integer({ min: -25, max: 25 })
  const amounts = fc.constantFrom(0n, 1n, 100_000n, 250_000n)
  const plans = fc.record({
    parts: fc.array(fc.record({ offset: offsets, amountMinor: amounts }), { minLength: 1, maxLength: 4 }),
    coveredMinor: amounts,
    graceDays: fc.integer({ min: 0, max: 4 }),
    endedOffset: fc.option(offsets, { nil: undefined, freq: 2 }),
  })
  const debts = fc.array(fc.record({ offset: offsets, openMinor: amounts, plan: fc.option(plans, { nil: undefined }) }), { maxLength: 5 })
  const cutOffs = fc.record({
    minimumDebtMinor: fc.constantFrom(0n, 2n, 100_001n, 400_000n),
    notOnWeekdays: fc.subarray([...weekdays], { maxLength: 6 }),
    holidayOffsets: fc.array(offsets, { maxLength: 8 }),
  })
  const inputs: fc.Arbitrary<AccessInput> = fc
    .record({
      day: civilDates,
      status: fc.constantFrom('active' as const, 'cancelled' as const),
      startOffset: offsets,
      cancelOffset: fc.option(offsets, { nil: undefined }),
      billing: fc.constantFrom('prepaid' as const, 'postpaid' as const),
      graceDays: fc.integer({ min: 0, max: 12 }),
      debts,
      hold: fc.constantFrom(undefined, undefined, undefined, undefined, 'opened' as const, 'held' as const),
      cutOff: fc.option(cutOffs, { nil: undefined }),
      overdraftMinor: fc.constantFrom(0n, 1n, 250_000n),
      extendedOffset: fc.option(offsets, { nil: undefined }),
      awaitsApproval: fc.boolean(),
      billedDays: fc.nat(40),
      paused: fc.option(fc.tuple(offsets, fc.integer({ min: 1, max: 20 })), { nil: undefined }),
    })
    .map(
      ({
        day,
        status,
        startOffset,
        cancelOffset,
        billing,
        graceDays,
        debts: some,
        hold,
        cutOff,
        overdraftMinor,
        extendedOffset,
        awaitsApproval,
        billedDays,
        paused,
      }) => ({
        today: day,
        subscription: {
          status,
          startsOn: nearby(day, startOffset),
          billing,
          graceDays,
          billedUntil: nearby(day, startOffset + billedDays),
          pauses: paused === undefined ? [] : [{ from: nearby(day, paused[0]), until: nearby(day, paused[0] + paused[1]) }],
          ...(cancelOffset !== undefined && { cancelledOn: nearby(day, cancelOffset) }),
        },
        openInvoices: some.map(({ offset, openMinor, plan }) => ({
          dueOn: nearby(day, offset),
          openMinor,
          ...(plan && {
            plan: {
              instalments: plan.parts.map((part) => ({ dueOn: nearby(day, part.offset), amountMinor: part.amountMinor })),
              coveredMinor: plan.coveredMinor,
              graceDays: plan.graceDays,
              ...(plan.endedOffset !== undefined && { endedOn: nearby(day, plan.endedOffset) }),
            },
          }),
        })),
        overdraftMinor,
        ...(extendedOffset !== undefined && { extendedUntil: nearby(day, extendedOffset) }),
        ...(cutOff && {
          cutOff: {
            minimumDebtMinor: cutOff.minimumDebtMinor,
            notOnWeekdays: cutOff.notOnWeekdays,
            holidays: cutOff.holidayOffsets.map((offset) => nearby(day, offset)),
          },
        }),
        profile,
        awaitsApproval,
        ...(hold !== undefined && { hold }),
      }),
    )
  const standing = (input: AccessInput) => {
    const { state, reason, overdue = false } = decideAccess(input)
    return `${state} ${reason} ${overdue}`
  }

  it('stays as it is until the day to look again, and differs on that day', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { recheckOn } = decideAccess(input)
        const now = standing(input)
        for (let day = addDays(input.today, 1); day < (recheckOn ?? addDays(input.today, 80)); day = addDays(day, 1)) {
          if (standing({ ...input, today: day }) !== now) expect.fail(`differs on ${day}, before ${recheckOn}`)
        }
        if (recheckOn === undefined) return
        expect(recheckOn > input.today).toBe(true)
        expect(standing({ ...input, today: recheckOn })).not.toBe(now)
      }),
      { numRuns: 5_000 },
    )
  })

  it('is overdue when its debts cut it off, on the days that are no pause, also while staff holds it', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { hold: _, ...unheld } = input
        const alone = decideAccess(unheld)
        expect(alone.overdue === true).toBe(alone.reason === 'overdue')
        expect(decideAccess({ ...input, hold: 'held' }).overdue).toBe(alone.overdue)
        expect(decideAccess({ ...input, hold: 'opened' }).overdue).toBeUndefined()
        if (alone.overdue) expect(isCutOff(input)).toBe(true)
        if (alone.state === 'active') expect(isCutOff(input)).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is never cut off for a debt on a protected day, and once cut off never let on by a day alone', () => {
    const isOff = ({ reason }: AccessDecision) => ['overdue', 'expired'].includes(reason)
    fc.assert(
      fc.property(inputs, (input) => {
        const { holidays, notOnWeekdays } = input.cutOff ?? defaultCutOffPolicy
        let before = decideAccess(input)
        for (let day = addDays(input.today, 1); day < addDays(input.today, 50); day = addDays(day, 1)) {
          const now = decideAccess({
            ...input,
            today: day,
            subscription: { ...input.subscription, status: 'active', startsOn: input.today },
          })
          const isSecond = day !== addDays(input.today, 1)
          if (isSecond && before.state === 'active' && isOff(now))
            expect(holidays.includes(day) || notOnWeekdays.includes(weekdayOf(day)), day).toBe(false)
          if (isSecond && isOff(before)) expect(now.state, day).toBe('suspended')
          before = now
        }
      }),
      { numRuns: 500 },
    )
  })

  it('is never worse for a larger overdraft, a longer extension or a smaller debt', () => {
    const rank = { active: 3, limited: 2, suspended: 1, closed: 0 }
    fc.assert(
      fc.property(inputs, fc.integer({ min: 0, max: 9 }), amounts, (input, days, more) => {
        const kinder: AccessInput = {
          ...input,
          overdraftMinor: (input.overdraftMinor ?? 0n) + more,
          extendedUntil: addDays(input.extendedUntil ?? input.today, days),
          openInvoices: input.openInvoices.map((one) => ({ ...one, openMinor: one.openMinor > more ? one.openMinor - more : 0n })),
        }
        expect(rank[decideAccess(kinder).state]).toBeGreaterThanOrEqual(rank[decideAccess(input).state])
      }),
      { numRuns: 1_000 },
    )
  })

  it('is never better for one more debt, nor worse for one paid', () => {
    const rank = { active: 3, limited: 2, suspended: 1, closed: 0 }
    fc.assert(
      fc.property(inputs, offsets, (input, offset) => {
        const more = [...input.openInvoices, { dueOn: nearby(input.today, offset), openMinor: 1n }]
        expect(rank[decideAccess({ ...input, openInvoices: more }).state]).toBeLessThanOrEqual(rank[decideAccess(input).state])
      }),
      { numRuns: 500 },
    )
  })

  it('is never worse for more grace', () => {
    const rank = { active: 3, limited: 2, suspended: 1, closed: 0 }
    fc.assert(
      fc.property(inputs, fc.integer({ min: 0, max: 10 }), (input, extra) => {
        const kinder = { ...input, subscription: { ...input.subscription, graceDays: input.subscription.graceDays + extra } }
        expect(rank[decideAccess(kinder).state]).toBeGreaterThanOrEqual(rank[decideAccess(input).state])
      }),
    )
  })

  it('does not depend on the order of invoices, and has the profile it was asked for', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const decision = decideAccess(input)
        expect(decideAccess({ ...input, openInvoices: [...input.openInvoices].reverse() })).toEqual(decision)
        expect(decision.profile).toBe(profile)
      }),
    )
  })
})
