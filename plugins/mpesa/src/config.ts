import { secret, z } from '@nyuzi/sdk'

export const productionUrl = 'https://api.safaricom.co.ke'
export const sandboxUrl = 'https://sandbox.safaricom.co.ke'

/** Source addresses of callbacks as published by Safaricom; 196.201.212.69 was also observed live. */
const publishedPeers = [
  '196.201.212.69',
  '196.201.212.74',
  '196.201.212.127',
  '196.201.212.129',
  '196.201.212.136',
  '196.201.212.138',
  '196.201.213.44',
  '196.201.213.114',
  '196.201.214.200',
  '196.201.214.206',
  '196.201.214.207',
  '196.201.214.208',
]

const shortcode = z.string().regex(/^\d{5,7}$/, 'must be 5 to 7 digits, as printed on the contract')

export const config = z.object({
  shortcode: shortcode.describe('Paybill or till number that receives the money, 5 to 7 digits'),
  kind: z.enum(['paybill', 'till']).default('paybill').describe('What the number is: a paybill (with account numbers) or a Buy Goods till'),
  storeNumber: shortcode
    .optional()
    .describe('Only for a till: the store or head-office number that went live; prompts are sent in its name'),
  consumerKey: secret().describe('Consumer key of the app in the Daraja portal, My Apps'),
  consumerSecret: secret().describe('Consumer secret of the same app'),
  passkey: secret().describe('Passkey for M-Pesa Express, sent by e-mail when the shortcode went live'),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .default(productionUrl)
    .describe('Where Daraja is: production, https://sandbox.safaricom.co.ke, or a simulator'),
  c2bVersion: z
    .enum(['v1', 'v2'])
    .default('v2')
    .describe('Version of the notices for payments that payers start: v2 masks the phone number, v1 sends its SHA-256'),
  responseType: z
    .enum(['Completed', 'Cancelled'])
    .default('Completed')
    .describe('What happens to a payment when our validation address does not answer in time'),
  peerAddresses: z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .default(publishedPeers)
    .describe('Addresses that may call us. Empty: not checked, for a simulator or behind a proxy that hides the caller'),
  amountMin: z.int().min(1).max(1_000_000).default(1).describe('Smallest payment to ask for, in whole shillings'),
  amountMax: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(250_000)
    .describe('Largest payment to ask for, in whole shillings; 250,000 is the operator limit in force'),
  timeoutMs: z.int().min(1_000).max(20_000).default(20_000).describe('How long to wait for an answer of Daraja, in milliseconds'),
})

export type Settings = z.output<typeof config>
