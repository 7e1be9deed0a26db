import type { ServiceId } from '../ids.ts'
import type { Instant } from '../time/instant.ts'
import type { AccessProfile, AccessState } from './access-state.ts'

/**
 * A way into the network: a router, a RADIUS server, an OLT. It is driven to a wanted state (read, compare, write
 * what differs, read back), never by replaying commands, so every verb may be repeated at any time.
 */
export interface AccessController {
  /** Kinds of line it can hold. */
  readonly serviceKinds: readonly ServiceKind[]
  /**
   * Makes the network match a batch and reports what was seen after, one outcome per wanted item in any order.
   * Throws ProviderUnavailable when nothing was sent (the box is away) and ProviderMisconfigured when a person
   * must act; a write whose answer was lost is the outcome `unknown`, not an exception.
   */
  applyAccess(wanted: readonly WantedAccess[]): Promise<readonly AccessOutcome[]>
  /** Everything that carries our mark, for finding drift. */
  readAccess?(): Promise<AccessReading>
  /** Cheap sign of life; throws as `applyAccess` does. */
  checkHealth?(): Promise<{ readonly version: string; readonly identity: string; readonly warnings: readonly string[] }>
  /** Closes connections. The host calls it once, before it forgets the installation. */
  stop?(): Promise<void>
}

export type ServiceKind = 'pppoe' | 'hotspot' | 'ipoe'

export type WantedAccess = {
  readonly serviceId: ServiceId
  readonly kind: ServiceKind
  /** `[A-Za-z0-9._@-]`, at most 64 octets, compared exactly. */
  readonly username: string
  readonly password: string
  readonly state: AccessState
  readonly profile: AccessProfile
  /** Grows with every change of what is wanted. */
  readonly version: number
  /** True when this version was once seen in place: a difference found now is drift, made by someone else. */
  readonly settled: boolean
}

/** What the network holds for a service, in our words. */
export type ObservedAccess = {
  readonly serviceId: ServiceId
  readonly username: string
  readonly state: AccessState
  /** Name of the profile in force. */
  readonly profileName?: string
  readonly sessions: number
}

export type AccessOutcome = {
  readonly serviceId: ServiceId
  readonly sessionsDropped: number
} & (
  | { readonly outcome: 'ok'; readonly observed: ObservedAccess }
  | { readonly outcome: 'changed'; readonly observed: ObservedAccess }
  /** It had been changed by someone else and was repaired; `differences` names each field, without secrets. */
  | { readonly outcome: 'drift'; readonly observed: ObservedAccess; readonly differences: readonly string[] }
  /** A definite no in the network's words, or an object that is not ours (`not_ours`): left as it is. */
  | { readonly outcome: 'refused'; readonly code: string; readonly reason: string }
  /** Sent, answer lost: it is read again before anything is done. */
  | { readonly outcome: 'unknown'; readonly reason: string }
)

export type AccessReading = {
  readonly readAt: Instant
  readonly observed: readonly ObservedAccess[]
}
