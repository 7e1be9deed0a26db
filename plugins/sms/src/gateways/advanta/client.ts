import {
  type HostHttp,
  type HttpAnswer,
  ProviderMisconfigured,
  ProviderRateLimited,
  ProviderRefused,
  ProviderUnclear,
  type Secret,
} from '@nyuzi/sdk'
import { parseExactly } from './json.ts'
import { type AdvantaEntry, readEntries } from './read.ts'

export type AdvantaAccount = {
  readonly baseUrl: string
  readonly partnerId: string
  readonly apiKey: Secret
  readonly senderId: string
}

export type AdvantaText = { readonly clientId: string; readonly mobile: string; readonly message: string }

export function postSendSms(http: HostHttp, account: AdvantaAccount, text: AdvantaText): Promise<readonly AdvantaEntry[]> {
  const { message, mobile, clientId } = text
  return post(http, account, 'sendsms', { message, shortcode: account.senderId, mobile, pass_type: 'plain', clientsmsid: clientId })
}

export function postGetDlr(http: HostHttp, account: AdvantaAccount, messageId: string): Promise<readonly AdvantaEntry[]> {
  return post(http, account, 'getdlr', { messageID: messageId })
}

async function post(http: HostHttp, account: AdvantaAccount, operation: string, fields: Readonly<Record<string, string>>) {
  const answer = await http.send({
    method: 'POST',
    url: `${account.baseUrl}/api/services/${operation}/`,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ apikey: account.apiKey.reveal(), partnerID: account.partnerId, ...fields }),
  })
  // Nearly every installation answers 200 whatever happened, so a code in the body goes before the HTTP status.
  const entries = readEntries(parseExactly(answer.text))
  if (entries.length === 0) throw withoutCode(answer)
  return entries
}

function withoutCode({ status }: HttpAnswer): Error {
  const message = `sms: the gateway answered ${status} without a response code`
  const providerCode = String(status)
  if (status === 429) return new ProviderRateLimited(message, { providerCode })
  // 404 and 405 mean that the base address is not that of a gateway: no message can go out.
  if ([401, 403, 404, 405].includes(status)) return new ProviderMisconfigured(message, { providerCode })
  if (status >= 400 && status < 500) return new ProviderRefused(message, { providerCode })
  return new ProviderUnclear(message, { providerCode })
}
