import { definePlugin, type Host, type Messenger, ProviderMisconfigured, ProviderRefused } from '@nyuzi/sdk'
import { config, type SmsConfig } from './config.ts'
import { advanta, advantaBaseUrl } from './gateways/advanta/advanta.ts'
import { africasTalking, baseUrlFor } from './gateways/africastalking/africastalking.ts'
import type { Gateway } from './gateways/gateway.ts'
import { measureText, plainText } from './segments.ts'
import { toSentMessage } from './status.ts'

export const sms = definePlugin({
  id: 'sms',
  title: "SMS (Africa's Talking, Advanta and white labels)",
  contract: 1,
  config,
  setup: (host) => ({ messages: messenger(host, gatewayOf(host)) }),
})

function messenger({ config, log }: Host<SmsConfig>, gateway: Gateway): Messenger {
  const prepared = config.replaceTypography ? plainText : (text: string) => text
  const { submit, ...inbound } = gateway
  return {
    ...inbound,
    channelsOffered: ['sms'],
    measure: (text) => measureText(prepared(text)),
    async send(message) {
      if (message.channel !== 'sms') throw new ProviderRefused(`sms: ${message.channel} is not a channel of this plugin`)
      const text = prepared(message.text)
      if (text === '') throw new ProviderRefused('sms: an empty text cannot be sent')
      const result = await submit({ ...message, text })
      if (result.outcome !== 'accepted')
        log.warn('the gateway did not take a text', { messageId: message.id, reason: result.reason, providerCode: result.providerCode })
      return toSentMessage(result, measureText(text).parts)
    },
  }
}

function gatewayOf(host: Host<SmsConfig>): Gateway {
  const { gateway, apiKey, senderId, deliveryTexts } = host.config
  if (gateway === 'africastalking') {
    const username = needed(host.config, 'username')
    return africasTalking(host, { baseUrl: baseUrl(host.config, baseUrlFor(username)), username, apiKey, senderId })
  }
  const account = {
    baseUrl: baseUrl(host.config, advantaBaseUrl),
    partnerId: needed(host.config, 'partnerId'),
    apiKey,
    senderId: needed(host.config, 'senderId'),
  }
  return advanta(host, account, deliveryTexts)
}

function needed(config: SmsConfig, field: 'username' | 'partnerId' | 'senderId'): string {
  const value = config[field]
  if (value === undefined) throw new ProviderMisconfigured(`sms: "${field}" is required for gateway "${config.gateway}"`)
  return value
}

const baseUrl = (config: SmsConfig, usual: string): string => (config.baseUrl ?? usual).replace(/\/+$/, '')
