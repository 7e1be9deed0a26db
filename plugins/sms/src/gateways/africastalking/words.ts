import type { DeliveryReport } from '@nyuzi/sdk'
import type { SendVerdict } from '../../status.ts'

/** Processed, sent, queued: taken by the gateway, not yet delivered. */
export const acceptedCodes: ReadonlySet<number> = new Set([100, 101, 102])

const verdicts: Readonly<Record<number, SendVerdict>> = {
  401: { outcome: 'try_again', reason: 'risk hold' },
  402: { outcome: 'misconfigured', reason: 'sender id not valid' },
  403: { outcome: 'refused', reason: 'invalid number' },
  404: { outcome: 'refused', reason: 'number kind not supported' },
  405: { outcome: 'misconfigured', reason: 'no credit' },
  406: { outcome: 'refused', reason: 'opted out' },
  407: { outcome: 'refused', reason: 'no route' },
  409: { outcome: 'refused', reason: 'do not disturb' },
  500: { outcome: 'try_again', reason: 'internal error' },
  501: { outcome: 'try_again', reason: 'gateway error' },
  502: { outcome: 'try_again', reason: 'refused by the gateway' },
}

export const verdictOf = (code: number): SendVerdict => verdicts[code] ?? { outcome: 'unclear', reason: 'unknown status code' }

/** The envelope's text is heard only when it lists nobody, as it does for an unknown sender id. */
export function verdictOfEmptyAnswer(text: string): SendVerdict {
  if (/invalid\s*sender\s*id/i.test(text)) return { outcome: 'misconfigured', reason: 'sender id not valid' }
  if (/insufficient\s*balance/i.test(text)) return { outcome: 'misconfigured', reason: 'no credit' }
  return { outcome: 'unclear', reason: 'no recipient in the answer' }
}

const failures: ReadonlySet<string> = new Set(['Failed', 'Rejected', 'AbsentSubscriber', 'Expired'])

/** Reasons after which the same number cannot be reached by sending again. */
const permanentReasons: ReadonlySet<string> = new Set([
  'InvalidLinkId',
  'UserIsInactive',
  'UserInBlackList',
  'UserAccountSuspended',
  'NotNetworkSubscriber',
  'UserNotSubscribedToProduct',
  'UserDoesNotExist',
  'DoNotDisturbRejection',
])

/** Total: a status that is not known is on its way. */
export function reportOf(status: string, failureReason: string | undefined): Omit<DeliveryReport, 'providerReference'> {
  if (status === 'Success') return { state: 'delivered' }
  if (!failures.has(status)) return { state: 'sent' }
  const reason = failureReason || status
  return { state: 'failed', reason, permanent: permanentReasons.has(reason) }
}
