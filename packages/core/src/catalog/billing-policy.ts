export const suspensionPolicies = ['bill', 'skip', 'extend'] as const
/**
 * Days on which the line is off, because a debt suspended it or because it was paused: `bill` charges them, `skip` does
 * not and keeps the billing day, `extend` gives them back by moving the billing day.
 */
export type SuspensionPolicy = (typeof suspensionPolicies)[number]

export const renewalPolicies = ['from_old_end', 'from_payment'] as const
/** From where a late prepaid renewal counts: the period that holds the day of the payment, or that day itself. */
export type RenewalPolicy = (typeof renewalPolicies)[number]

export const firstPeriodPolicies = ['prorated', 'full', 'free'] as const
/** What a first period costs that is shorter than a whole one. */
export type FirstPeriodPolicy = (typeof firstPeriodPolicies)[number]

export const passRenewalPolicies = ['automatic', 'on_payment'] as const
/** When a pass is bought that follows: as soon as the last one is over and credit covers it, or only when a payment comes. */
export type PassRenewalPolicy = (typeof passRenewalPolicies)[number]

/** The terms of billing that a price leaves to choice. */
export type BillingPolicy = {
  readonly suspension: SuspensionPolicy
  readonly pause: SuspensionPolicy
  readonly lateRenewal: RenewalPolicy
  readonly firstPeriod: FirstPeriodPolicy
  readonly passRenewal: PassRenewalPolicy
}

export const defaultBillingPolicy: BillingPolicy = {
  suspension: 'bill',
  pause: 'extend',
  lateRenewal: 'from_payment',
  firstPeriod: 'prorated',
  passRenewal: 'automatic',
}
