import { type Api, type SubscriberSaid, shillings, type WithId } from './api.ts'
import type { Line } from './notes.ts'
import type { World } from './world.ts'

export type PaybillPayment = {
  readonly phone: string
  readonly amount: number
  readonly reference: string
  readonly firstName: string
}

/** Someone opens the menu of their phone, types paybill, account number and amount. */
export async function payByPaybill(world: World, { phone, amount, reference, firstName }: PaybillPayment): Promise<string> {
  const paid = await world.daraja.pay({
    phone: phone.replace('+', ''),
    amount: String(amount),
    accountReference: reference,
    firstName: firstName.toUpperCase(),
  })
  if (paid.outcome !== 'paid') throw new Error(`the operator refused the payment: ${paid.code}`)
  return paid.entry.receipt
}

export type PromptAnswer = 'approve' | 'cancel' | 'wrongPin' | 'noAnswer'

/** We ask; the phone shows a prompt; its owner answers after a while. */
export async function payByPrompt(
  api: Api,
  world: World,
  line: Line,
  answer: PromptAnswer,
  afterMs: number,
  amount?: number,
): Promise<string> {
  world.daraja.behave('next', answer, afterMs)
  const intent = await api.post<WithId>('/v1/payment-intents', {
    subscriber: line.subscriber,
    ...(amount === undefined ? {} : { amount: shillings(amount) }),
  })
  return intent.id
}

/** What people see on their reminder, in whole shillings. */
export async function owedBy(api: Api, subscriber: string): Promise<number> {
  const { owed } = await api.get<SubscriberSaid>(`/v1/subscribers/${subscriber}`)
  return Number(BigInt(owed.amountMinor) / 100n)
}

/** Two neighbouring digits change places: the commonest slip that is no other subscriber's number. */
export function mistype(accountNumber: string): string {
  for (let at = accountNumber.length - 2; at > 0; at -= 1) {
    const [left, right] = [accountNumber.charAt(at), accountNumber.charAt(at + 1)]
    if (left !== right) return accountNumber.slice(0, at) + right + left + accountNumber.slice(at + 2)
  }
  return `${accountNumber.slice(0, -1)}${(Number(accountNumber.at(-1)) + 1) % 10}`
}

export const firstNameOf = ({ name }: { readonly name: string }): string => name.split(' ')[0] ?? name
