/** What a service may do on the network. */
export const accessStates = ['active', 'limited', 'suspended', 'closed'] as const
/**
 * `active`: the plan's speeds. `limited`: online at reduced speed (fair use, overdraft). `suspended`: only the pay
 * pages. `closed`: the line is gone from the network; deletion is a wanted state too.
 */
export type AccessState = (typeof accessStates)[number]

/** Reasons that follow from the debts. On: all but `overdue` and `expired`. */
export const debtReasons = [
  'paid',
  'in_grace',
  'on_instalments',
  'in_overdraft',
  'below_minimum',
  'extended',
  'cut_off_waits',
  'awaiting_approval',
  'overdue',
  'expired',
] as const

/** Why a service has its state; shown to staff and on the timeline. */
export type AccessReason = (typeof debtReasons)[number] | 'not_started' | 'cancelled' | 'held' | 'opened' | 'paused'

/** Speeds as the subscriber sees them: bits per second, download first in words and in code. */
export type AccessProfile = {
  /** ASCII, at most 40 characters of `[a-z0-9-]`: routers show it in lists. */
  readonly name: string
  readonly downloadBps: bigint
  readonly uploadBps: bigint
}
