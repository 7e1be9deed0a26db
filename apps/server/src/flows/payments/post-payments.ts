import {
  asId,
  civilDateAt,
  type InstallationId,
  type Instant,
  type IntentId,
  invariant,
  type MatchCandidate,
  matchKeys,
  matchPayment,
  mayMove,
  money,
  type OrganisationId,
  paymentUnmatched,
  plusMs,
} from '@nyuzi/core'
import type { NewEntry } from '../ledger/ports.ts'
import type { Deps, Organisation, Transaction } from '../ports.ts'
import { applyMoney, type MatchedMoney } from '../steps/apply-money.ts'
import type { Intent, IntentMove, NewPayment, NoticeOutcome, PostedPayment, WaitingNotice } from './ports.ts'

const batchMax = 100
/** How far apart the two reports of one prompt (its own and the payer-started kind) can lie. */
const joinBeforeMs = 2 * 60_000
const joinAfterMs = 30 * 60_000

type End = { id: WaitingNotice['id']; outcome: NoticeOutcome; paymentId?: NewPayment['id'] }

/**
 * Takes a batch of notices to the ledger: matched or in suspense, posted once, allocated, access wanted and receipt
 * owed, in one transaction. A second run, another server or the same news from another side changes nothing.
 */
export async function postPayments(deps: Deps, organisationId: OrganisationId): Promise<number> {
  const { taken, moved, matched } = await deps.store.inOrganisation(organisationId, (tx) => postBatch(deps, tx))
  if (moved) deps.wake('access', organisationId)
  if (matched) deps.wake('messages', organisationId)
  return taken
}

async function postBatch(deps: Deps, tx: Transaction): Promise<{ taken: number; moved: boolean; matched: boolean }> {
  const notices = await tx.notices.claim(batchMax)
  if (notices.length === 0) return { taken: 0, moved: false, matched: false }
  const now = deps.clock.now()
  const organisation = await tx.organisation.read()
  const intents = new Map(
    (await tx.intents.lock(distinct(notices.flatMap(({ intentId }) => intentId ?? [])))).map((intent) => [intent.id, intent]),
  )
  const known = await knownPayments(tx, notices)

  const ends: End[] = []
  const moves: IntentMove[] = []
  const fresh: Fresh[] = []
  for (const waiting of notices) {
    const intent = waiting.intentId && intents.get(waiting.intentId)
    if (waiting.notice.status !== 'succeeded') {
      if (waiting.notice.status === 'failed' && intent) pushMove(moves, intents, failedMove(intent, waiting, now))
      ends.push({ id: waiting.id, outcome: waiting.notice.status === 'failed' ? 'failure_recorded' : 'noted' })
    } else {
      const already = await alreadyPosted(tx, waiting, intent, known)
      if (already) {
        ends.push({ id: waiting.id, ...already })
        if (intent) pushMove(moves, intents, paidMove(intent, waiting, already.paymentId, now))
      } else addFresh(fresh, { waiting, intent, intentIsPaid: intent !== undefined && known.byIntent.has(intent.id) })
    }
  }

  const posted = await postFresh(deps, tx, organisation, fresh, now)
  ends.push(...posted.ends)
  for (const { intentId, waiting, paymentId } of posted.paidIntents) {
    const intent = intents.get(intentId)
    if (intent) pushMove(moves, intents, paidMove(intent, waiting, paymentId, now))
  }
  await tx.intents.move(moves)
  await tx.notices.finish(ends, now)
  return { taken: notices.length, moved: posted.moved, matched: posted.matched }
}

type Known = { byReceipt: Map<string, PostedPayment>; byIntent: Map<IntentId, PostedPayment> }

const receiptKey = (installationId: InstallationId, receipt: string): string => `${installationId} ${receipt}`

async function knownPayments(tx: Transaction, notices: readonly WaitingNotice[]): Promise<Known> {
  const receipts = notices.flatMap(({ installationId, notice }) =>
    notice.status === 'succeeded' && notice.providerTransaction ? { installationId, providerTransaction: notice.providerTransaction } : [],
  )
  const [byReceipts, byIntents] = await Promise.all([
    tx.payments.byReceipts(receipts),
    tx.payments.byIntents(distinct(notices.flatMap(({ intentId }) => intentId ?? []))),
  ])
  return {
    byReceipt: new Map(
      byReceipts.map((payment) => [receiptKey(payment.installationId as InstallationId, payment.providerTransaction ?? ''), payment]),
    ),
    byIntent: new Map(byIntents.flatMap((payment) => (payment.intentId ? [[payment.intentId, payment] as const] : []))),
  }
}

/**
 * Is this news of money that is in the ledger? By receipt, by intent, or, where one side knows only the receipt and
 * the other only the intent, by installation, subscriber, amount and time. Joining two sides consumes the pair, so a
 * second real payment of the same amount is still posted, under its own receipt.
 */
async function alreadyPosted(
  tx: Transaction,
  { installationId, notice, receivedAt }: WaitingNotice,
  intent: Intent | undefined,
  known: Known,
): Promise<{ outcome: NoticeOutcome; paymentId: NewPayment['id'] } | undefined> {
  invariant(notice.status === 'succeeded', 'only successes are posted')
  const receipt = notice.providerTransaction
  const own = intent && known.byIntent.get(intent.id)
  const same = receipt ? known.byReceipt.get(receiptKey(installationId, receipt)) : undefined
  if (same) {
    const conflict = notice.amount !== undefined && notice.amount.amountMinor !== same.amountMinor
    if (intent && !own && !same.intentId) {
      await tx.payments.attachIntent(same.id, intent.id)
      known.byIntent.set(intent.id, { ...same, intentId: intent.id })
    }
    if (conflict) await openConflict(tx, same, receivedAt, 'the same receipt came with another amount')
    return { outcome: conflict ? 'conflict' : 'already_posted', paymentId: same.id }
  }
  if (own && (!receipt || own.providerTransaction === undefined)) {
    if (!receipt) return { outcome: 'already_posted', paymentId: own.id }
    await tx.payments.attachReceipt(own.id, receipt)
    known.byReceipt.set(receiptKey(installationId, receipt), own)
    known.byIntent.set(own.intentId as IntentId, { ...own, providerTransaction: receipt })
    if (notice.amount && notice.amount.amountMinor !== own.amountMinor)
      await openConflict(tx, own, receivedAt, 'the receipt is of another amount than was asked for')
    return { outcome: 'receipt_attached', paymentId: own.id }
  }
  return undefined
}

async function openConflict(tx: Transaction, payment: PostedPayment, at: Instant, reason: string): Promise<void> {
  await tx.tasks.open({
    kind: 'payment_conflict',
    subjectNoun: 'payment',
    subjectId: payment.id,
    title: `Two reports of one payment differ: ${reason}`,
    at,
  })
}

/** Money that is not in the ledger yet, as far as this batch knows. */
type Fresh = {
  readonly waiting: WaitingNotice
  readonly intent: Intent | undefined
  /** The prompt was paid before under another receipt: this is a second payment by the same person. */
  readonly intentIsPaid: boolean
  /** Other notices of the same batch that speak of the same receipt. */
  readonly echoes: WaitingNotice[]
}

/** Two reports of one receipt in one batch are one payment; the one that names the intent speaks for both. */
function addFresh(fresh: Fresh[], one: Omit<Fresh, 'echoes'>): void {
  const receipt = receiptOf(one.waiting)
  const at =
    receipt === undefined
      ? -1
      : fresh.findIndex(({ waiting }) => waiting.installationId === one.waiting.installationId && receiptOf(waiting) === receipt)
  const first = fresh[at]
  if (!first) fresh.push({ ...one, echoes: [] })
  else if (one.intent && !first.intent) fresh[at] = { ...one, echoes: [...first.echoes, first.waiting] }
  else first.echoes.push(one.waiting)
}

const receiptOf = ({ notice }: WaitingNotice): string | undefined =>
  notice.status === 'succeeded' ? notice.providerTransaction : undefined

type Posted = {
  ends: readonly End[]
  paidIntents: readonly { intentId: IntentId; waiting: WaitingNotice; paymentId: NewPayment['id'] }[]
  moved: boolean
  matched: boolean
}

async function postFresh(
  { ids, meter }: Deps,
  tx: Transaction,
  organisation: Organisation,
  fresh: readonly Fresh[],
  now: Instant,
): Promise<Posted> {
  const ends: End[] = []
  const paidIntents: Posted['paidIntents'][number][] = []
  const end = ({ waiting, echoes }: Fresh, outcome: NoticeOutcome, paymentId?: NewPayment['id']) => {
    const at = paymentId ? { paymentId } : {}
    ends.push({ id: waiting.id, outcome, ...at }, ...echoes.map(({ id }) => ({ id, outcome: 'already_posted' as const, ...at })))
  }
  const drafts: { one: Fresh; payment: NewPayment }[] = []
  const candidates = await candidatesFor(tx, organisation, fresh)
  const intentsTaken = new Set<IntentId>()
  for (const one of fresh) {
    const payment = draftPayment(asId('payment', ids.next()), one, intentsTaken, candidates, organisation, now)
    if (payment) drafts.push({ one, payment })
    else {
      await tx.tasks.open({
        kind: 'payment_without_amount',
        subjectNoun: 'notice',
        subjectId: one.waiting.id,
        title: 'A provider reported a payment without its amount; look it up in the statement',
        at: now,
      })
      end(one, 'no_amount')
    }
  }

  const subscriberIds = distinct(drafts.flatMap(({ payment }) => payment.subscriberId ?? []))
  await tx.billing.lockSubscribers(subscriberIds)
  const awaiting = [...(await tx.payments.awaitingReceipt(subscriberIds))]
  const toWrite: typeof drafts = []
  for (const draft of drafts) {
    const joined = await joinOtherSide(tx, draft.one, draft.payment, awaiting)
    if (joined) {
      end(draft.one, 'joined', joined)
      if (draft.payment.intentId) paidIntents.push({ intentId: draft.payment.intentId, waiting: draft.one.waiting, paymentId: joined })
    } else toWrite.push(draft)
  }

  const written = await tx.payments.addNew(toWrite.map(({ payment }) => payment))
  const lost = toWrite.filter(({ payment }) => !written.has(payment.id))
  const winners = await tx.payments.byReceipts(
    lost.flatMap(({ payment: { installationId, providerTransaction } }) =>
      installationId && providerTransaction ? { installationId, providerTransaction } : [],
    ),
  )
  for (const { one, payment } of lost) {
    // Another server wrote it since this transaction looked.
    const winner = winners.find(({ providerTransaction }) => providerTransaction === payment.providerTransaction)
    invariant(winner !== undefined, `payment ${payment.id} was refused although its receipt is in no other`)
    if (payment.intentId && !winner.intentId) await tx.payments.attachIntent(winner.id, payment.intentId)
    end(one, 'already_posted', winner.id)
    if (payment.intentId) paidIntents.push({ intentId: payment.intentId, waiting: one.waiting, paymentId: winner.id })
  }

  const matched: MatchedMoney[] = []
  const unmatched: NewEntry[] = []
  for (const { one, payment } of toWrite.filter(({ payment }) => written.has(payment.id))) {
    const { id: paymentId, subscriberId, amountMinor, currency, paidAt, receivedAt } = payment
    const { installationId } = one.waiting
    end(one, 'posted', paymentId)
    meter.count('payments', { outcome: subscriberId ? 'matched' : 'suspense' })
    if (payment.intentId) paidIntents.push({ intentId: payment.intentId, waiting: one.waiting, paymentId })
    if (subscriberId)
      matched.push({ paymentId, subscriberId, amountMinor, currency, paidAt, receivedAt, from: { kind: 'clearing', installationId } })
    else {
      const effectiveOn = civilDateAt(paidAt, organisation.timeZone)
      unmatched.push({
        id: asId('entry', ids.next()),
        entry: paymentUnmatched({ paymentId, installationId, amount: money(amountMinor, currency), effectiveOn }),
      })
    }
  }
  await tx.ledger.record(unmatched, now)
  const moves = await applyMoney(tx, ids, organisation, now, matched)
  return { ends, paidIntents, moved: moves.length > 0, matched: matched.length > 0 }
}

async function candidatesFor(tx: Transaction, organisation: Organisation, fresh: readonly Fresh[]): Promise<readonly MatchCandidate[]> {
  const keys = fresh.filter(({ intent }) => !intent).map(({ waiting }) => matchKeys(waiting.notice, organisation.country))
  if (keys.length === 0) return []
  return await tx.payments.candidates({
    accountKeys: distinct(keys.flatMap(({ exactKey, nearKeys }) => [exactKey, ...nearKeys])).filter((key) => key !== ''),
    phones: distinct(keys.flatMap(({ phones }) => phones)),
    phoneSha256s: distinct(keys.flatMap(({ phoneSha256s }) => phoneSha256s)),
  })
}

function draftPayment(
  id: NewPayment['id'],
  { waiting: { installationId, notice, receivedAt }, intent, intentIsPaid }: Fresh,
  intentsTaken: Set<IntentId>,
  candidates: readonly MatchCandidate[],
  organisation: Organisation,
  now: Instant,
): NewPayment | undefined {
  invariant(notice.status === 'succeeded', 'only successes are posted')
  // A status query proves that the prompt was paid but not how much: a prompt is paid whole or not at all.
  const amount = notice.amount ?? (intent && money(intent.promptMinor, intent.currency))
  if (!amount || amount.amountMinor <= 0n) return undefined
  const match = matchPayment({
    notice: { ...notice, amount },
    candidates,
    country: organisation.country,
    ...(intent ? { intentSubscriberId: intent.subscriberId } : {}),
  })
  const paidAt = plausible(notice.paidAt, receivedAt)
  const ownsIntent = intent && !intentIsPaid && !intentsTaken.has(intent.id)
  if (ownsIntent) intentsTaken.add(intent.id)
  return {
    id,
    source: 'provider',
    installationId,
    ...(notice.providerTransaction === undefined ? {} : { providerTransaction: notice.providerTransaction }),
    ...(ownsIntent ? { intentId: intent.id } : {}),
    amountMinor: amount.amountMinor,
    currency: amount.currency,
    ...(match.outcome === 'matched'
      ? { subscriberId: match.subscriberId, matchRule: match.rule, candidates: [] }
      : { suspenseReason: match.reason, candidates: match.candidates }),
    ...(notice.accountReference === undefined ? {} : { accountReference: notice.accountReference }),
    payer: notice.payer,
    ...(notice.payerName === undefined ? {} : { payerName: notice.payerName }),
    evidence: notice.evidence,
    paidAt,
    receivedAt,
    recordedAt: now,
  }
}

/** A provider's clock that is odd (a day ahead, years behind) is not believed; then the time of arrival counts. */
function plausible(paidAt: Instant | undefined, receivedAt: Instant): Instant {
  if (!paidAt) return receivedAt
  const aheadMs = paidAt.getTime() - receivedAt.getTime()
  return aheadMs > 10 * 60_000 || aheadMs < -45 * 86_400_000 ? receivedAt : paidAt
}

/**
 * Under the subscriber's lock: was this money posted from its other side? A notice with a receipt and no intent looks
 * for a paid prompt that awaits its receipt; a paid prompt without a receipt looks for a receipt without a prompt.
 */
async function joinOtherSide(
  tx: Transaction,
  { waiting: { installationId }, intent }: Fresh,
  payment: NewPayment,
  awaiting: PostedPayment[],
): Promise<NewPayment['id'] | undefined> {
  const { subscriberId, providerTransaction, intentId, amountMinor } = payment
  if (!subscriberId || (providerTransaction === undefined) === (intentId === undefined)) return undefined
  if (providerTransaction !== undefined) {
    const at = awaiting.findIndex(
      (other) =>
        other.subscriberId === subscriberId &&
        other.installationId === installationId &&
        other.amountMinor === amountMinor &&
        Math.abs(other.paidAt.getTime() - payment.paidAt.getTime()) <= joinAfterMs,
    )
    const [other] = at < 0 ? [] : awaiting.splice(at, 1)
    if (other) await tx.payments.attachReceipt(other.id, providerTransaction)
    return other?.id
  }
  if (!intent) return undefined
  const window = { from: plusMs(intent.requestedAt, -joinBeforeMs), until: plusMs(intent.requestedAt, joinAfterMs) }
  const other = await tx.payments.awaitingIntent({ installationId, subscriberId, amountMinor, ...window })
  if (other) await tx.payments.attachIntent(other.id, intent.id)
  return other?.id
}

function failedMove(intent: Intent, { notice }: WaitingNotice, at: Instant): IntentMove | undefined {
  if (notice.status !== 'failed') return undefined
  if (!mayMove(intent.status, 'failed')) return undefined
  return {
    id: intent.id,
    from: intent.status,
    to: 'failed',
    evidence: notice.evidence,
    detail: notice.failure.message,
    at,
    failure: notice.failure,
    nextLookUpAt: null,
  }
}

function paidMove(intent: Intent, { notice }: WaitingNotice, paymentId: NewPayment['id'], at: Instant): IntentMove | undefined {
  if (!mayMove(intent.status, 'succeeded')) return undefined
  const receipt = notice.status === 'succeeded' ? notice.providerTransaction : undefined
  return {
    id: intent.id,
    from: intent.status,
    to: 'succeeded',
    evidence: notice.evidence,
    detail: receipt ?? 'receipt to come',
    at,
    paymentId,
    nextLookUpAt: null,
  }
}

/** Later notices of the same batch see the intent as the earlier ones left it. */
function pushMove(moves: IntentMove[], intents: Map<IntentId, Intent>, move: IntentMove | undefined): void {
  if (!move) return
  moves.push(move)
  const intent = intents.get(move.id)
  if (intent) intents.set(move.id, { ...intent, status: move.to })
}

const distinct = <T>(items: readonly T[]): T[] => [...new Set(items)]
