export type SmsGatewayStyle = 'africastalking' | 'advanta'

/** What becomes of a text that was taken. `waiting` never gets a final report. */
export type Fate = 'delivered' | 'failed' | 'waiting'

/**
 * What goes wrong with a send. `lose-request`: the line breaks before the text is taken. `lose-answer`: it is taken and
 * the answer is lost. `html`: a proxy's page with status 200. `rate-limit`: 429. `server-error`: 500, not taken.
 */
export type Mishap = 'lose-request' | 'lose-answer' | 'html' | 'rate-limit' | 'server-error'

/** May be changed at any time through `simulator.behaviour`. */
export type SmsGatewayBehaviour = {
  /** Africa's Talking: where delivery reports are pushed; none are while it is undefined. */
  reportUrl: string | undefined
  /** From taking a text until its report is pushed, or known to getdlr. */
  reportDelayMs: number
  /** Each report is pushed this many times more. */
  reportsRepeated: number
  /** The report arrives while the sender still waits for its answer. */
  reportBeforeAnswer: boolean
  /** A push that is not answered 2xx is made again, this many times in all, 100 ms apart. */
  reportTriesMax: number
  fate: Fate
  /** Between taking a text and answering, so that a caller who gives up has still sent it. */
  answerDelayMs: number
  /** Parts that may still be sent; undefined is without end. */
  creditParts: number | undefined
  /** Digits only. */
  readonly refusedNumbers: Set<string>
  readonly optedOutNumbers: Set<string>
  /** Undefined takes every sender id. */
  senderIds: readonly string[] | undefined
  /** Advanta: a client id that was seen is answered as before and not sent again. */
  dedupeByClientId: boolean
  /** Advanta: `respose-code`, as most installations spell it, or `response-code`. */
  spelling: 'respose' | 'response'
  /** Advanta: codes, ids and numbers as text. */
  numbersAsText: boolean
}

export type SmsGatewaySimulatorOptions = Partial<SmsGatewayBehaviour> & {
  readonly style: SmsGatewayStyle
  /** A free one when absent. */
  readonly port?: number
  /** Undefined lets everyone in. */
  readonly apiKey?: string
  /** Africa's Talking's user name or Advanta's partner ID; undefined lets everyone in. */
  readonly accountName?: string
  /** Each message is appended here as a line of JSON before it is answered, and read back at the next start. */
  readonly journalPath?: string
  /** Decimal text with four places, in shillings. */
  readonly pricePerPart?: string
  readonly now?: () => Date
}

export function behaviourFrom(options: SmsGatewaySimulatorOptions): SmsGatewayBehaviour {
  return {
    reportUrl: options.reportUrl,
    reportDelayMs: options.reportDelayMs ?? 0,
    reportsRepeated: options.reportsRepeated ?? 0,
    reportBeforeAnswer: options.reportBeforeAnswer ?? false,
    reportTriesMax: options.reportTriesMax ?? 20,
    fate: options.fate ?? 'delivered',
    answerDelayMs: options.answerDelayMs ?? 0,
    creditParts: options.creditParts,
    refusedNumbers: new Set(options.refusedNumbers),
    optedOutNumbers: new Set(options.optedOutNumbers),
    senderIds: options.senderIds,
    dedupeByClientId: options.dedupeByClientId ?? false,
    spelling: options.spelling ?? 'respose',
    numbersAsText: options.numbersAsText ?? false,
  }
}
