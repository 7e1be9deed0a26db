import type { OrganisationId } from '@nyuzi/core'
import type { Store, Transaction, WorkKind } from '../flows/ports.ts'
import { accessStore } from './access.ts'
import { apiKeyStore } from './api-keys.ts'
import { auditStore } from './audit.ts'
import { billingStore } from './billing.ts'
import { branchStore } from './branches.ts'
import { callbackStore, keepCallbacks } from './callbacks.ts'
import { catalogStore } from './catalog.ts'
import { chargeStore } from './charges.ts'
import { claimStore } from './claims.ts'
import { creditStore } from './credits.ts'
import { cutOffStore } from './cut-offs.ts'
import { discountStore } from './discounts.ts'
import { documentStore } from './documents.ts'
import { dunningStore } from './dunning.ts'
import { effectStore } from './effects/record-effects.ts'
import { exemptionStore } from './exemptions.ts'
import { extensionStore } from './extensions.ts'
import { fiscalStore } from './fiscal.ts'
import { idempotencyStore } from './idempotency.ts'
import { installationStore } from './installations.ts'
import { instalmentPlanStore } from './instalment-plans.ts'
import { intentStore } from './intents.ts'
import { issuedStore } from './issued.ts'
import { lateFeeStore } from './late-fees.ts'
import { ledgerStore } from './ledger.ts'
import { messageStore } from './messages.ts'
import { noticeStore } from './notices.ts'
import { organisationIds, organisationStore, organisationsStore } from './organisations.ts'
import { passStore } from './passes.ts'
import { paymentStore } from './payments.ts'
import { previewStore } from './previews.ts'
import { priceMoveStore } from './price-moves.ts'
import { cockpitReadings } from './readings/cockpit.ts'
import { readingStore } from './readings.ts'
import { receivableStore } from './receivables.ts'
import { reportStore } from './reports.ts'
import { revenueStore } from './revenue.ts'
import type { Scope } from './scope.ts'
import { serviceStore } from './services.ts'
import { subscriberStore } from './subscribers.ts'
import { subscriptionStore } from './subscriptions.ts'
import { taskStore } from './tasks.ts'
import { type Database, inOrganisation, isDatabaseAway, repeating, type Sql, sqlState } from './transaction.ts'
import { usageStore } from './usage.ts'

class RolledBack extends Error {
  readonly result: unknown

  constructor(result: unknown) {
    super('rolled back')
    this.result = result
  }
}

/** The flows' door to PostgreSQL. */
export const openStore = (database: Database): Store => ({
  inOrganisation: (organisationId, work, scope) => inOrganisation(database, organisationId, (sql) => work(openTransaction(sql, scope))),

  keepCallbacks: (organisationId, callbacks) =>
    repeating(() => keepCallbacks(database, organisationId, callbacks, (work) => inOrganisation(database, organisationId, work))),

  async rehearse<T>(organisationId: OrganisationId, work: (tx: Transaction) => Promise<T>, scope?: Scope): Promise<T> {
    try {
      return await inOrganisation(database, organisationId, async (sql) => {
        throw new RolledBack(await work(openTransaction(sql, scope)))
      })
    } catch (error) {
      if (error instanceof RolledBack) return error.result as T
      throw error
    }
  },

  organisations: () => organisationIds(database),

  mayPass: (error) => isDatabaseAway(error) || /^(40|55)/.test(sqlState(error)),

  async dueWork(at) {
    return (await database`select kind, organisation_id from nyuzi_due_work(${at})`).map((row) => ({
      kind: row.kind as WorkKind,
      organisationId: row.organisation_id as OrganisationId,
    }))
  },
})

const openTransaction = (sql: Sql, scope: Scope): Transaction => ({
  access: accessStore(sql, scope),
  apiKeys: apiKeyStore(sql),
  audit: auditStore(sql),
  billing: billingStore(sql, scope),
  branches: branchStore(sql),
  callbacks: callbackStore(sql),
  catalog: catalogStore(sql),
  priceMoves: priceMoveStore(sql, scope),
  claims: claimStore(sql),
  cockpit: cockpitReadings(sql),
  credits: creditStore(sql),
  cutOffs: cutOffStore(sql, scope),
  dunning: dunningStore(sql, scope),
  documents: documentStore(sql),
  discounts: discountStore(sql, scope),
  exemptions: exemptionStore(sql),
  extensions: extensionStore(sql, scope),
  fiscal: fiscalStore(sql),
  idempotency: idempotencyStore(sql),
  installations: installationStore(sql),
  instalmentPlans: instalmentPlanStore(sql, scope),
  intents: intentStore(sql),
  issued: issuedStore(sql),
  lateFees: lateFeeStore(sql, scope),
  ledger: ledgerStore(sql),
  messages: messageStore(sql),
  notices: noticeStore(sql),
  organisation: organisationStore(sql),
  organisations: organisationsStore(sql),
  passes: passStore(sql),
  payments: paymentStore(sql),
  previews: previewStore(sql),
  effects: effectStore(sql, scope),
  readings: readingStore(sql),
  receivables: receivableStore(sql),
  reports: reportStore(sql),
  revenue: revenueStore(sql, scope),
  services: serviceStore(sql),
  subscribers: subscriberStore(sql),
  subscriptions: subscriptionStore(sql, scope),
  tasks: taskStore(sql),
  usage: usageStore(sql),
  charges: chargeStore(sql),
})
