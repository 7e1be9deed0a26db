import type { MessageKind } from '../messages/compose-message.ts'
import type { MessageChannel } from '../messages/messenger.ts'
import type { CivilDate } from '../time/calendar.ts'

/** The messages a step may send about an invoice. */
export const reminderKinds = ['invoice_before_due', 'invoice_due', 'invoice_overdue'] as const satisfies readonly MessageKind[]
export type ReminderKind = (typeof reminderKinds)[number]

/** What a step says of paid days that end, instead of its message for invoices: by its age, since nothing is owed. */
export const renewalNotice = ({ daysFromDue }: Pick<DunningStep, 'daysFromDue'>): MessageKind =>
  daysFromDue <= 0 ? 'renewal_due' : 'expired'

/** A step that names no late days is of use this long after its day: a server that stood still makes it up. */
export const lateDaysDefault = 45

/** One action at one age of an invoice, or of a renewal by the first day that is not paid for. */
export type DunningStep = {
  /** Stable, and once per invoice: `before_due`. */
  readonly key: string
  /** Below zero is before the due date. */
  readonly daysFromDue: number
  readonly message: ReminderKind
  /** The ways it may go, the preferred first; absent, whichever a messenger offers. */
  readonly channels?: readonly MessageChannel[]
  /** As it is sent, the phone of the payer is prompted for what is to be paid; the steps that prompt are the schedule on which it is tried again. */
  readonly prompt?: boolean
  /** How many days after its own it may still be sent; later it is skipped. */
  readonly lateDays?: number
  /** The day it was decided on at this age. Where its day lay before, the invoice is past it; absent, it held always. */
  readonly since?: CivilDate
}
