import { definePlugin, ProviderMisconfigured } from '@nyuzi/sdk'
import { createClient } from './client/client.ts'
import { collectRules, createCollect } from './collect.ts'
import { config, type Settings } from './config.ts'
import { answerEnquiry, translateEnquiry } from './enquiry.ts'
import { createLookUp } from './lookup.ts'
import { createRegister } from './register.ts'
import { translateCallback } from './translate-callback.ts'
import { channels, createVerify } from './verify-callback.ts'

/** M-Pesa in Kenya through Daraja: prompts on the payer's phone, and payments that payers start themselves. */
export const mpesa = definePlugin({
  id: 'mpesa',
  title: 'M-Pesa (Safaricom Daraja)',
  contract: 1,
  config,
  setup: (host) => {
    checkSettings(host.config)
    const client = createClient(host)
    return {
      payments: {
        currencies: ['KES'],
        account: `${host.config.baseUrl.replace(/\/+$/, '')} ${host.config.shortcode}`,
        channels,
        collect: { rules: collectRules(host.config), request: createCollect(host, client) },
        verifyCallback: createVerify(host.config),
        translateCallback,
        lookUpPayment: createLookUp(host, client),
        enquiries: { translateEnquiry, answerEnquiry },
        registerCallbacks: createRegister(host, client),
      },
    }
  },
})

/** Rules that span fields, which one field's schema cannot say. */
function checkSettings({ kind, storeNumber, amountMin, amountMax }: Readonly<Settings>): void {
  if (kind === 'till' && storeNumber === undefined)
    throw new ProviderMisconfigured('storeNumber: a till needs the store or head-office number that went live; set it')
  if (kind === 'paybill' && storeNumber !== undefined)
    throw new ProviderMisconfigured('storeNumber: only a till has one; remove it, or set kind to “till”')
  if (amountMin > amountMax) throw new ProviderMisconfigured('amountMin: must not be above amountMax; lower it')
}
