import { createHash } from 'node:crypto'
import { callbackUrlFault } from '../client/callback-url.ts'
import { asFields, readJson, wordOf } from '../client/json.ts'
import { toWireTime } from '../client/time.ts'
import type { Book } from './book.ts'
import type { Courier, Letter } from './courier.ts'
import { invalidField, type Reply, refusals, reply } from './refusals.ts'
import type { BookEntry, DarajaSimulatorOptions, PayRequest, PayResult, SimulatedShortcode } from './types.ts'

type Registration = {
  readonly version: 'v1' | 'v2'
  readonly responseType: string
  readonly confirmationUrl: string
  readonly validationUrl: string
}

/** Payments that payers start themselves, and the addresses that are told of them. */
export type Counter = {
  register(version: 'v1' | 'v2', body: unknown): Reply
  /** What an operator does in the portal before a second registration. */
  deleteRegistration(shortcode: string): void
  pay(request: PayRequest): Promise<PayResult>
  /** The confirmation of a payment that was taken; undefined when no address is registered. */
  confirmation(entry: BookEntry): Letter | undefined
}

export function createCounter(setup: {
  readonly shortcodes: readonly SimulatedShortcode[]
  readonly clock: { now(): Date }
  readonly book: Book
  readonly courier: Courier
  readonly options: Pick<DarajaSimulatorOptions, 'payerFormat' | 'validationTimeoutMs'>
}): Counter {
  const { shortcodes, clock, book, courier, options } = setup
  const registrations = new Map<string, Registration>()

  function notice(entry: BookEntry, version: 'v1' | 'v2', balance: string, ownId: string): string {
    const organisation = entry.phone === ''
    const names = organisation ? {} : { MiddleName: '', LastName: '' }
    const msisdn = organisation ? '' : showPhone(entry.phone, options.payerFormat ?? (version === 'v1' ? 'hashed' : 'masked'))
    return JSON.stringify({
      TransactionType: transactionType(entry, kindOf(entry.shortcode)),
      TransID: entry.receipt,
      TransTime: toWireTime(entry.takenAt),
      TransAmount: entry.amount,
      BusinessShortCode: entry.shortcode,
      BillRefNumber: entry.accountReference,
      InvoiceNumber: organisation ? 'OK' : '',
      OrgAccountBalance: balance,
      ThirdPartyTransID: ownId,
      MSISDN: msisdn,
      FirstName: entry.payerName,
      ...names,
    })
  }

  const kindOf = (shortcode: string) => shortcodes.find((known) => known.shortcode === shortcode)?.kind ?? 'paybill'
  const ownIds = new Map<string, string>()

  function confirmation(entry: BookEntry): Letter | undefined {
    const registered = registrations.get(entry.shortcode)
    if (!registered) return undefined
    const body = notice(entry, registered.version, '84210.00', ownIds.get(entry.receipt) ?? '')
    const checkout = entry.checkoutRequestId === undefined ? {} : { checkoutRequestId: entry.checkoutRequestId }
    return { channel: 'confirmation', url: registered.confirmationUrl, body, receipt: entry.receipt, ...checkout }
  }

  /** The code of a refusal; undefined when the payment may go on. No answer in time: ResponseType decides. */
  async function validate(candidate: BookEntry, registered: Registration): Promise<string | undefined> {
    const letter: Letter = {
      channel: 'validation',
      url: registered.validationUrl,
      body: notice(candidate, registered.version, '', ''),
      receipt: candidate.receipt,
    }
    const answer = asFields(readJson((await courier.ask(letter, options.validationTimeoutMs ?? 8_000)) ?? ''))
    const code = wordOf(answer, 'ResultCode')
    if (code === undefined) return registered.responseType === 'Completed' ? undefined : 'no_answer'
    const ownId = wordOf(answer, 'ThirdPartyTransID')
    if (ownId !== undefined) ownIds.set(candidate.receipt, ownId)
    return code === '0' ? undefined : code
  }

  return {
    confirmation,
    register(version, body) {
      const fields = asFields(body)
      const shortcode = wordOf(fields, 'ShortCode') ?? ''
      const responseType = wordOf(fields, 'ResponseType') ?? ''
      const confirmationUrl = wordOf(fields, 'ConfirmationURL') ?? ''
      const validationUrl = wordOf(fields, 'ValidationURL') ?? ''
      if (!shortcodes.some((known) => known.shortcode === shortcode)) return invalidField('ShortCode')
      if (!/^(Completed|Cancelled)$/.test(responseType)) return invalidField('ResponseType')
      if (callbackUrlFault(confirmationUrl, false)) return invalidField('ConfirmationURL')
      if (callbackUrlFault(validationUrl, false)) return invalidField('ValidationURL')
      if (registrations.has(shortcode)) return refusals.alreadyRegistered
      registrations.set(shortcode, { version, responseType, confirmationUrl, validationUrl })
      return reply({ OriginatorCoversationID: '7619-40218855-1', ResponseCode: '0', ResponseDescription: 'Success' })
    },
    deleteRegistration: (shortcode) => void registrations.delete(shortcode),
    async pay(request) {
      const shortcode = request.shortcode ?? shortcodes[0]?.shortcode ?? ''
      const known = shortcodes.find((one) => one.shortcode === shortcode)
      if (!known) throw new Error(`the simulator holds no shortcode ${shortcode}`)
      if (!/^\d+(\.\d{1,2})?$/.test(request.amount)) throw new Error(`amount must be like 1500 or 1500.50, not ${request.amount}`)
      const [whole, cents = ''] = request.amount.split('.')
      const payment = {
        kind: 'c2b',
        shortcode,
        amount: `${whole}.${cents.padEnd(2, '0')}`,
        phone: request.organisation === undefined ? request.phone.replace(/\D/g, '') : '',
        payerName: request.organisation ?? request.firstName ?? 'AMINA',
        accountReference: request.accountReference ?? '',
        takenAt: clock.now(),
      } as const
      const registered = registrations.get(shortcode)
      const receipt = book.reserve()
      if (known.validation && registered) {
        const code = await validate({ receipt, ...payment }, registered)
        if (code !== undefined) return { outcome: 'rejected', code }
      }
      const entry = book.take({ ...payment, takenAt: clock.now() }, receipt)
      const letter = confirmation(entry)
      if (letter) await courier.send([letter])
      return { outcome: 'paid', entry }
    },
  }
}

function transactionType({ kind, phone }: BookEntry, shortcodeKind: 'paybill' | 'till'): string {
  if (phone === '') return 'Organization To Organization Transfer'
  if (kind === 'prompt') return shortcodeKind === 'till' ? 'Customer Merchant Payment' : 'CustomerPayBillOnline'
  return shortcodeKind === 'till' ? 'Buy Goods' : 'Pay Bill'
}

function showPhone(phone: string, format: 'masked' | 'hashed' | 'clear'): string {
  if (format === 'hashed') return createHash('sha256').update(phone).digest('hex')
  return format === 'clear' ? phone : `${phone.slice(0, 4)} ***** ${phone.slice(-3)}`
}
