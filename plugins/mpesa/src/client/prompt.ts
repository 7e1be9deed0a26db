import { asFields, asList, readJson, textOf, wordOf } from './json.ts'
import { toWireTime } from './time.ts'

export const promptPath = '/mpesa/stkpush/v1/processrequest'
export const promptQueryPath = '/mpesa/stkpushquery/v1/query'

/** The fields that prove we are the shortcode. Timestamp and Password come from one reading of the clock. */
export function proof(businessShortcode: string, passkey: string, now: Date) {
  const Timestamp = toWireTime(now)
  return { Password: Buffer.from(businessShortcode + passkey + Timestamp).toString('base64'), Timestamp }
}

/** Who asks and who is paid: a till is paid through the store number that went live. */
export type Receiver = { readonly kind: 'paybill' | 'till'; readonly shortcode: string; readonly storeNumber?: string | undefined }

const businessShortcode = ({ kind, shortcode, storeNumber }: Receiver): string => (kind === 'till' ? (storeNumber ?? shortcode) : shortcode)

export type Prompt = {
  readonly receiver: Receiver
  readonly passkey: string
  readonly now: Date
  /** Whole shillings. */
  readonly amount: string
  readonly msisdn: string
  readonly callbackUrl: string
  readonly accountReference: string
  readonly description: string
}

export function promptRequest(prompt: Prompt) {
  const { receiver, amount, msisdn } = prompt
  const sender = businessShortcode(receiver)
  return {
    BusinessShortCode: Number(sender),
    ...proof(sender, prompt.passkey, prompt.now),
    TransactionType: receiver.kind === 'till' ? 'CustomerBuyGoodsOnline' : 'CustomerPayBillOnline',
    Amount: amount,
    PartyA: msisdn,
    PartyB: receiver.shortcode,
    PhoneNumber: msisdn,
    CallBackURL: prompt.callbackUrl,
    AccountReference: prompt.accountReference,
    TransactionDesc: prompt.description,
  }
}

export function promptQuery(receiver: Receiver, passkey: string, now: Date, checkoutRequest: string) {
  const sender = businessShortcode(receiver)
  return { BusinessShortCode: sender, ...proof(sender, passkey, now), CheckoutRequestID: checkoutRequest }
}

export type PromptCallback = {
  readonly checkoutRequest: string
  readonly resultCode: string | undefined
  /** Metadata by name; an item without a value is left out. Empty when there is no metadata at all. */
  readonly items: ReadonlyMap<string, string>
}

/** Undefined when it is not the body of a prompt's callback. */
export function readPromptCallback(text: string): PromptCallback | undefined {
  const callback = asFields(asFields(asFields(readJson(text))?.Body)?.stkCallback)
  const checkoutRequest = wordOf(callback, 'CheckoutRequestID')
  if (!callback || checkoutRequest === undefined) return undefined
  const items = new Map<string, string>()
  for (const item of asList(asFields(callback.CallbackMetadata)?.Item)) {
    const name = wordOf(item, 'Name')
    const value = textOf(item, 'Value')
    if (name !== undefined && value !== undefined) items.set(name, value)
  }
  return { checkoutRequest, resultCode: wordOf(callback, 'ResultCode'), items }
}
