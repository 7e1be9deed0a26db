import { asId, type CallbackChannel, type CallbackReply, type CallbackRequest, type InstallationId } from '@nyuzi/core'
import type { Deps, Installed } from '../ports.ts'
import { answerEnquiry } from './answer-enquiry.ts'
import type { Inbox } from './ports.ts'

export type CallbackAnswer =
  | { readonly outcome: 'answered'; readonly reply: CallbackReply }
  /** No such address: unknown installation or channel, or a token that is not ours. Tells the caller nothing more. */
  | { readonly outcome: 'not_found' }

export type ReceivedCall = Omit<CallbackRequest, 'channel'> & {
  readonly installationId: InstallationId
  readonly channel: string
  /** The last part of the path. */
  readonly token: string
}

/**
 * Takes a provider's call: authenticates it, keeps its bytes durably, and only then answers in the provider's words.
 * A repeat finds the kept row and gets the same answer. Throws CallbackRejected when the plugin says it is not theirs.
 */
export async function receiveCallback(deps: Deps & { readonly inbox: Inbox }, call: ReceivedCall): Promise<CallbackAnswer> {
  const { plugins, clock, ids, wake, meter, inbox } = deps
  const installed = await plugins.listening(call.installationId)
  const channel = installed && channelOf(installed, call.channel)
  if (!installed || !channel) return { outcome: 'not_found' }
  if (channel.token === 'installation' && !installed.ownsToken(call.token)) return { outcome: 'not_found' }

  const { token, installationId, ...request } = call
  const { dedupeKey, reply } = channel.verify(request)
  if (channel.purpose === 'enquiry') return { outcome: 'answered', reply: await answerEnquiry(deps, installed, request) }

  const kept = await inbox.keep({
    id: asId('callback', ids.next()),
    organisationId: installed.organisationId,
    installationId,
    channel: request.channel,
    dedupeKey,
    body: request.rawBody,
    headers: request.headers,
    query: request.query,
    ...(request.peerAddress === undefined ? {} : { peerAddress: request.peerAddress }),
    ...(channel.token === 'intent' ? { intentToken: token } : {}),
    receivedAt: clock.now(),
  })
  meter.count('callbacks', { plugin: installed.pluginId, channel: request.channel, outcome: kept })
  if (kept === 'unknown_token') return { outcome: 'not_found' }
  if (kept === 'stored') wake('callbacks', installed.organisationId)
  return { outcome: 'answered', reply }
}

type VerifiedChannel = CallbackChannel & { verify(request: CallbackRequest): { dedupeKey: string; reply: CallbackReply } }

/** Payment channels and message reports share one address space; a plugin names each once. */
function channelOf({ payments, messages }: Installed, name: string): VerifiedChannel | undefined {
  const payment = payments?.channels && Object.hasOwn(payments.channels, name) ? payments.channels[name] : undefined
  if (payment && payments?.verifyCallback) return { ...payment, verify: payments.verifyCallback.bind(payments) }
  const reports = messages?.reports
  const report = reports && Object.hasOwn(reports.channels, name) ? reports.channels[name] : undefined
  return reports && report && { ...report, verify: reports.verifyCallback.bind(reports) }
}
