import type { FiscalDocument } from '@nyuzi/core'
import { describeChecks, type Skips } from './check.ts'
import { fiscalChecks } from './fiscal-checks.ts'
import type { ProviderBehaviour } from './provider-behaviour.ts'
import type { SuiteOptions } from './suite-host.ts'

export type FiscalCheckId =
  | 'proof'
  | 'sameRequest'
  | 'creditNote'
  | 'lateAnswer'
  | 'tooManyRequests'
  | 'refusedDocument'
  | 'refusedDevice'
  | 'takenEarlier'
  | 'renumber'
  | 'secretsInRequest'
  | 'secretsInLog'
  | 'secretsInCapabilities'

export type FiscalSuiteOptions = SuiteOptions & {
  /** A sale that the authority of the plugin takes, and a credit note for it; dated before the fake clock. */
  readonly sale: FiscalDocument
  readonly credit: FiscalDocument
  readonly provider: ProviderBehaviour & {
    /** Refuses this document, and no other. */
    refusesDocument(): void | Promise<void>
    /** Refuses the device: nothing can be signed until a person acted. */
    refusesDevice(): void | Promise<void>
    /** Says that it has the document already, without its proof. */
    knowsDocument(): void | Promise<void>
    /** Expects another number next, this one. */
    expectsNumber(expected: bigint): void | Promise<void>
  }
  /** Demands that cannot be met or shown, each with its reason; printed on every run. */
  readonly skips?: Skips<FiscalCheckId>
}

/**
 * What the host relies on in every fiscal device. Call it in `test/conformance.test.ts`.
 * @example
 * describeFiscalDevice({
 *   plugin: etims,
 *   settings: { pin: 'P052345678A', … },
 *   sale,
 *   credit,
 *   reset: () => nock.cleanAll(),
 *   provider: { answers: () => void authority.reply(200, receipt), answersLate: () => void authority.reply(noAnswer), … },
 *   skips: { renumber: 'the authority counts by itself' },
 * })
 */
export function describeFiscalDevice(options: FiscalSuiteOptions): void {
  describeChecks(`${options.plugin.id}: fiscal device`, fiscalChecks(options))
}
