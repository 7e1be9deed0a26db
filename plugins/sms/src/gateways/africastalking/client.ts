import { type HostHttp, ProviderUnclear, type Secret, z } from '@nyuzi/sdk'

export type AfricasTalkingAccount = {
  readonly baseUrl: string
  readonly username: string
  readonly apiKey: Secret
  readonly senderId: string | undefined
}

const messagingAnswer = z.object({
  SMSMessageData: z.object({
    Message: z.string().default(''),
    Recipients: z.array(
      z.object({
        statusCode: z.coerce.number().int(),
        number: z.coerce.string(),
        cost: z.coerce.string().default('0'),
        messageId: z.coerce.string().nullish(),
      }),
    ),
  }),
})

export type MessagingData = z.output<typeof messagingAnswer>['SMSMessageData']
export type Recipient = MessagingData['Recipients'][number]

export async function postMessaging(http: HostHttp, account: AfricasTalkingAccount, to: string, message: string): Promise<MessagingData> {
  const form = { username: account.username, to, message, ...(account.senderId && { from: account.senderId }) }
  const headers = { apiKey: account.apiKey.reveal(), accept: 'application/json' }
  return readMessaging(await http.postForm(`${account.baseUrl}/version1/messaging`, form, { headers }))
}

/** Anything but the documented shape leaves open whether the text went out. */
export function readMessaging(body: unknown): MessagingData {
  const parsed = messagingAnswer.safeParse(body)
  if (!parsed.success) throw new ProviderUnclear("sms: Africa's Talking answered in a shape we do not know")
  return parsed.data.SMSMessageData
}
