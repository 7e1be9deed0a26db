import type { Transaction } from '../flows/ports.ts'
import { accessReadings } from './readings/access.ts'
import { billingReadings } from './readings/billing.ts'
import { chargeReadings } from './readings/charges.ts'
import { creditReadings } from './readings/credits.ts'
import { discountReadings } from './readings/discounts.ts'
import { dunningReadings } from './readings/dunning.ts'
import { exemptionReadings } from './readings/exemptions.ts'
import { fiscalReadings } from './readings/fiscal.ts'
import { ledgerReadings } from './readings/ledger.ts'
import { organisationReadings } from './readings/organisation.ts'
import { paymentReadings } from './readings/payments.ts'
import { previewReadings } from './readings/previews.ts'
import { receivableReadings } from './readings/receivables.ts'
import { subscriberReadings } from './readings/subscribers.ts'
import { timelineReadings } from './readings/timeline.ts'
import { usageReadings } from './readings/usage.ts'
import type { Sql } from './transaction.ts'

export const readingStore = (sql: Sql): Transaction['readings'] => ({
  ...organisationReadings(sql),
  ...subscriberReadings(sql),
  ...billingReadings(sql),
  ...chargeReadings(sql),
  ...creditReadings(sql),
  ...paymentReadings(sql),
  ...previewReadings(sql),
  ...receivableReadings(sql),
  ...accessReadings(sql),
  ...dunningReadings(sql),
  ...exemptionReadings(sql),
  ...ledgerReadings(sql),
  ...timelineReadings(sql),
  ...discountReadings(sql),
  ...usageReadings(sql),
  ...fiscalReadings(sql),
})
