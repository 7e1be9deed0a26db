import type { Endpoint } from './endpoint.ts'
import type { ApiParts } from './parts.ts'
import { catalogRoutes } from './routes/catalog.ts'
import { chargeRoutes } from './routes/charges.ts'
import { creditRoutes } from './routes/credits.ts'
import { cutOffRoutes } from './routes/cut-offs.ts'
import { discountRoutes } from './routes/discounts.ts'
import { documentRoutes } from './routes/documents.ts'
import { dunningRoutes } from './routes/dunning.ts'
import { exemptionRoutes } from './routes/exemptions.ts'
import { fiscalRoutes } from './routes/fiscal.ts'
import { installationRoutes } from './routes/installations.ts'
import { invoiceRoutes } from './routes/invoices.ts'
import { ledgerRoutes } from './routes/ledger.ts'
import { organisationRoutes } from './routes/organisations.ts'
import { paymentRoutes } from './routes/payments.ts'
import { previewRoutes } from './routes/previews.ts'
import { receivableRoutes } from './routes/receivables.ts'
import { reportRoutes } from './routes/reports.ts'
import { serviceRoutes } from './routes/services.ts'
import { subscriberRoutes } from './routes/subscribers.ts'
import { subscriptionRoutes } from './routes/subscriptions.ts'
import { usageRoutes } from './routes/usage.ts'

/** Every route of the API, with who may use it. Tests walk it; what is not in it does not exist. */
export const routeTable = (parts: ApiParts): readonly Endpoint[] => [
  ...organisationRoutes(parts),
  ...catalogRoutes(parts),
  ...subscriberRoutes(parts),
  ...subscriptionRoutes(parts),
  ...discountRoutes(parts),
  ...usageRoutes(parts),
  ...chargeRoutes(parts),
  ...serviceRoutes(parts),
  ...installationRoutes(parts),
  ...exemptionRoutes(parts),
  ...invoiceRoutes(parts),
  ...previewRoutes(parts),
  ...creditRoutes(parts),
  ...paymentRoutes(parts),
  ...documentRoutes(parts),
  ...fiscalRoutes(parts),
  ...dunningRoutes(parts),
  ...receivableRoutes(parts),
  ...cutOffRoutes(parts),
  ...ledgerRoutes(parts),
  ...reportRoutes(parts),
]
