// Sends text messages through Africa's Talking. One capability, no state.
import { definePlugin, ProviderRefused, ProviderUnclear, secret, z } from '@nyuzi/sdk'

const config = z.object({
  username: z.string().describe('Name of the app'),
  apiKey: secret().describe('From the portal, Settings → API key'),
  baseUrl: z.url().default('https://api.africastalking.com').describe('The address of the gateway'),
})

const recipient = z.object({ messageId: z.string(), statusCode: z.number() })
const reply = z.object({ SMSMessageData: z.object({ Recipients: z.tuple([recipient]) }) })

export const sms = definePlugin({
  id: 'sms',
  title: "SMS (Africa's Talking)",
  contract: 1,
  config,
  setup: ({ config, http }) => ({
    messages: {
      channelsOffered: ['sms'],
      async send({ to, text }) {
        const form = { username: config.username, to, message: text }
        const headers = { apiKey: config.apiKey.reveal() }
        const said = reply.safeParse(await http.postForm(`${config.baseUrl}/version1/messaging`, form, { headers }))
        // The message may have gone out, so an answer in another shape is no failure.
        if (!said.success) throw new ProviderUnclear('sms: the answer names no recipient')
        const [{ messageId, statusCode }] = said.data.SMSMessageData.Recipients
        // 100, 101 and 102 mean processed, sent and queued; any other code is a definite no.
        if (statusCode > 102) throw new ProviderRefused('sms: refused', { providerCode: String(statusCode) })
        return { providerReference: messageId }
      },
    },
  }),
})
