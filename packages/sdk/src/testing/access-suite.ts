import type { AccessProfile, ServiceKind } from '@nyuzi/core'
import { accessChecks } from './access-checks.ts'
import { describeChecks, type Skips } from './check.ts'
import type { NetworkUnderTest } from './network-under-test.ts'
import type { SuiteOptions } from './suite-host.ts'

export type AccessCheckId =
  | 'states'
  | 'newSpeed'
  | 'appliedTwice'
  | 'anotherServer'
  | 'dropsSession'
  | 'restored'
  | 'foreignObject'
  | 'handEdit'
  | 'lostAnswer'
  | 'networkAway'
  | 'alreadyGone'
  | 'largeBatch'
  | 'oneBadItem'
  | 'health'
  | 'secretsInLog'

export type AccessSuiteOptions = SuiteOptions & {
  readonly network: NetworkUnderTest
  /** Kinds of line to try; all that the controller offers when absent. */
  readonly serviceKinds?: readonly ServiceKind[]
  /** A full and a reduced speed, for boxes that round or cap them. */
  readonly profiles?: { readonly full: AccessProfile; readonly reduced: AccessProfile }
  /** How soon a network that is away must be told; 15 s when absent. */
  readonly awayWithinMs?: number
  /** Demands that cannot be met or shown, each with its reason; printed on every run. */
  readonly skips?: Skips<AccessCheckId>
}

/**
 * What the host relies on in every access controller, tried against the plugin's own simulator. Call it in
 * `test/conformance.test.ts`.
 * @example
 * const router = await startRouterSimulator()
 * afterAll(() => router.stop())
 * describeAccessController({ plugin: mikrotik, settings: router.settings, network: networkOf(router) })
 */
export function describeAccessController(options: AccessSuiteOptions): void {
  describeChecks(`${options.plugin.id}: access controller`, accessChecks(options))
}
