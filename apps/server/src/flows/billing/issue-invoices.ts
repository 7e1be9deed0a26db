import {
  addDays,
  asId,
  type CivilDate,
  chargesDue,
  draftInvoice,
  type FinalInvoice,
  finalizeInvoice,
  type Instant,
  type InvoiceDraft,
  invoiceIssued,
  type OrganisationId,
  periodNumber,
  type Subscription,
  type SubscriptionId,
  type TaxPack,
  taxPackOf,
} from '@nyuzi/core'
import type { Deps, Organisation, Transaction } from '../ports.ts'
import { applyCredit } from '../steps/apply-credit.ts'
import { type BatchWork, takeBatch } from '../steps/take-batch.ts'
import { tellSuspended } from '../steps/tell-suspended.ts'
import { wantAccess } from '../steps/want-access.ts'
import type { DueSubscription } from './ports.ts'

const chunkMax = 1_000

export type IssuedInvoices = { readonly issued: number; readonly parked: number; readonly moved: number; readonly suspended: number }

/**
 * Issues every invoice that is owed up to a civil day, day by day: a server that was stopped for three days does
 * what it would have done on each of them, with the same dates and in the same order of numbers. A second run finds
 * nothing owed. A subscription that cannot be billed is parked with a task and stops nobody.
 */
export async function issueInvoices(deps: Deps, organisationId: OrganisationId, until: CivilDate): Promise<IssuedInvoices> {
  const total = { issued: 0, parked: 0, moved: 0, suspended: 0 }
  const chunk: BatchWork<SubscriptionId> = {
    async take(only, claimed) {
      const done = await deps.store.inOrganisation(organisationId, (tx) => issueChunk(deps, tx, until, only, claimed))
      total.issued += done.issued
      total.parked += done.parked
      total.moved += done.moved
      total.suspended += done.suspended
      return done.taken
    },
    async park(id, reason) {
      await deps.store.inOrganisation(organisationId, (tx) => park(tx, id, reason, deps.clock.now()))
      total.parked++
    },
  }
  while ((await takeBatch(deps, chunk)) > 0);
  if (total.moved > 0) deps.wake('access', organisationId)
  if (total.suspended > 0) deps.wake('messages', organisationId)
  return total
}

async function park(tx: Transaction, id: SubscriptionId, reason: string, at: Instant): Promise<void> {
  await tx.billing.park(id, reason)
  const title = `This subscription could not be billed: ${reason}`
  await tx.tasks.open({ kind: 'billing_parked', subjectNoun: 'subscription', subjectId: id, title, at })
}

async function issueChunk(
  deps: Deps,
  tx: Transaction,
  until: CivilDate,
  only: readonly SubscriptionId[] | undefined,
  claimed: (ids: readonly SubscriptionId[]) => void,
): Promise<IssuedInvoices & { readonly taken: number }> {
  const none = { taken: 0, issued: 0, parked: 0, moved: 0, suspended: 0 }
  const day = await tx.billing.nextInvoiceDay(until)
  if (!day) return none
  const now = deps.clock.now()
  const organisation = await tx.organisation.read()
  const due = await tx.billing.claimDue(day, chunkMax, only)
  claimed(due.map(({ subscription }) => subscription.id))
  if (due.length === 0) return none
  await tx.billing.lockSubscribers([...new Set(due.map(({ subscription }) => subscription.subscriberId))])

  const drafts: { draft: InvoiceDraft; series: string }[] = []
  const advances: { id: SubscriptionId; periodsCharged: number; nextInvoiceOn: CivilDate | null }[] = []
  const terms = termsOf(organisation)
  let parked = 0
  for (const one of due) {
    const decided = decide(deps, one, day, terms)
    if (decided.outcome === 'parked') {
      parked++
      await park(tx, one.subscription.id, decided.reason, now)
    } else {
      drafts.push(...decided.drafts.map((draft) => ({ draft, series: one.series })))
      advances.push(decided.advance)
    }
  }

  const invoices = await number(deps, tx, drafts)
  await tx.billing.addInvoices(invoices, now)
  await tx.ledger.record(
    invoices.map((invoice) => ({ id: asId('entry', deps.ids.next()), entry: invoiceIssued(invoice) })),
    now,
  )
  await tx.billing.advance(advances)
  const subscriberIds = [...new Set(invoices.map(({ subscriberId }) => subscriberId))]
  await applyCredit(deps, tx, subscriberIds, day)
  const moves = await wantAccess(tx, organisation, now, { subscriberIds, today: until })
  const suspended = await tellSuspended(tx, deps.ids, until, now, moves)
  return { taken: due.length, issued: invoices.length, parked, moved: moves.length, suspended }
}

type Decided =
  | {
      outcome: 'charged'
      drafts: readonly InvoiceDraft[]
      advance: { id: SubscriptionId; periodsCharged: number; nextInvoiceOn: CivilDate | null }
    }
  | { outcome: 'parked'; reason: string }

type Terms = { readonly leadDays: number; readonly taxPack: TaxPack | undefined }

const termsOf = ({ policy: { invoiceLeadDays, taxPack = 'none', taxSettings } }: Organisation): Terms => ({
  leadDays: invoiceLeadDays,
  taxPack: taxPackOf(taxPack, taxSettings),
})

/** One invoice a period, so that what is owed on a day does not depend on when the run came to it. */
function decide({ log }: Deps, { subscription, hasOpenInvoice }: DueSubscription, day: CivilDate, { leadDays, taxPack }: Terms): Decided {
  try {
    const { charges, periodsCharged, capped } = chargesDue(subscription, day, { leadDays }, hasOpenInvoice)
    if (capped) return { outcome: 'parked', reason: `${charges.length} periods are owed at once; check its start` }
    const drafts = charges.map((charge) =>
      draftInvoice({ subscriberId: subscription.subscriberId, charges: [charge], today: day, taxPack }),
    )
    return {
      outcome: 'charged',
      drafts,
      advance: {
        id: subscription.id,
        periodsCharged,
        nextInvoiceOn: nextInvoiceOn(subscription, periodsCharged, day, leadDays),
      },
    }
  } catch (error) {
    log.error('a subscription could not be billed', { subscription: subscription.id, error })
    return { outcome: 'parked', reason: error instanceof Error ? error.message : String(error) }
  }
}

/** The day on which the next period is owed; a prepaid one that waits for its earlier invoice is looked at daily. */
function nextInvoiceOn(subscription: Subscription, periodsCharged: number, day: CivilDate, leadDays: number): CivilDate | null {
  const { price, startsOn, anchorDay, cancelledOn } = subscription
  const next = periodNumber({ startsOn, anchorDay, cadence: price.cadence }, periodsCharged)
  if (cancelledOn !== undefined && next.start >= cancelledOn) return null
  const owedOn = addDays(next.start, -leadDays)
  return owedOn > day ? owedOn : addDays(day, 1)
}

async function number({ ids }: Deps, tx: Transaction, drafts: readonly { draft: InvoiceDraft; series: string }[]): Promise<FinalInvoice[]> {
  if (drafts.length === 0) return []
  const last = new Map(await tx.billing.lockSeries([...new Set(drafts.map(({ series }) => series))].sort()))
  return drafts.map(({ draft, series }) => {
    const sequence = (last.get(series) ?? 0n) + 1n
    last.set(series, sequence)
    return finalizeInvoice(draft, asId('invoice', ids.next()), { series, sequence })
  })
}
