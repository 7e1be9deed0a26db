/** How a payer answers a prompt. `noAnswer`: no callback ever, and queries stay open. A code is sent as it is. */
export type PromptOutcome =
  | 'approve'
  | 'cancel'
  | 'wrongPin'
  | 'insufficient'
  | 'timeout'
  | 'noAnswer'
  | { readonly code: string; readonly text: string }

export type SimulatedShortcode = {
  readonly shortcode: string
  readonly kind: 'paybill' | 'till'
  /** The number in whose name prompts for a till are sent. */
  readonly storeNumber?: string
  /** Asks the validation address before taking a payment, as support enables it per shortcode. */
  readonly validation?: boolean
}

export type DarajaSimulatorOptions = {
  /** A free port of 127.0.0.1 when absent. */
  readonly port?: number
  /** The first is the default of {@link DarajaSimulator.pay} and `settings`. */
  readonly shortcodes?: readonly SimulatedShortcode[]
  readonly clock?: { now(): Date }
  /** Each payment is a JSON line, fsynced before any callback; an existing file is read back at the start. */
  readonly journalPath?: string
  /** Answers each prompt by itself; without it prompts stay open until `answerPrompt`. */
  readonly autoAnswer?: { readonly outcome: PromptOutcome; readonly afterMs: number }
  readonly onPrompt?: (prompt: SimulatedPrompt) => void
  readonly tokenLifetimeMs?: number
  /** How a query says that a prompt is still open: both forms occur. */
  readonly openQueryAnswer?: '4999' | 'error500'
  /** A payment by prompt also raises the confirmation when addresses are registered; which comes first is not promised. */
  readonly confirmation?: 'before' | 'after' | 'never'
  /** By the version of the registration when absent: v1 hashed, v2 masked. */
  readonly payerFormat?: 'masked' | 'hashed' | 'clear'
  readonly validationTimeoutMs?: number
}

export type SimulatedPrompt = {
  readonly checkoutRequestId: string
  readonly merchantRequestId: string
  readonly shortcode: string
  readonly kind: 'paybill' | 'till'
  readonly phone: string
  /** Whole shillings. */
  readonly amount: string
  readonly accountReference: string
  readonly description: string
  readonly callbackUrl: string
  readonly requestedAt: Date
  /** `silent` was never answered; a `failed` prompt can still be paid late. */
  state: 'open' | 'silent' | 'failed' | 'paid'
  result?: { readonly code: string; readonly text: string }
}

/** A payment the operator took: money moved, whatever became of the callbacks. */
export type BookEntry = {
  readonly receipt: string
  readonly kind: 'prompt' | 'c2b'
  readonly shortcode: string
  /** `1500.00` */
  readonly amount: string
  readonly phone: string
  readonly payerName: string
  readonly accountReference: string
  readonly takenAt: Date
  readonly checkoutRequestId?: string
}

/** One try to tell the receiver; Daraja never repeats one. */
export type Delivery = {
  readonly channel: 'stk' | 'confirmation' | 'validation'
  readonly url: string
  readonly body: string
  readonly receipt?: string
  readonly checkoutRequestId?: string
  /** Absent while it is under way. */
  status?: number
  error?: string
  /** Told to lose it: it was never sent. */
  lost?: true
}

export type PayRequest = {
  readonly phone: string
  /** `1500` or `1500.50` */
  readonly amount: string
  readonly accountReference?: string
  readonly shortcode?: string
  readonly firstName?: string
  /** An organisation pays: no phone, its name in FirstName. */
  readonly organisation?: string
}

export type PayResult = { readonly outcome: 'paid'; readonly entry: BookEntry } | { readonly outcome: 'rejected'; readonly code: string }
