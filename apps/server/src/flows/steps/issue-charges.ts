import {
  asId,
  type Charge,
  type CivilDate,
  chargeOnce,
  chargesDue,
  draftInvoice,
  type FinalInvoice,
  finalizeInvoice,
  type InvoiceDraft,
  type InvoiceId,
  invoiceIssued,
  nextPurchase,
  type Purchase,
  renewalOf,
  type SubscriberId,
  type SubscriptionId,
  type TaxPack,
  type Terms,
  termsOn,
} from '@nyuzi/core'
import type { NewDebt } from '../access/ports.ts'
import type { Advance, DueSubscription } from '../billing/ports.ts'
import type { WaitingCharge } from '../charges/ports.ts'
import type { Deps, Organisation, Transaction } from '../ports.ts'
import { applyCredit } from './apply-credit.ts'
import type { UsageCharge } from './charge-usage.ts'
import { deferRevenue } from './defer-revenue.ts'
import { withDiscounts } from './discounting.ts'
import { numberDocuments } from './number-documents.ts'
import { type TaxPackOf, taxPacksOf } from './tax-packs.ts'

export type IssuedCharges = {
  readonly invoices: readonly FinalInvoice[]
  /** What could not be billed, and why. */
  readonly refused: readonly { readonly id: SubscriptionId; readonly reason: string }[]
  readonly newDebts: readonly NewDebt[]
}

/**
 * The step that charges subscriptions on a day, inside the caller's transaction: what is due is drafted, gathered into one
 * invoice a payer and due date, numbered, written, posted, and settled with the credit there is. Prepaid is bought
 * only when that credit covers it. The caller has locked the subscribers.
 */
export async function issueCharges(
  deps: Pick<Deps, 'ids' | 'clock' | 'log'>,
  tx: Transaction,
  organisation: Organisation,
  due: readonly DueSubscription[],
  day: CivilDate,
  /** What was measured and is charged with it, and whose own charges may not wait for another invoice. */
  { used = [], payerIds = [] }: { readonly used?: readonly UsageCharge[]; readonly payerIds?: readonly SubscriberId[] } = {},
): Promise<IssuedCharges> {
  const [discounted, taxPackOf] = await Promise.all([
    withDiscounts(tx, organisation, due),
    taxPacksOf(tx, organisation, [...payerIds, ...due.map(({ payerId }) => payerId), ...used.map(({ subscriberId }) => subscriberId)]),
  ])
  const terms = { leadDays: organisation.policy.invoiceLeadDays, taxPackOf }
  const decided = discounted.map((one) => decide(deps, one, day, terms))
  const refused = decided.filter((one) => one.outcome === 'refused')
  const charged = [...decided.flatMap((one) => (one.outcome === 'charged' ? [toCharged(one)] : [])), ...used]
  const payers = [...new Set([...payerIds, ...charged.map(({ subscriberId }) => subscriberId)])]
  const owed = draftsOf(charged, await tx.charges.waiting(payers), day, taxPackOf)
  const offered = decided.filter((one) => one.outcome === 'offered')
  const bought = await buy(tx, offered, owed, day, taxPackOf)

  const now = deps.clock.now()
  const drafts = [...owed, ...bought.drafts].map(({ draft, series }) => ({ ...draft, id: asId('invoice', deps.ids.next()), series }))
  const advances = [...decided.flatMap((one) => (one.outcome === 'charged' ? [one.advance] : [])), ...bought.advances]
  const waiting = await deferRevenue(tx, organisation, drafts, day)
  await Promise.all([
    tx.billing.addLines(drafts),
    tx.subscriptions.addTerms(bought.restarted, now),
    tx.billing.advance(advances),
    tx.charges.invoiced(
      drafts.flatMap(({ lines }) => lines.flatMap(({ chargeId }) => chargeId ?? [])),
      day,
    ),
    // The database writes these while the entries are made ready.
    sent().then(() =>
      tx.ledger.record(
        drafts.map((draft) => ({ id: asId('entry', deps.ids.next()), entry: invoiceIssued(draft, waiting.get(draft.id)) })),
        now,
      ),
    ),
  ])
  // Last, because whoever numbers holds up every other run of the series until its commit.
  const invoices = await number(tx, drafts)
  await tx.billing.addInvoices(invoices, now)
  const creditors = await applyCredit(deps, tx, [...new Set(invoices.map(({ subscriberId }) => subscriberId))], day)
  return { invoices, refused, newDebts: newDebtsOf(decided, invoices, creditors) }
}

/** Postpaid subscriptions that were charged as ever, where no credit settles the claim or another one. */
function newDebtsOf(
  decided: readonly Decided[],
  invoices: readonly FinalInvoice[],
  creditors: ReadonlySet<SubscriberId>,
): readonly NewDebt[] {
  const dueOf = new Map<SubscriberId, CivilDate>()
  for (const { subscriberId, dueOn } of invoices) {
    const before = dueOf.get(subscriberId)
    if (before === undefined || dueOn < before) dueOf.set(subscriberId, dueOn)
  }
  return decided.flatMap((one) => {
    if (one.outcome !== 'charged' || one.charges.length === 0 || one.due.awaits !== undefined) return []
    const { id, subscriberId } = one.due.subscription
    const payers = [one.due.payerId, subscriberId]
    if (payers.some((payer) => creditors.has(payer))) return []
    const [dueOn] = payers.flatMap((payer) => dueOf.get(payer) ?? []).sort()
    return dueOn === undefined ? [] : [{ subscriptionId: id, dueOn }]
  })
}

/** When what was asked of the database before is on its way to it. */
const sent = (): Promise<void> => new Promise((done) => setImmediate(done))

type Offer = {
  readonly outcome: 'offered'
  readonly due: DueSubscription
  readonly purchase: Purchase
  /** Once it is bought. */
  readonly advance: Advance
}

type Charged = {
  readonly outcome: 'charged'
  readonly due: DueSubscription
  readonly charges: readonly Charge[]
  readonly advance: Advance
}

type Decided = Offer | Charged | { readonly outcome: 'refused'; readonly id: SubscriptionId; readonly reason: string }

type BillingTerms = { readonly leadDays: number; readonly taxPackOf: TaxPackOf }

/** As the terms of its next days say: what is charged, or bought. One bad subscription is refused alone. */
function decide({ log }: Pick<Deps, 'log'>, due: DueSubscription, day: CivilDate, { leadDays, taxPackOf }: BillingTerms): Decided {
  const { id } = due.subscription
  try {
    return termsOn(due.subscription, due.subscription.billedUntil).price.billing === 'prepaid'
      ? offer(due, day, taxPackOf(due.payerId))
      : charge(due, day, leadDays)
  } catch (error) {
    log.error('a subscription could not be billed', { subscription: id, error })
    return { outcome: 'refused', id, reason: error instanceof Error ? error.message : String(error) }
  }
}

function charge(due: DueSubscription, day: CivilDate, leadDays: number): Decided {
  const { id } = due.subscription
  if (due.offSince !== undefined && due.awaits === undefined)
    return { outcome: 'charged', due, charges: [], advance: { id, billedUntil: due.subscription.billedUntil, awaits: 'payment' } }
  const { charges, billedUntil, nextInvoiceOn, capped } = chargesDue(due.subscription, day, { leadDays })
  if (capped) return { outcome: 'refused', id, reason: 'too many periods are owed at once; check its start' }
  return { outcome: 'charged', due, charges, advance: { id, billedUntil, nextInvoiceOn } }
}

function offer(due: DueSubscription, day: CivilDate, taxPack: TaxPack | undefined): Decided {
  const { subscription } = due
  const { id, billedUntil } = subscription
  const purchase = nextPurchase(subscription, day)
  if (purchase === undefined) {
    const { nextInvoiceOn } = chargesDue(subscription, day, { leadDays: 0 })
    return {
      outcome: 'charged',
      due,
      charges: [],
      advance: { id, billedUntil, nextInvoiceOn, renewal: renewalOf(subscription, day, taxPack) },
    }
  }
  const { billedUntil: nextInvoiceOn, then } = purchase
  const advance = { id, billedUntil: nextInvoiceOn, nextInvoiceOn, renewal: renewalOf(then, day, taxPack) }
  return { outcome: 'offered', due, purchase, advance }
}

type Draft = { readonly draft: InvoiceDraft; readonly series: string }

const toCharged = ({ due, charges }: Charged): UsageCharge => ({
  subscriberId: due.payerId,
  series: due.series,
  charges: charges.map((one) => namedIn(due, one)),
})

/**
 * One invoice for what a subscriber is charged on one day with one due date. What a person charged once stands on the one
 * that is due first, or on one of its own when its day has come.
 */
function draftsOf(
  charged: readonly UsageCharge[],
  waiting: readonly WaitingCharge[],
  day: CivilDate,
  taxPackOf: TaxPackOf,
): readonly Draft[] {
  const groups = new Map<string, { series: string; subscriberId: SubscriberId; dueOn: CivilDate; charges: Charge[] }>()
  for (const { subscriberId, series, charges } of charged) {
    for (const one of charges) {
      const dueOn = one.dueOn > day ? one.dueOn : day
      const key = `${subscriberId} ${dueOn}`
      const group = groups.get(key)
      if (group) group.charges.push(one)
      else groups.set(key, { series, subscriberId, dueOn, charges: [one] })
    }
  }
  for (const { charge, payerId, series, invoiceOn } of waiting) {
    const theirs = [...groups.values()].filter(({ subscriberId }) => subscriberId === payerId)
    const [first] = theirs.sort((left, right) => (left.dueOn < right.dueOn ? -1 : 1))
    if (first) first.charges.push(chargeOnce(charge, first.dueOn))
    else if (invoiceOn <= day)
      groups.set(`${payerId} ${day}`, { series, subscriberId: payerId, dueOn: day, charges: [chargeOnce(charge, day)] })
  }
  return [...groups.values()].map(({ series, subscriberId, charges }) => ({
    series,
    draft: draftInvoice({ subscriberId, charges, today: day, taxPack: taxPackOf(subscriberId) }),
  }))
}

/** A parent reads for whom it pays. */
export const namedIn = ({ onBehalfOf }: Pick<DueSubscription, 'onBehalfOf'>, one: Charge): Charge =>
  onBehalfOf === undefined ? one : { ...one, description: { ...one.description, onBehalfOf } }

/** Takes the offers that the free credit of their subscribers covers, in the order of their ids; the others wait for credit. */
async function buy(tx: Transaction, offers: readonly Offer[], owed: readonly Draft[], day: CivilDate, taxPackOf: TaxPackOf) {
  const drafts: Draft[] = []
  const advances: Advance[] = []
  const restarted: { subscriptionId: SubscriptionId; terms: Terms }[] = []
  if (offers.length === 0) return { drafts, advances, restarted }
  const free = new Map<SubscriberId, bigint>()
  const spend = (subscriberId: SubscriberId, amountMinor: bigint) => free.set(subscriberId, (free.get(subscriberId) ?? 0n) - amountMinor)
  const spendable = await tx.credits.free([...new Set(offers.map(({ due }) => due.payerId))])
  for (const { subscriberId, amountMinor } of spendable) spend(subscriberId, -amountMinor)
  for (const { draft } of owed) spend(draft.subscriberId, draft.total.amountMinor)
  for (const { due, purchase, advance } of offers) {
    const { charges, lackingFrom, restarted: terms } = purchase
    const { id, billedUntil } = due.subscription
    const { payerId: subscriberId } = due
    const draft =
      charges.length === 0
        ? undefined
        : draftInvoice({ subscriberId, charges: charges.map((one) => namedIn(due, one)), today: day, taxPack: taxPackOf(subscriberId) })
    const costMinor = draft?.total.amountMinor ?? 0n
    if (costMinor > 0n && costMinor > (free.get(subscriberId) ?? 0n)) {
      advances.push({ id, billedUntil, awaits: 'credit', renewal: { on: lackingFrom, amountMinor: costMinor } })
      continue
    }
    spend(subscriberId, costMinor)
    if (draft) drafts.push({ draft, series: due.series })
    if (terms) restarted.push({ subscriptionId: id, terms })
    advances.push(advance)
  }
  return { drafts, advances, restarted }
}

type Unnumbered = InvoiceDraft & { readonly id: InvoiceId; readonly series: string }

async function number(tx: Transaction, drafts: readonly Unnumbered[]): Promise<readonly FinalInvoice[]> {
  const next = await numberDocuments(
    tx,
    drafts.map(({ series }) => series),
  )
  return drafts.map(({ id, series, ...draft }) => finalizeInvoice(draft, id, next(series)))
}
