import { secret, z } from '@nyuzi/sdk'

export const config = z.object({
  gateway: z
    .enum(['africastalking', 'advanta'])
    .describe("Whose API is spoken: Africa's Talking, or the Kenyan bulk API of Advanta and its white labels"),
  apiKey: secret().describe("API key from the gateway's portal"),
  username: z.string().min(1).optional().describe("Africa's Talking: the app's user name; `sandbox` goes to the sandbox"),
  partnerId: z.string().min(1).optional().describe('Advanta style: the partner ID'),
  senderId: z
    .string()
    .regex(/^[A-Za-z0-9 _.&-]{3,11}$/)
    .optional()
    .describe("Sender ID or short code registered with the operators, up to 11 characters; Africa's Talking works without"),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Address of the gateway where it is not the usual one, e.g. a white label's"),
  deliveryTexts: z
    .record(z.string(), z.enum(['sent', 'delivered', 'failed', 'failed_permanently']))
    .default({})
    .describe('Advanta style: what a delivery text of your gateway means, added to the known ones'),
  replaceTypography: z
    .boolean()
    .default(false)
    .describe('Send plain quotes, dashes and spaces for curly and unbreakable ones; one of those more than halves what fits in a part'),
})

export type SmsConfig = z.output<typeof config>
