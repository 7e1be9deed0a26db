import type { AccessState, ObservedAccess, ServiceId, WantedAccess } from '@nyuzi/sdk'
import type { Row } from './client/request.ts'
import type { MikrotikConfig } from './config.ts'
import { fromRateText, type Rate } from './rate.ts'

export type Naming = Pick<
  MikrotikConfig,
  'suspendMode' | 'suspendedProfile' | 'suspendedList' | 'suspendedRate' | 'profilePrefix' | 'localAddress' | 'remotePool'
>

/** A line as the router should hold it. Never the password: it is written, not compared. */
export type WantedSecret = { readonly profile: string; readonly disabled: boolean; readonly mark: string }

/** A profile as the router should hold it. */
export type WantedProfile = { readonly name: string; readonly rate: Rate; readonly addressList: string }

export const profileMark = 'nyuzi:profile'
const markPrefix = 'nyuzi:'
// A router knows no difference between a plan's speeds and reduced ones, so the profile's name tells it. The dot cannot
// stand in the name of an access profile, so no plan can be mistaken for a reduced one.
const limitedSuffix = '.limited'
const usernameForm = /^[A-Za-z0-9._@-]{1,64}$/

export const isUsername = (text: string): boolean => usernameForm.test(text)

/** Stands in the comment of each object we make; an object without it belongs to a person. */
export const toMark = (serviceId: ServiceId): string => `${markPrefix}${serviceId}`

export function fromMark(comment: string | undefined): ServiceId | undefined {
  if (!comment?.startsWith(markPrefix) || comment === profileMark) return undefined
  return comment.slice(markPrefix.length) as ServiceId
}

export function toWantedSecret(wanted: WantedAccess, naming: Naming): WantedSecret {
  const suspended = wanted.state === 'suspended'
  const own = `${naming.profilePrefix}${wanted.profile.name}${wanted.state === 'limited' ? limitedSuffix : ''}`
  return {
    profile: suspended && naming.suspendMode === 'profile' ? naming.suspendedProfile : own,
    disabled: suspended && naming.suspendMode === 'disable',
    mark: toMark(wanted.serviceId),
  }
}

/** The profile that a wanted line needs; none for a line that goes. */
export function toWantedProfile(wanted: WantedAccess, naming: Naming): WantedProfile | undefined {
  if (wanted.state === 'closed') return undefined
  const { profile } = toWantedSecret(wanted, naming)
  if (profile === naming.suspendedProfile && wanted.state === 'suspended')
    return { name: profile, rate: fromRateText(naming.suspendedRate) as Rate, addressList: naming.suspendedList }
  return { name: profile, rate: wanted.profile, addressList: '' }
}

/** What a secret says of a line. */
export function fromSecret(secret: Row, naming: Naming, walled: boolean): { state: AccessState; profileName?: string } {
  const profile = secret['profile'] ?? ''
  if (isTrue(secret['disabled']) || profile === naming.suspendedProfile || walled) return { state: 'suspended' }
  if (!profile.startsWith(naming.profilePrefix)) return { state: 'active', profileName: profile }
  const name = profile.slice(naming.profilePrefix.length)
  if (name.endsWith(limitedSuffix)) return { state: 'limited', profileName: name.slice(0, -limitedSuffix.length) }
  return { state: 'active', profileName: name }
}

export const observedClosed = (wanted: WantedAccess, sessions: number): ObservedAccess => ({
  serviceId: wanted.serviceId,
  username: wanted.username,
  state: 'closed',
  sessions,
})

export const isTrue = (text: string | undefined): boolean => text === 'true' || text === 'yes'
