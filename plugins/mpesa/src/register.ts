import { type Host, ProviderRefused } from '@nyuzi/sdk'
import { type Answer, raise } from './client/answer.ts'
import { registerPath, registerRequest } from './client/c2b.ts'
import { checkCallbackUrl } from './client/callback-url.ts'
import type { DarajaClient } from './client/client.ts'
import { isZeroCode, wordOf } from './client/json.ts'
import { productionUrl, type Settings } from './config.ts'

type Registration = { readonly outcome: 'registered' | 'already_registered' }

export function createRegister(host: Pick<Host<Settings>, 'config' | 'callbackUrl' | 'log'>, client: DarajaClient) {
  const { config, callbackUrl, log } = host
  return async (): Promise<Registration> => {
    const confirmationUrl = callbackUrl('confirmation')
    const validationUrl = callbackUrl('validation')
    for (const url of [confirmationUrl, validationUrl]) checkCallbackUrl(url, config.baseUrl.startsWith(productionUrl))
    const { shortcode, responseType, c2bVersion: version } = config
    const body = registerRequest({ version, shortcode, responseType, confirmationUrl, validationUrl })
    const answered = readRegisterAnswer(await client.post(registerPath(version), body))
    if (answered.outcome === 'already_registered')
      log.warn(
        'Addresses were registered before. If they are not ours: Daraja portal, Self Services, URL management, delete, register again.',
      )
    return answered
  }
}

/** Production takes one registration; one code stands for "already there" and for plain trouble, so text decides. */
export function readRegisterAnswer(answer: Answer): Registration {
  if (answer.kind === 'error' && answer.code === '500.003.1001') {
    if (/already registered/i.test(answer.message)) return { outcome: 'already_registered' }
    if (/duplicate notification/i.test(answer.message))
      throw new ProviderRefused(
        'C2B register: addresses exist on the operator’s older platform; ask Daraja support to remove the broker URLs of the shortcode',
        { providerCode: answer.code },
      )
  }
  if (answer.kind !== 'fields') return raise('C2B register', answer)
  const code = wordOf(answer.fields, 'ResponseCode')
  if (isZeroCode(code)) return { outcome: 'registered' }
  throw new ProviderRefused(
    `C2B register: refused with ResponseCode ${code ?? 'missing'}`,
    code === undefined ? {} : { providerCode: code },
  )
}
