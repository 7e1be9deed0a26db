import { toWireDate, toWireDateTime } from '../client/time.ts'

/** Who asks in the calls that are answered later; the credential is the initiator's password, encrypted by their certificate. */
export type Initiator = { readonly name: string; readonly securityCredential: string }
/** Two addresses, since both get the same body and only the address tells a result from a timeout. */
export type ResultUrls = { readonly resultUrl: string; readonly timeoutUrl: string }

type Asked = { readonly initiator: Initiator; readonly urls: ResultUrls; readonly remarks: string }

/** A refund to a phone. `ownId` is unique and refused when it comes twice: never mint a second one while one is open. */
export const b2cRequest = (
  payout: Asked & { readonly ownId: string; readonly amount: string; readonly shortcode: string; readonly msisdn: string },
) => ({
  OriginatorConversationID: payout.ownId,
  InitiatorName: payout.initiator.name,
  SecurityCredential: payout.initiator.securityCredential,
  CommandID: 'BusinessPayment',
  Amount: payout.amount,
  PartyA: payout.shortcode,
  PartyB: payout.msisdn,
  Remarks: payout.remarks,
  QueueTimeOutURL: payout.urls.timeoutUrl,
  ResultURL: payout.urls.resultUrl,
  Occassion: '',
})

export const balanceRequest = (question: Asked & { readonly shortcode: string }) => ({
  Initiator: question.initiator.name,
  SecurityCredential: question.initiator.securityCredential,
  CommandID: 'AccountBalance',
  PartyA: question.shortcode,
  IdentifierType: '4',
  Remarks: question.remarks,
  QueueTimeOutURL: question.urls.timeoutUrl,
  ResultURL: question.urls.resultUrl,
})

/** By receipt, or by the id of an earlier request; the key of the other is left out, never sent empty. */
export const statusRequest = (
  question: Asked & { readonly shortcode: string } & ({ readonly receipt: string } | { readonly originatorConversation: string }),
) => ({
  Initiator: question.initiator.name,
  SecurityCredential: question.initiator.securityCredential,
  CommandID: 'TransactionStatusQuery',
  ...('receipt' in question ? { TransactionID: question.receipt } : { OriginalConversationID: question.originatorConversation }),
  PartyA: question.shortcode,
  IdentifierType: '4',
  ResultURL: question.urls.resultUrl,
  QueueTimeOutURL: question.urls.timeoutUrl,
  Remarks: question.remarks,
  Occasion: '',
})

export const reversalRequest = (reversal: Asked & { readonly receipt: string; readonly amount: string; readonly shortcode: string }) => ({
  Initiator: reversal.initiator.name,
  SecurityCredential: reversal.initiator.securityCredential,
  CommandID: 'TransactionReversal',
  TransactionID: reversal.receipt,
  Amount: reversal.amount,
  ReceiverParty: reversal.shortcode,
  // Spelled so on the wire; the correct spelling is refused.
  RecieverIdentifierType: '11',
  ResultURL: reversal.urls.resultUrl,
  QueueTimeOutURL: reversal.urls.timeoutUrl,
  Remarks: reversal.remarks,
  Occasion: '',
})

/** Sandbox only. */
export const simulateRequest = (payment: {
  readonly shortcode: string
  readonly amount: string
  readonly msisdn: string
  readonly accountReference: string
}) => ({
  ShortCode: Number(payment.shortcode),
  CommandID: 'CustomerPayBillOnline',
  Amount: Number(payment.amount),
  Msisdn: Number(payment.msisdn),
  BillRefNumber: payment.accountReference,
})

export const pullRegisterRequest = (registration: {
  readonly shortcode: string
  readonly nominatedMsisdn: string
  readonly callbackUrl: string
}) => ({
  ShortCode: registration.shortcode,
  RequestType: 'Pull',
  NominatedNumber: registration.nominatedMsisdn,
  CallBackURL: registration.callbackUrl,
})

/** The list keeps 48 hours; `offset` counts rows. */
export const pullRequest = (window: {
  readonly shortcode: string
  readonly from: Date
  readonly until: Date
  readonly offset: number
}) => ({
  ShortCode: window.shortcode,
  StartDate: toWireDateTime(window.from),
  EndDate: toWireDateTime(window.until),
  OffSetValue: String(window.offset),
})

export const qrRequest = (code: {
  readonly merchantName: string
  readonly accountReference: string
  readonly amount: string
  readonly shortcode: string
  readonly sizePx: number
}) => ({
  MerchantName: code.merchantName,
  RefNo: code.accountReference,
  Amount: Number(code.amount),
  TrxCode: 'PB',
  CPI: code.shortcode,
  Size: String(code.sizePx),
})

/** `name` is unique per payer. */
export const standingOrderRequest = (order: {
  readonly name: string
  readonly startsAt: Date
  readonly endsAt: Date
  readonly shortcode: string
  readonly amount: string
  readonly msisdn: string
  readonly callbackUrl: string
  readonly accountReference: string
  readonly description: string
}) => ({
  StandingOrderName: order.name,
  StartDate: toWireDate(order.startsAt),
  EndDate: toWireDate(order.endsAt),
  BusinessShortCode: order.shortcode,
  TransactionType: 'Standing Order Customer Pay Bill',
  ReceiverPartyIdentifierType: '4',
  Amount: order.amount,
  PartyA: order.msisdn,
  CallBackURL: order.callbackUrl,
  AccountReference: order.accountReference,
  TransactionDesc: order.description,
  // Monthly.
  Frequency: '4',
})
