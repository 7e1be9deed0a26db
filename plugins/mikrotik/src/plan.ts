import type { WantedAccess } from '@nyuzi/sdk'
import type { Row } from './client/request.ts'
import { fromMark, isTrue, type Naming, profileMark, toMark, toWantedProfile, toWantedSecret, type WantedProfile } from './convert.ts'
import { isSameRate, toRateText } from './rate.ts'

/** What was found on the router, by name. `listed` holds the fixed entries of the suspended list; absent when not read. */
export type Found = {
  readonly secrets: ReadonlyMap<string, Row>
  readonly profiles: ReadonlyMap<string, Row>
  readonly listed?: readonly Row[]
}

export type Attributes = Readonly<Record<string, string>>
export type Write = { readonly path: string; readonly attributes: Attributes }

/** What is to be done for one line. */
export type ItemPlan = {
  readonly wanted: WantedAccess
  readonly step: 'keep' | 'add' | 'set' | 'remove'
  /** In order: first the secret, then the list entries. Empty for `keep`, unless only the unseen password is written. */
  readonly writes: readonly Write[]
  /** Fields found different, without secrets. */
  readonly differences: readonly string[]
  /** A live session runs on what the secret was before. */
  readonly dropSessions: boolean
  /** Name of the profile that must be in place first. */
  readonly profile?: string
}
export type Refusal = { readonly wanted: WantedAccess; readonly code: string; readonly reason: string }
export type ProfilePlan = { readonly name: string; readonly write: Write; readonly differences: readonly string[] }
export type Plan = { readonly profiles: readonly ProfilePlan[]; readonly items: readonly ItemPlan[]; readonly refusals: readonly Refusal[] }

/** Compares and says what is to be written. */
export function makePlan(wanted: readonly WantedAccess[], found: Found, naming: Naming): Plan {
  const profiles = planProfiles(wanted, found, naming)
  const items: ItemPlan[] = []
  const refusals: Refusal[] = []
  for (const line of wanted) {
    const planned = planItem(line, found, naming)
    if ('code' in planned) refusals.push(planned)
    else if (planned.profile !== undefined && profiles.foreign.has(planned.profile))
      refusals.push(refuse(line, 'profile_not_ours', `profile ${planned.profile} has other speeds and was not made by us`))
    else items.push(planned)
  }
  const needed = new Set(items.map((item) => item.profile))
  const written = profiles.plans.filter((plan) => needed.has(plan.name))
  const changed = new Map(
    written.map((plan) => [plan.name, plan.differences.filter((field) => field !== missing).map((field) => `profile ${field}`)]),
  )
  return { profiles: written, items: items.map((item) => withProfile(item, changed.get(item.profile ?? ''))), refusals }
}

/** Names of profiles that are not as these lines need them. */
export function unfitProfiles(wanted: readonly WantedAccess[], profiles: ReadonlyMap<string, Row>, naming: Naming): ReadonlySet<string> {
  return new Set(planProfiles(wanted, { profiles }, naming).plans.map((plan) => plan.name))
}

/** A line whose profile someone changed has drifted, though its own secret has not. */
const withProfile = (item: ItemPlan, differences: readonly string[] | undefined): ItemPlan =>
  differences?.length ? { ...item, differences: [...item.differences, ...differences] } : item

export const isPayer = (wanted: WantedAccess): boolean => wanted.state === 'active' || wanted.state === 'limited'

/** Fields of a secret that are not as wanted. */
export function secretDifferences(secret: Row, wanted: WantedAccess, naming: Naming): string[] {
  const target = toWantedSecret(wanted, naming)
  const differences: string[] = []
  if (secret['profile'] !== target.profile) differences.push('profile')
  if (isTrue(secret['disabled']) !== target.disabled) differences.push('disabled')
  if (secret['service'] !== undefined && secret['service'] !== 'pppoe') differences.push('service')
  return differences
}

function planItem(wanted: WantedAccess, found: Found, naming: Naming): ItemPlan | Refusal {
  const secret = found.secrets.get(wanted.username)
  if (secret && secret['comment'] !== toMark(wanted.serviceId)) {
    // Our object is gone and the name has been passed on: that is what closing asks for.
    if (wanted.state === 'closed' && fromMark(secret['comment']) !== undefined) return keep(wanted)
    return refuse(wanted, 'not_ours', `secret ${wanted.username} exists without the mark of this service`)
  }
  if (isPayer(wanted) && toWantedSecret(wanted, naming).profile === naming.suspendedProfile)
    return refuse(wanted, 'profile_name_taken', `profile ${naming.suspendedProfile} is the one of suspended lines`)
  const entries = planEntries(wanted, secret, found, naming)
  if ('code' in entries) return entries
  if (wanted.state === 'closed') return planRemoval(wanted, secret, entries)
  return secret ? planChange(wanted, secret, naming, entries) : planAddition(wanted, naming, entries)
}

const keep = (wanted: WantedAccess): ItemPlan => ({ wanted, step: 'keep', writes: [], differences: [], dropSessions: false })

const refuse = (wanted: WantedAccess, code: string, reason: string): Refusal => ({ wanted, code, reason })

function planRemoval(wanted: WantedAccess, secret: Row | undefined, entries: readonly Write[]): ItemPlan {
  // Without a secret a session may still live on: removing one does not end the other.
  if (!secret && entries.length === 0) return { ...keep(wanted), dropSessions: true }
  const removal = secret ? [{ path: '/ppp/secret/remove', attributes: { '.id': secret['.id'] ?? '' } }] : []
  return { wanted, step: 'remove', writes: [...removal, ...entries], differences: ['present'], dropSessions: true }
}

function planAddition(wanted: WantedAccess, naming: Naming, entries: readonly Write[]): ItemPlan {
  const { profile, disabled, mark } = toWantedSecret(wanted, naming)
  const attributes = {
    name: wanted.username,
    password: wanted.password,
    service: 'pppoe',
    profile,
    disabled: disabled ? 'yes' : 'no',
    comment: mark,
  }
  const writes = [{ path: '/ppp/secret/add', attributes }, ...entries]
  return { wanted, step: 'add', writes, differences: [missing], dropSessions: wanted.state === 'suspended', profile }
}

function planChange(wanted: WantedAccess, secret: Row, naming: Naming, entries: readonly Write[]): ItemPlan {
  const target = toWantedSecret(wanted, naming)
  const differences = secretDifferences(secret, wanted, naming)
  const attributes: Record<string, string> = { '.id': secret['.id'] ?? '' }
  if (differences.includes('profile')) attributes['profile'] = target.profile
  if (differences.includes('disabled')) attributes['disabled'] = target.disabled ? 'yes' : 'no'
  if (differences.includes('service')) attributes['service'] = 'pppoe'
  // A password cannot be read back, so a version that was not yet seen in place writes it whether it changed or not.
  if (!wanted.settled) attributes['password'] = wanted.password
  const set = Object.keys(attributes).length > 1 ? [{ path: '/ppp/secret/set', attributes }] : []
  const changed = differences.length > 0 || entries.length > 0
  return {
    wanted,
    step: changed ? 'set' : 'keep',
    writes: [...set, ...entries],
    differences: entries.length > 0 ? [...differences, 'address-list'] : differences,
    dropSessions: differences.includes('profile') || differences.includes('disabled'),
    profile: target.profile,
  }
}

const missing = 'missing'
const fixedAddress = /^\d{1,3}(?:\.\d{1,3}){3}$/

function planEntries(wanted: WantedAccess, secret: Row | undefined, found: Found, naming: Naming): readonly Write[] | Refusal {
  if (naming.suspendMode !== 'address_list') return []
  const mark = toMark(wanted.serviceId)
  const ours = (found.listed ?? []).filter((entry) => entry['comment'] === mark)
  const removal = (entry: Row): Write => ({ path: '/ip/firewall/address-list/remove', attributes: { '.id': entry['.id'] ?? '' } })
  if (wanted.state !== 'suspended') return ours.map(removal)
  const address = secret?.['remote-address'] ?? ''
  // With a pool the next holder of the address would be suspended instead.
  if (!fixedAddress.test(address)) return refuse(wanted, 'no_fixed_address', 'only a line with a fixed remote-address can be listed')
  const stale = ours.filter((entry) => entry['address'] !== address).map(removal)
  if (stale.length < ours.length) return stale
  const attributes = { list: naming.suspendedList, address, comment: mark }
  return [...stale, { path: '/ip/firewall/address-list/add', attributes }]
}

function planProfiles(wanted: readonly WantedAccess[], found: Pick<Found, 'profiles'>, naming: Naming) {
  const targets = new Map<string, { profile: WantedProfile; version: number }>()
  for (const line of wanted) {
    const profile = toWantedProfile(line, naming)
    if (profile && (targets.get(profile.name)?.version ?? -1) <= line.version) targets.set(profile.name, { profile, version: line.version })
  }
  const plans: ProfilePlan[] = []
  const foreign = new Set<string>()
  for (const { profile } of targets.values()) {
    const existing = found.profiles.get(profile.name)
    if (!existing) plans.push({ name: profile.name, write: addition(profile, naming), differences: [missing] })
    else if (existing['comment'] === profileMark) plans.push(...profileChange(profile, existing, naming))
    // Someone's own profile serves when it has the speeds; a suspended profile is the operator's to shape.
    else if (profile.addressList === '' && !isSameRate(existing['rate-limit'], profile.rate)) foreign.add(profile.name)
  }
  return { plans, foreign }
}

function profileAttributes(profile: WantedProfile, naming: Naming): Attributes {
  return {
    'rate-limit': toRateText(profile.rate),
    'address-list': profile.addressList,
    ...(naming.localAddress === undefined ? {} : { 'local-address': naming.localAddress }),
    ...(naming.remotePool === undefined ? {} : { 'remote-address': naming.remotePool }),
  }
}

const addition = (profile: WantedProfile, naming: Naming): Write => ({
  path: '/ppp/profile/add',
  attributes: { name: profile.name, ...profileAttributes(profile, naming), comment: profileMark },
})

function profileChange(profile: WantedProfile, existing: Row, naming: Naming): ProfilePlan[] {
  const differing = Object.entries(profileAttributes(profile, naming)).filter(([name, value]) =>
    name === 'rate-limit' ? !isSameRate(existing[name], profile.rate) : (existing[name] ?? '') !== value,
  )
  if (differing.length === 0) return []
  const attributes = { '.id': existing['.id'] ?? '', ...Object.fromEntries(differing) }
  return [{ name: profile.name, write: { path: '/ppp/profile/set', attributes }, differences: differing.map(([name]) => name) }]
}
