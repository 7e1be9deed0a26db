import type { ReadingStore } from '../flows/readings/ports.ts'
import { accessReadings } from './readings/access.ts'
import { billingReadings } from './readings/billing.ts'
import { creditReadings } from './readings/credits.ts'
import { dunningReadings } from './readings/dunning.ts'
import { ledgerReadings } from './readings/ledger.ts'
import { organisationReadings } from './readings/organisation.ts'
import { paymentReadings } from './readings/payments.ts'
import { receivableReadings } from './readings/receivables.ts'
import { subscriberReadings } from './readings/subscribers.ts'
import { timelineReadings } from './readings/timeline.ts'
import type { Sql } from './transaction.ts'

export const readingStore = (sql: Sql): ReadingStore => ({
  ...organisationReadings(sql),
  ...subscriberReadings(sql),
  ...billingReadings(sql),
  ...creditReadings(sql),
  ...paymentReadings(sql),
  ...receivableReadings(sql),
  ...accessReadings(sql),
  ...dunningReadings(sql),
  ...ledgerReadings(sql),
  ...timelineReadings(sql),
})
