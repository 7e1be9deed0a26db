import type { CallbackRequest, DeliveryReport, OutgoingMessage } from '@nyuzi/core'
import { describeChecks, type Skips } from './check.ts'
import { messageChecks } from './message-checks.ts'
import type { CallbackSample, ProviderBehaviour } from './provider-behaviour.ts'
import type { SuiteOptions } from './suite-host.ts'

export type MessageCheckId =
  | 'reference'
  | 'refusedRecipient'
  | 'noCredit'
  | 'lateAnswer'
  | 'tooManyRequests'
  | 'reports'
  | 'unknownStatus'
  | 'reportKeys'
  | 'foreignCall'
  | 'unreadable'
  | 'pure'
  | 'measure'
  | 'secretsInLog'
  | 'secretsInCapabilities'

export type MessageSuiteOptions = SuiteOptions & {
  /** Overrides parts of the message the suite sends. */
  readonly message?: Partial<OutgoingMessage>
  readonly provider: ProviderBehaviour & {
    /** Refuses this recipient: a number that cannot be, one that has opted out. */
    refusesRecipient(): void | Promise<void>
    /** Has no credit left for any message. */
    hasNoCredit(): void | Promise<void>
  }
  /** One delivery report of each kind the provider pushes, with what it stands for. All of different messages or states. */
  readonly reports?: readonly (CallbackSample & { readonly expected: readonly DeliveryReport[] })[]
  /** Reports with a status that the provider's documents do not list, or list as not final. */
  readonly unknownStatuses?: readonly CallbackSample[]
  /** Reports that others could make up, where the plugin can tell. */
  readonly foreignCalls?: readonly CallbackSample[]
  /** Reports that cannot be read; a few are made from each of `reports` when absent. */
  readonly unreadable?: readonly { readonly name: string; readonly request: CallbackRequest }[]
  /** Demands that cannot be met or shown, each with its reason; printed on every run. */
  readonly skips?: Skips<MessageCheckId>
}

/**
 * What the host relies on in every messenger. Call it in `test/conformance.test.ts`.
 * @example
 * describeMessenger({
 *   plugin: sms,
 *   settings: { username: 'isp', apiKey: 'key-0123456789', baseUrl: 'https://sms.example' },
 *   reset: () => nock.cleanAll(),
 *   provider: {
 *     answers: () => void provider.reply(200, sent),
 *     answersLate: () => void provider.reply(noAnswer),
 *     answersTooManyRequests: () => void provider.reply(429),
 *     refusesRecipient: () => void provider.reply(200, refused),
 *     hasNoCredit: () => void provider.reply(200, noCredit),
 *   },
 *   skips: { foreignCall: 'the provider signs nothing; the token in the path is all there is' },
 * })
 */
export function describeMessenger(options: MessageSuiteOptions): void {
  describeChecks(`${options.plugin.id}: messenger`, messageChecks(options))
}
