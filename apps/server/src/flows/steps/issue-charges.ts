import {
  asId,
  type Charge,
  type CivilDate,
  chargeOnce,
  chargesDue,
  civilDateAt,
  draftInvoice,
  type FinalInvoice,
  finalizeInvoice,
  type Instant,
  type InvoiceDraft,
  type InvoiceId,
  invoiceIssued,
  type NextPass,
  nextInvoiceOn,
  nextPass,
  nextPurchase,
  type PassOccasion,
  passTermsOn,
  renewalOf,
  type SubscriberId,
  type Subscription,
  type SubscriptionId,
  startOfDay,
  type TaxPack,
  type Terms,
  termsOn,
} from '@nyuzi/core'
import type { NewDebt } from '../access/ports.ts'
import type { Advance, DueSubscription } from '../billing/ports.ts'
import type { WaitingCharge } from '../charges/ports.ts'
import type { NewPass } from '../passes/ports.ts'
import type { Deps, Organisation, Transaction } from '../ports.ts'
import type { Schedule } from '../subscribers/ports.ts'
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
  { used = [], payerIds = [], occasion = 'run', at: now = deps.clock.now() }: ChargeOptions = {},
): Promise<IssuedCharges> {
  const [discounted, taxPackOf] = await Promise.all([
    withDiscounts(tx, organisation, due),
    taxPacksOf(tx, organisation, [...payerIds, ...due.map(({ payerId }) => payerId), ...used.map(({ subscriberId }) => subscriberId)]),
  ])
  const { timeZone: zone, policy } = organisation
  const terms = { leadDays: policy.invoiceLeadDays, taxPackOf, day, now, zone, occasion }
  const decided = discounted.map((one) => decide(deps, one, terms))
  const refused = decided.filter((one) => one.outcome === 'refused')
  const charged = [...decided.flatMap((one) => (one.outcome === 'charged' ? [toCharged(one)] : [])), ...used]
  const payers = [...new Set([...payerIds, ...charged.map(({ subscriberId }) => subscriberId)])]
  const waitingCharges = await tx.charges.waiting(payers)
  const owed: Draft[] = []
  const written: Promise<void>[] = []
  const write = async (unnumbered: readonly Unnumbered[]) => {
    const done = tx.billing.addLines(unnumbered)
    // Whoever waits for all of them is told; until then nobody waits for this one.
    done.catch(() => {})
    written.push(done)
    await sent()
  }
  const numbered = ({ draft, series }: Draft): Unnumbered => ({ ...draft, id: asId('invoice', deps.ids.next()), series })
  const drafts: Unnumbered[] = []
  for (const slice of slicesOf(charged, waitingCharges)) {
    const theirs = draftsOf(slice.charged, slice.waiting, day, taxPackOf)
    const lined = theirs.map(numbered)
    owed.push(...theirs)
    drafts.push(...lined)
    if (lined.length > 0) await write(lined)
  }
  const offered = decided.filter((one) => one.outcome === 'offered')
  const bought = await buy(tx, offered, owed, day, taxPackOf)
  const sold = bought.drafts.map(numbered)
  drafts.push(...sold)
  if (sold.length > 0) await write(sold)
  const advances = [...decided.flatMap((one) => (one.outcome === 'charged' ? [one.advance] : [])), ...bought.advances]
  const waiting = await deferRevenue(tx, organisation, drafts, day)
  await Promise.all([
    ...written,
    tx.subscriptions.addTerms([...bought.restarted, ...decided.flatMap(cutOff)], now),
    tx.billing.advance(advances),
    tx.passes.add(passesOf(deps, bought.passes, drafts), now),
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
  return { invoices, refused, newDebts: newDebtsOf(decided, invoices, creditors, day) }
}

/** Postpaid subscriptions that were charged as ever, where no credit settles the claim or another one. */
function newDebtsOf(
  decided: readonly Decided[],
  invoices: readonly FinalInvoice[],
  creditors: ReadonlySet<SubscriberId>,
  day: CivilDate,
): readonly NewDebt[] {
  const dueOf = new Map<SubscriberId, CivilDate>()
  for (const { subscriberId, dueOn } of invoices) {
    const before = dueOf.get(subscriberId)
    if (before === undefined || dueOn < before) dueOf.set(subscriberId, dueOn)
  }
  return decided.flatMap((one) => {
    if (one.outcome !== 'charged' || one.charges.length === 0 || one.due.awaits !== undefined) return []
    const { id, subscriberId } = one.due.subscription
    if (termsOn(one.due.subscription, day).price.billing !== 'postpaid') return []
    const payers = [one.due.payerId, subscriberId]
    if (payers.some((payer) => creditors.has(payer))) return []
    const [dueOn] = payers.flatMap((payer) => dueOf.get(payer) ?? []).sort()
    return dueOn === undefined ? [] : [{ subscriptionId: id, dueOn }]
  })
}

/** When what was asked of the database before is on its way to it. */
const sent = (): Promise<void> => new Promise((done) => setImmediate(done))

export type ChargeOptions = {
  /** What was measured and is charged with it. */
  readonly used?: readonly UsageCharge[]
  /** Whose own charges may not wait for another invoice. */
  readonly payerIds?: readonly SubscriberId[]
  /** Why passes may be bought. Default: the time has come. */
  readonly occasion?: PassOccasion
  /** When they begin: the instant at which the caller decides on access. Default: now. */
  readonly at?: Instant
}

type Offer = {
  readonly outcome: 'offered'
  readonly due: DueSubscription
  readonly charges: readonly Charge[]
  readonly restarted?: Terms | undefined
  readonly pass?: NextPass
  /** From when it is missing when it is not bought; absent where nobody is asked to pay for it. */
  readonly lackingFrom?: CivilDate | undefined
  /** Once it is bought. */
  readonly advance: Advance
}

type Charged = {
  readonly outcome: 'charged'
  readonly due: DueSubscription
  readonly charges: readonly Charge[]
  readonly restarted?: Terms
  readonly advance: Advance
}

type Decided = Offer | Charged | { readonly outcome: 'refused'; readonly id: SubscriptionId; readonly reason: string }

type BillingTerms = {
  readonly leadDays: number
  readonly taxPackOf: TaxPackOf
  readonly day: CivilDate
  readonly now: Instant
  readonly zone: string
  readonly occasion: PassOccasion
}

/** As the terms of its next days say: what is charged, or bought. One bad subscription is refused alone. */
function decide({ log }: Pick<Deps, 'log'>, due: DueSubscription, terms: BillingTerms): Decided {
  const { id } = due.subscription
  const { day, leadDays, taxPackOf } = terms
  try {
    if (passTermsOn(due.subscription, day) !== undefined) return offerPass(due, terms)
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
  if (due.offSince !== undefined && due.awaits === undefined) return chargeServed(due, due.offSince, day, leadDays)
  const { charges, billedUntil, nextInvoiceOn, capped } = chargesDue(due.subscription, day, { leadDays })
  if (capped) return { outcome: 'refused', id, reason: tooMany }
  return { outcome: 'charged', due, charges, advance: { id, billedUntil, nextInvoiceOn } }
}

/** What was served before a debt kept the line off is charged, under terms that end with it; what follows waits for the payment. */
function chargeServed(due: DueSubscription, offSince: CivilDate, day: CivilDate, leadDays: number): Decided {
  const { subscription } = due
  const { id, billedUntil, termsAgreed } = subscription
  if (billedUntil >= offSince) return { outcome: 'charged', due, charges: [], advance: { id, billedUntil, awaits: 'payment' } }
  const served = { ...subscription, pauses: [...subscription.pauses, { from: offSince }] }
  const { charges, capped } = chargesDue(served, day, { leadDays })
  if (capped) return { outcome: 'refused', id, reason: tooMany }
  const restarted: Terms = { ...termsOn(subscription, offSince), number: termsAgreed + 1, from: offSince }
  return { outcome: 'charged', due, charges, restarted, advance: { id, billedUntil: offSince, awaits: 'payment' } }
}

const tooMany = 'too many periods are owed at once; check its start'

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
  const { billedUntil: nextInvoiceOn, then, charges, lackingFrom, restarted } = purchase
  const advance = { id, billedUntil: nextInvoiceOn, nextInvoiceOn, renewal: renewalOf(then, day, taxPack) }
  return { outcome: 'offered', due, charges, restarted, lackingFrom, advance }
}

/** A pass begins when it is bought, so the run of a past day sells none; that of a day ahead sells it as the day begins. */
function offerPass(due: DueSubscription, { day, now, zone, occasion }: BillingTerms): Decided {
  const { subscription } = due
  const { id, billedUntil } = subscription
  const today = civilDateAt(now, zone)
  const idle = (schedule: Schedule): Decided => ({ outcome: 'charged', due, charges: [], advance: { id, billedUntil, ...schedule } })
  if (day < today) return idle({ nextInvoiceOn: today })
  const pass = nextPass(subscription, { at: day > today ? startOfDay(day, zone) : now, zone, occasion })
  if (pass === undefined) return idle({ nextInvoiceOn: dayAfter(subscription, day) })
  const isAutomatic = pass.terms.price.policy.passRenewal === 'automatic'
  if (isAutomatic && !pass.isOffered) return idle({})
  const advance = { id, billedUntil: pass.billedUntil, ...(isAutomatic ? {} : { awaits: 'credit' as const }) }
  return { outcome: 'offered', due, charges: pass.charges, pass, lackingFrom: pass.isAhead ? undefined : day, advance }
}

/** The next day on which a pass may be bought that none may be on this one; none once a cancellation is noted. */
function dayAfter(subscription: Subscription, day: CivilDate): CivilDate | undefined {
  if (subscription.status === 'cancelled') return undefined
  const { billedUntil } = subscription
  const next = nextInvoiceOn({ ...subscription, billedUntil: billedUntil > day ? billedUntil : day }, 0)
  return next !== undefined && next > day ? next : undefined
}

const cutOff = (one: Decided) =>
  one.outcome === 'charged' && one.restarted ? [{ subscriptionId: one.due.subscription.id, terms: one.restarted }] : []

/** By payers, so many that one slice is computed while the database writes the lines of the one before. */
const sliceMax = 250

function slicesOf(charged: readonly UsageCharge[], waiting: readonly WaitingCharge[]) {
  const slices: { readonly charged: UsageCharge[]; readonly waiting: WaitingCharge[] }[] = []
  const sliceOf = new Map<SubscriberId, (typeof slices)[number]>()
  const sliceFor = (payerId: SubscriberId) => {
    const known = sliceOf.get(payerId)
    if (known) return known
    if (sliceOf.size % sliceMax === 0) slices.push({ charged: [], waiting: [] })
    const slice = slices.at(-1) as (typeof slices)[number]
    sliceOf.set(payerId, slice)
    return slice
  }
  for (const one of charged) sliceFor(one.subscriberId).charged.push(one)
  for (const one of waiting) sliceFor(one.payerId).waiting.push(one)
  return slices
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
  const passes: BoughtNow[] = []
  if (offers.length === 0) return { drafts, advances, restarted, passes }
  const free = new Map<SubscriberId, bigint>()
  const spend = (subscriberId: SubscriberId, amountMinor: bigint) => free.set(subscriberId, (free.get(subscriberId) ?? 0n) - amountMinor)
  const spendable = await tx.credits.free([...new Set(offers.map(({ due }) => due.payerId))])
  for (const { subscriberId, amountMinor } of spendable) spend(subscriberId, -amountMinor)
  for (const { draft } of owed) spend(draft.subscriberId, draft.total.amountMinor)
  for (const { due, charges, pass, lackingFrom, restarted: terms, advance } of offers) {
    const { id, billedUntil } = due.subscription
    const { payerId: subscriberId } = due
    const draft =
      charges.length === 0
        ? undefined
        : draftInvoice({ subscriberId, charges: charges.map((one) => namedIn(due, one)), today: day, taxPack: taxPackOf(subscriberId) })
    const costMinor = draft?.total.amountMinor ?? 0n
    if (pass?.isOffered === false || (costMinor > 0n && costMinor > (free.get(subscriberId) ?? 0n))) {
      const renewal = lackingFrom && { on: lackingFrom, amountMinor: costMinor }
      advances.push({ id, billedUntil, awaits: 'credit', renewal })
      continue
    }
    spend(subscriberId, costMinor)
    if (draft) drafts.push({ draft, series: due.series })
    if (terms) restarted.push({ subscriptionId: id, terms })
    if (pass) passes.push({ subscriptionId: id, pass, draft })
    advances.push(advance)
  }
  return { drafts, advances, restarted, passes }
}

type BoughtNow = { readonly subscriptionId: SubscriptionId; readonly pass: NextPass; readonly draft: InvoiceDraft | undefined }

/** Passes with the lines that charge them. */
function passesOf({ ids }: Pick<Deps, 'ids'>, bought: readonly BoughtNow[], drafts: readonly Unnumbered[]): readonly NewPass[] {
  return bought.map(({ subscriptionId, pass: { terms, validity }, draft }) => {
    const invoice = draft && drafts.find(({ lines }) => lines === draft.lines)
    return {
      id: ids.next(),
      subscriptionId,
      priceId: terms.price.id,
      terms: terms.number,
      validity,
      ...(invoice && { line: { invoiceId: invoice.id, position: 1 } }),
    }
  })
}

type Unnumbered = InvoiceDraft & { readonly id: InvoiceId; readonly series: string }

async function number(tx: Transaction, drafts: readonly Unnumbered[]): Promise<readonly FinalInvoice[]> {
  const next = await numberDocuments(
    tx,
    drafts.map(({ series }) => series),
  )
  return drafts.map(({ id, series, ...draft }) => finalizeInvoice(draft, id, next(series)))
}
