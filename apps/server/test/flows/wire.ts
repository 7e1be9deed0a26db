// What M-Pesa would send, written by hand where the simulator is too well-behaved: the same call to two servers, a
// till's notice without a reference, a call that comes twice with different content.
import { createHash } from 'node:crypto'
import type { InstallationId } from '@nyuzi/core'
import type { Isp } from '../isp.ts'

type Notice = {
  readonly receipt: string
  /** `1500.00` */
  readonly amount: string
  readonly at: Date
  readonly account?: string
  readonly msisdn?: string
  readonly name?: string
}

/** `20261114103041` in Nairobi, which keeps UTC+3 all year. */
const wireTime = (at: Date): string => new Date(at.getTime() + 3 * 3_600_000).toISOString().replace(/\D/g, '').slice(0, 14)

export const masked = (phone: string): string => `${phone.slice(1, 5)} ***** ${phone.slice(-3)}`
export const hashed = (phone: string): string => createHash('sha256').update(phone.slice(1)).digest('hex')

/** A payment that the payer started; without an account, as a till reports it. */
export const confirmationOf = ({ receipt, amount, at, account = '', msisdn = '', name = 'AMINA' }: Notice): string =>
  JSON.stringify({
    TransactionType: account === '' ? 'Buy Goods' : 'Pay Bill',
    TransID: receipt,
    TransTime: wireTime(at),
    TransAmount: amount,
    BusinessShortCode: '400123',
    BillRefNumber: account,
    InvoiceNumber: '',
    OrgAccountBalance: '84210.00',
    ThirdPartyTransID: '',
    MSISDN: msisdn,
    FirstName: name,
    MiddleName: '',
    LastName: '',
  })

export const promptPaidOf = (checkoutRequestId: string, { receipt, amount, at, msisdn = '' }: Notice): string =>
  `{"Body":{"stkCallback":{"MerchantRequestID":"7f3a-1","CheckoutRequestID":"${checkoutRequestId}","ResultCode":0,"ResultDesc":"ok","CallbackMetadata":{"Item":[{"Name":"Amount","Value":${amount}},{"Name":"MpesaReceiptNumber","Value":"${receipt}"},{"Name":"Balance"},{"Name":"TransactionDate","Value":${wireTime(at)}},{"Name":"PhoneNumber","Value":${msisdn.slice(1)}}]}}}}`

export const promptFailedOf = (checkoutRequestId: string, code: string): string =>
  `{"Body":{"stkCallback":{"MerchantRequestID":"7f3a-1","CheckoutRequestID":"${checkoutRequestId}","ResultCode":${code},"ResultDesc":"no"}}}`

/** Posts as the provider does; gives the status. */
export async function call(url: string, body: string | Uint8Array<ArrayBuffer>): Promise<number> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json;charset=UTF-8', connection: 'close' },
    body,
  })
  await answer.text()
  return answer.status
}

/** The address of a channel on one of the servers. */
export async function channelUrl(
  isp: Isp,
  channel: string,
  { installation = isp.installations.paybill, server = 0 }: { installation?: InstallationId; server?: number } = {},
): Promise<string> {
  const [row] = await isp.raw`select callback_token from installations where id = ${installation}`
  return addressOf(isp, installation, channel, row?.callback_token, server)
}

/** The address that names one prompt. */
export async function promptUrl(isp: Isp, intentId: string, server = 0): Promise<string> {
  const [row] = await isp.raw`select installation_id, callback_token from payment_intents where id = ${intentId}`
  return addressOf(isp, row?.installation_id, 'stk', row?.callback_token, server)
}

const addressOf = (isp: Isp, installation: string, channel: string, token: string, server: number): string =>
  `${isp.servers[server]?.url}/callbacks/${installation.replaceAll('-', '')}/${channel}/${token}`

/** Everything that was reported is in the ledger or has been judged: nothing waits. */
export async function quiet(isp: Isp): Promise<void> {
  await isp.daraja.settled()
  await isp.until('nothing to wait in the inbox', async () => {
    const [row] = await isp.raw`
      select (select count(*)::int from callbacks where status = 'received') + (select count(*)::int from payment_notices where outcome is null) as waiting`
    return row?.waiting === 0
  })
  await isp.settled()
}

export const receiptsSent = (isp: Isp, receipt: string) => isp.gateway.messages.filter(({ text }) => text.includes(receipt))
