import type { MessageKind } from '../messages/compose-message.ts'

/** One action at one age of an invoice. */
export type DunningStep = {
  /** Stable, and once per invoice: `before_due`. */
  readonly key: string
  /** Below zero is before the due date. */
  readonly daysFromDue: number
  readonly message: MessageKind
}
