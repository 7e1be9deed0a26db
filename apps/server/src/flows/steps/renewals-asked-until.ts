import { addDays, type CivilDate, civilDateAt, type Instant } from '@nyuzi/core'
import type { Organisation } from '../ports.ts'

/** A renewal is asked for as early as an invoice would be issued. */
export const renewalsAskedUntil = ({ timeZone, policy }: Pick<Organisation, 'timeZone' | 'policy'>, now: Instant): CivilDate =>
  addDays(civilDateAt(now, timeZone), policy.invoiceLeadDays)
