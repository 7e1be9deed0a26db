import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Row } from '../src/client/request.ts'
import type { Naming } from '../src/convert.ts'
import { type Found, makePlan } from '../src/plan.ts'
import { full, markOf, reduced, want } from './wanted.ts'

const naming: Naming = {
  suspendMode: 'profile',
  suspendedProfile: 'nyuzi-suspended',
  suspendedList: 'suspended',
  suspendedRate: '64k/64k',
  profilePrefix: 'nyuzi-',
  localAddress: undefined,
  remotePool: undefined,
}
const ours = (index: number, fields: Row = {}): Row => ({
  '.id': `*${index}`,
  name: `line-${index}`,
  profile: 'nyuzi-home-10',
  disabled: 'false',
  comment: markOf(index),
  ...fields,
})
const profile = (fields: Row = {}): Row => ({
  '.id': '*A',
  name: 'nyuzi-home-10',
  'rate-limit': '5M/10M',
  comment: 'nyuzi:profile',
  ...fields,
})
const byName = (rows: readonly Row[]) => new Map(rows.map((row) => [row['name'] ?? '', row]))
const found = (secrets: readonly Row[] = [], profiles: readonly Row[] = [profile()], listed?: readonly Row[]): Found => ({
  secrets: byName(secrets),
  profiles: byName(profiles),
  ...(listed && { listed }),
})
const settled = { settled: true } as const
const planOne = (wanted = want(1), on = found(), names = naming) => makePlan([wanted], on, names)

describe('a line that is missing', () => {
  it('is added whole, with its mark and its profile', () => {
    const plan = planOne(want(1), found([], []))
    expect(plan.items[0]?.writes).toEqual([
      {
        path: '/ppp/secret/add',
        attributes: {
          name: 'line-1',
          password: 'pw-Quiet.River-1',
          service: 'pppoe',
          profile: 'nyuzi-home-10',
          disabled: 'no',
          comment: markOf(1),
        },
      },
    ])
    expect(plan.profiles.map(({ write }) => write)).toEqual([
      {
        path: '/ppp/profile/add',
        attributes: { name: 'nyuzi-home-10', 'rate-limit': '5M/10M', 'address-list': '', comment: 'nyuzi:profile' },
      },
    ])
  })

  it('and is to be closed needs no write, only the end of a session that outlived it', () => {
    const plan = planOne(want(1, { state: 'closed' }))
    expect(plan.items).toMatchObject([{ step: 'keep', writes: [], differences: [], dropSessions: true }])
    expect(plan.profiles).toEqual([])
  })
})

describe('a line that is there', () => {
  it('is left alone once it is settled', () => {
    expect(planOne(want(1, settled), found([ours(1)])).items).toMatchObject([{ step: 'keep', writes: [], differences: [] }])
  })

  it('gets its password, which cannot be compared, while it is not', () => {
    const [item] = planOne(want(1), found([ours(1)])).items
    expect(item).toMatchObject({ step: 'keep', differences: [], dropSessions: false })
    expect(item?.writes).toEqual([{ path: '/ppp/secret/set', attributes: { '.id': '*1', password: 'pw-Quiet.River-1' } }])
  })

  it('is changed in the fields that differ and in no other', () => {
    const [item] = planOne(want(1, settled), found([ours(1, { profile: 'technician', disabled: 'true' })])).items
    expect(item?.writes).toEqual([{ path: '/ppp/secret/set', attributes: { '.id': '*1', profile: 'nyuzi-home-10', disabled: 'no' } }])
    expect(item).toMatchObject({ step: 'set', differences: ['profile', 'disabled'], dropSessions: true })
  })

  it('moves to the suspended profile, which puts it in the list', () => {
    const plan = planOne(want(1, { state: 'suspended' }), found([ours(1)]))
    expect(plan.items[0]?.writes[0]?.attributes).toMatchObject({ profile: 'nyuzi-suspended' })
    expect(plan.profiles[0]?.write.attributes).toMatchObject({
      name: 'nyuzi-suspended',
      'rate-limit': '64k/64k',
      'address-list': 'suspended',
    })
  })

  it('is disabled instead when the settings say so', () => {
    const names: Naming = { ...naming, suspendMode: 'disable' }
    const [item] = planOne(want(1, { state: 'suspended', ...settled }), found([ours(1)]), names).items
    expect(item?.writes).toEqual([{ path: '/ppp/secret/set', attributes: { '.id': '*1', disabled: 'yes' } }])
  })

  it('is limited by a profile of its own, so that it can be told from the plan', () => {
    const plan = planOne(want(1, { state: 'limited', profile: reduced }), found([ours(1)]))
    expect(plan.profiles[0]?.write.attributes).toMatchObject({ name: 'nyuzi-slow-1.limited', 'rate-limit': '512k/1M' })
    expect(plan.items[0]?.writes[0]?.attributes).toMatchObject({ profile: 'nyuzi-slow-1.limited' })
  })

  it('is removed, and its session ended, when it is closed', () => {
    const [item] = planOne(want(1, { state: 'closed' }), found([ours(1)])).items
    expect(item).toMatchObject({ step: 'remove', dropSessions: true })
    expect(item?.writes).toEqual([{ path: '/ppp/secret/remove', attributes: { '.id': '*1' } }])
  })
})

describe('what is not ours', () => {
  it.each(['', 'by hand', 'nyuzi', markOf(11), `${markOf(1)} `])('is refused: comment %j', (comment) => {
    const plan = planOne(want(1), found([ours(1, { comment })]))
    expect(plan.items).toEqual([])
    expect(plan.refusals).toMatchObject([{ code: 'not_ours' }])
    expect(plan.profiles).toEqual([])
  })

  it('closes nothing when the name was passed on to another service', () => {
    const plan = planOne(want(1, { state: 'closed' }), found([ours(1, { comment: markOf(2) })]))
    expect(plan.items).toMatchObject([{ step: 'keep', dropSessions: false }])
  })

  it('serves as profile when it has the speeds', () => {
    const plan = planOne(want(1), found([], [profile({ comment: '', 'rate-limit': '5000000/10M' })]))
    expect(plan.profiles).toEqual([])
    expect(plan.items).toHaveLength(1)
  })

  it('is refused as profile when it has other speeds', () => {
    const plan = planOne(want(1), found([], [profile({ comment: '', 'rate-limit': '1M/1M' })]))
    expect(plan.refusals).toMatchObject([{ code: 'profile_not_ours' }])
    expect(plan.profiles).toEqual([])
  })

  it('is the suspended profile that an operator made', () => {
    const own = { '.id': '*B', name: 'nyuzi-suspended', 'rate-limit': '1M/1M' }
    const plan = planOne(want(1, { state: 'suspended' }), found([ours(1)], [own]))
    expect(plan.profiles).toEqual([])
    expect(plan.items).toHaveLength(1)
  })
})

describe('a profile', () => {
  it('is written once for all its lines', () => {
    expect(makePlan([want(1), want(2), want(3)], found([], []), naming).profiles).toHaveLength(1)
  })

  it('that someone changed is repaired, and its lines have drifted', () => {
    const plan = planOne(want(1, settled), found([ours(1)], [profile({ 'rate-limit': '50M/50M' })]))
    expect(plan.profiles).toMatchObject([{ differences: ['rate-limit'], write: { path: '/ppp/profile/set' } }])
    expect(plan.items).toMatchObject([{ step: 'keep', differences: ['profile rate-limit'], dropSessions: false }])
  })

  it('may not have the name of the suspended one', () => {
    const plan = planOne(want(1, { profile: { ...full, name: 'suspended' } }))
    expect(plan.refusals).toMatchObject([{ code: 'profile_name_taken' }])
  })

  it('carries addresses where the settings name them', () => {
    const plan = planOne(want(1), found([], []), { ...naming, localAddress: '10.0.0.1', remotePool: 'subscribers' })
    expect(plan.profiles[0]?.write.attributes).toMatchObject({ 'local-address': '10.0.0.1', 'remote-address': 'subscribers' })
  })
})

describe('suspension by list entry', () => {
  const names: Naming = { ...naming, suspendMode: 'address_list' }
  const fixed = ours(1, { 'remote-address': '10.9.0.7' })
  const entry = { '.id': '*E', list: 'suspended', address: '10.9.0.7', comment: markOf(1) }

  it('lists the fixed address and leaves the secret as it is', () => {
    const [item] = planOne(want(1, { state: 'suspended', ...settled }), found([fixed], undefined, []), names).items
    expect(item?.writes).toEqual([
      { path: '/ip/firewall/address-list/add', attributes: { list: 'suspended', address: '10.9.0.7', comment: markOf(1) } },
    ])
    expect(item).toMatchObject({ differences: ['address-list'], dropSessions: false })
  })

  it('is refused for an address from a pool: its next holder would be suspended', () => {
    expect(planOne(want(1, { state: 'suspended' }), found([ours(1)], undefined, []), names).refusals).toMatchObject([
      { code: 'no_fixed_address' },
    ])
  })

  it('moves with the address, and goes with the suspension', () => {
    const moved = { ...entry, address: '10.9.0.8' }
    const suspended = planOne(want(1, { state: 'suspended', ...settled }), found([fixed], undefined, [moved]), names)
    expect(suspended.items[0]?.writes.map(({ path }) => path)).toEqual([
      '/ip/firewall/address-list/remove',
      '/ip/firewall/address-list/add',
    ])
    const kept = planOne(want(1, { state: 'suspended', ...settled }), found([fixed], undefined, [entry]), names)
    expect(kept.items[0]?.writes).toEqual([])
    const active = planOne(want(1, settled), found([fixed], undefined, [entry, { ...entry, '.id': '*F', comment: 'by hand' }]), names)
    expect(active.items[0]?.writes).toEqual([{ path: '/ip/firewall/address-list/remove', attributes: { '.id': '*E' } }])
  })
})

describe('any plan', () => {
  const state = fc.constantFrom('active', 'limited', 'suspended', 'closed')
  const line = fc.record({ index: fc.integer({ min: 1, max: 20 }), state, settled: fc.boolean(), reducedSpeed: fc.boolean() })
  const secret = fc.record({
    index: fc.integer({ min: 1, max: 20 }),
    profile: fc.constantFrom('nyuzi-home-10', 'nyuzi-suspended', 'default', '*9'),
    disabled: fc.constantFrom('true', 'false'),
    mine: fc.boolean(),
  })
  const wantedOf = (lines: readonly { index: number; state: string; settled: boolean; reducedSpeed: boolean }[]) =>
    [...new Map(lines.map((entry) => [entry.index, entry])).values()].map((entry) =>
      want(entry.index, { state: entry.state as 'active', settled: entry.settled, profile: entry.reducedSpeed ? reduced : full }),
    )
  const secretsOf = (rows: readonly { index: number; profile: string; disabled: string; mine: boolean }[]) =>
    rows.map(({ index, profile: name, disabled, mine }) =>
      ours(index, { profile: name, disabled, ...(mine ? {} : { comment: 'by hand' }) }),
    )

  it('has each line exactly once, and touches nothing without our mark', () => {
    fc.assert(
      fc.property(fc.array(line), fc.array(secret), (lines, rows) => {
        const wanted = wantedOf(lines)
        const on = found(secretsOf(rows))
        const plan = makePlan(wanted, on, naming)
        const planned = [...plan.items, ...plan.refusals].map((item) => item.wanted.serviceId)
        expect(planned.sort()).toEqual(wanted.map(({ serviceId }) => serviceId).sort())
        for (const item of plan.items)
          for (const { attributes } of item.writes)
            if (attributes['.id'])
              expect(on.secrets.get(item.wanted.username)?.['comment']).toBe(markOf(Number(attributes['.id'].slice(1))))
      }),
    )
  })

  it('leaves nothing to do once it is carried out', () => {
    fc.assert(
      fc.property(fc.array(line), fc.array(secret), (lines, rows) => {
        const wanted = wantedOf(lines)
        const on = found(secretsOf(rows))
        const plan = makePlan(wanted, on, naming)
        const secrets = new Map(on.secrets)
        const profiles = new Map(on.profiles)
        for (const { name, write } of plan.profiles) profiles.set(name, { ...profiles.get(name), ...write.attributes })
        for (const { wanted: one, writes } of plan.items)
          for (const { path, attributes } of writes) {
            const { disabled, ...rest } = attributes
            const flag = disabled === undefined ? {} : { disabled: disabled === 'yes' ? 'true' : 'false' }
            if (path.endsWith('remove')) secrets.delete(one.username)
            else secrets.set(one.username, { ...secrets.get(one.username), ...rest, ...flag })
          }
        const reached = wanted.map((one) => ({ ...one, settled: true }))
        const again = makePlan(reached, { secrets, profiles }, naming)
        expect(again.profiles).toEqual([])
        for (const item of again.items) expect(item.writes).toEqual([])
      }),
    )
  })
})
