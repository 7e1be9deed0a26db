import { type Host, phoneDigits } from '@nyuzi/sdk'
import type { DeliveryMeaning } from '../../status.ts'
import type { Gateway } from '../gateway.ts'
import { type AdvantaAccount, postGetDlr, postSendSms } from './client.ts'
import { clientSmsId } from './client-sms-id.ts'
import { toDeliveryReport } from './look-up-delivery.ts'
import { resultFor } from './send.ts'
import { deliveryMeanings } from './words.ts'

export const advantaBaseUrl = 'https://quicksms.advantasms.com'

export function advanta(
  { http }: Pick<Host<unknown>, 'http'>,
  account: AdvantaAccount,
  ownTexts: Readonly<Record<string, DeliveryMeaning>>,
): Gateway {
  const meaningOf = deliveryMeanings(ownTexts)
  return {
    async submit({ id, to, text }) {
      const asked = { clientId: clientSmsId(id), mobile: phoneDigits(to) }
      return resultFor(asked, await postSendSms(http, account, { ...asked, message: text }))
    },
    async lookUpDelivery(providerReference) {
      return toDeliveryReport(providerReference, await postGetDlr(http, account, providerReference), meaningOf)
    },
  }
}
