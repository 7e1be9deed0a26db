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
  money,
  paymentUnmatched,
} from '@nyuzi/core'
import type { NewEntry } from '../ledger/ports.ts'
import type { AwaitingReceipt, Intent, NewPayment, NoticeOutcome, PostedPayment, WaitingNotice } from '../payments/ports.ts'
import type { Deps, Organisation, Transaction } from '../ports.ts'
import { applyMoney, type MatchedMoney } from './apply-money.ts'
import { isNamed, joinPrompt, joinReceipt } from './join-reports.ts'

export type End = { id: WaitingNotice['id']; outcome: NoticeOutcome; paymentId?: NewPayment['id'] }
/** Money that lies in suspense although a prompt of ours, named since, says whose it is. */
export type Claim = { readonly paymentId: NewPayment['id']; readonly intent: Intent }

/** Money that is not in the ledger yet, as far as this batch knows. */
export type Fresh = {
  readonly waiting: WaitingNotice
  readonly intent: Intent | undefined
  /** The prompt was paid before under another receipt: this is a second payment by the same person. */
  readonly intentIsPaid: boolean
  /** Other notices of the same batch that speak of the same payment. */
  readonly echoes: readonly WaitingNotice[]
}

/** Reports of one receipt or one intent in one batch are one payment; the one that knows most speaks for all. */
export function addFresh(fresh: Fresh[], one: Omit<Fresh, 'echoes'>): void {
  const added: Fresh = { ...one, echoes: [] }
  const same = [...fresh.filter((other) => isSamePayment(other, added)), added]
  const speaker = same.reduce((best, other) => (worthOf(other) > worthOf(best) ? other : best))
  const echoes = same.flatMap((other) => (other === speaker ? other.echoes : [...other.echoes, other.waiting]))
  const others = fresh.filter((other) => !same.includes(other))
  fresh.splice(0, fresh.length, ...others, { ...speaker, echoes })
}

/** Two receipts are two payments, even when both name one intent. */
function isSamePayment(left: Fresh, right: Fresh): boolean {
  const [leftReceipt, rightReceipt] = [receiptOf(left.waiting), receiptOf(right.waiting)]
  if (leftReceipt && rightReceipt) return leftReceipt === rightReceipt && left.waiting.installationId === right.waiting.installationId
  return left.intent !== undefined && left.intent.id === right.intent?.id
}

const worthOf = ({ waiting, intent }: Fresh): number => (receiptOf(waiting) ? 2 : 0) + (intent ? 1 : 0)

export type Succeeded = Extract<WaitingNotice['notice'], { status: 'succeeded' }>

const receiptOf = ({ notice }: WaitingNotice): string | undefined =>
  notice.status === 'succeeded' ? notice.providerTransaction : undefined

type Posted = {
  ends: readonly End[]
  paidIntents: readonly { intentId: IntentId; waiting: WaitingNotice; paymentId: NewPayment['id'] }[]
  moved: boolean
  matched: boolean
}

type Draft = { readonly one: Fresh; readonly payment: NewPayment }

/**
 * The step that writes a batch of new money: matched or in suspense, with its entries, allocations and wanted access.
 * What turns out to be posted from another side is joined with it.
 */
export async function postFresh(
  deps: Deps,
  tx: Transaction,
  { organisation, fresh, claims, now }: { organisation: Organisation; fresh: readonly Fresh[]; claims: readonly Claim[]; now: Instant },
): Promise<Posted> {
  const { ids, meter } = deps
  const ends: End[] = []
  const paidIntents: Posted['paidIntents'][number][] = []
  const claimed = [...claims]
  const end = async ({ waiting, echoes }: Fresh, outcome: NoticeOutcome, paymentId?: NewPayment['id'], amountMinor?: bigint) => {
    const at = paymentId ? { paymentId } : {}
    const differs = ({ notice }: WaitingNotice) =>
      notice.status === 'succeeded' && notice.amount !== undefined && amountMinor !== undefined && notice.amount.amountMinor !== amountMinor
    ends.push({ id: waiting.id, outcome: differs(waiting) ? 'conflict' : outcome, ...at })
    for (const echo of echoes) ends.push({ id: echo.id, outcome: differs(echo) ? 'conflict' : 'already_posted', ...at })
    if (paymentId && [waiting, ...echoes].some(differs)) await openConflict(tx, paymentId, now, otherAmount)
  }
  const drafts: Draft[] = []
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
      await end(one, 'no_amount')
    }
  }

  const subscriberIds = distinct([
    ...drafts.flatMap(({ payment }) => payment.subscriberId ?? []),
    ...claims.map(({ intent }) => intent.subscriberId),
  ])
  const isUnnamed = ({ one, payment }: Draft): boolean => !one.intent && !isNamed(payment)
  const isReceipt = ({ payment }: Draft): boolean => payment.providerTransaction !== undefined
  // The two sides of one payment may be with two servers now, and a receipt that names nobody shares no subscriber to lock.
  await tx.payments.lockJoining(installationsOf(drafts.filter((draft) => isUnnamed(draft) || !isReceipt(draft))))
  await tx.billing.lockSubscribers(subscriberIds)
  const awaiting = [...(await tx.payments.awaitingReceipt({ subscriberIds, installationIds: installationsOf(drafts.filter(isUnnamed)) }))]

  const written: Draft[] = []
  // Receipts go first: a paid prompt without one then finds them in the ledger, wherever they came from.
  for (const part of [drafts.filter(isReceipt), drafts.filter((draft) => !isReceipt(draft))]) {
    const { joined, added, lost } = await writeDrafts(tx, part, awaiting)
    written.push(...added)
    for (const { one, payment, other } of [...joined, ...lost]) {
      await end(one, joined.some((draft) => draft.one === one) ? 'joined' : 'already_posted', other.id, other.amountMinor)
      if (!payment.intentId || !one.intent) continue
      paidIntents.push({ intentId: payment.intentId, waiting: one.waiting, paymentId: other.id })
      claimed.push({ paymentId: other.id, intent: one.intent })
    }
  }

  const matched: MatchedMoney[] = []
  const unmatched: NewEntry[] = []
  for (const { one, payment } of written) {
    const { id: paymentId, subscriberId, amountMinor, currency, paidAt, receivedAt } = payment
    const { installationId } = one.waiting
    await end(one, 'posted', paymentId, amountMinor)
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
  for (const claim of claimed) matched.push(...(await takeFromSuspense(tx, claim, now)))
  const moves = await applyMoney(tx, deps, organisation, now, matched)
  return { ends, paidIntents, moved: moves.length > 0, matched: matched.length > 0 }
}

const installationsOf = (drafts: readonly Draft[]): InstallationId[] => distinct(drafts.map(({ one }) => one.waiting.installationId))

type FoundDraft = Draft & { readonly other: Pick<PostedPayment, 'id' | 'amountMinor'> }

/** Writes what no other side has posted: `joined` ones were found by the facts, `lost` ones by their receipt. */
async function writeDrafts(
  tx: Transaction,
  drafts: readonly Draft[],
  awaiting: AwaitingReceipt[],
): Promise<{ joined: readonly FoundDraft[]; added: readonly Draft[]; lost: readonly FoundDraft[] }> {
  const joined: FoundDraft[] = []
  const toWrite: Draft[] = []
  for (const draft of drafts) {
    const { one, payment } = draft
    const id = one.intent
      ? payment.providerTransaction === undefined && payment.intentId !== undefined && (await joinReceipt(tx, payment, one.intent))
      : await joinPrompt(tx, payment, awaiting)
    if (id) joined.push({ ...draft, other: { id, amountMinor: payment.amountMinor } })
    else toWrite.push(draft)
  }
  const written = await tx.payments.addNew(toWrite.map(({ payment }) => payment))
  const refused = toWrite.filter(({ payment }) => !written.has(payment.id))
  const winners = await tx.payments.byReceipts(
    refused.flatMap(({ payment: { installationId, providerTransaction } }) =>
      installationId && providerTransaction ? { installationId, providerTransaction } : [],
    ),
  )
  const lost: FoundDraft[] = []
  for (const draft of refused) {
    const { payment } = draft
    // Another server wrote it since this transaction looked.
    const winner = winners.find(
      ({ installationId, providerTransaction }) =>
        installationId === payment.installationId && providerTransaction === payment.providerTransaction,
    )
    invariant(winner !== undefined, `payment ${payment.id} was refused although its receipt is in no other`)
    if (payment.intentId && !winner.intentId) await tx.payments.attachIntent(winner.id, payment.intentId)
    lost.push({ ...draft, other: winner })
  }
  return { joined, added: toWrite.filter(({ payment }) => written.has(payment.id)), lost }
}

/** Empty when the money has its owner already. */
async function takeFromSuspense(tx: Transaction, { paymentId, intent }: Claim, now: Instant): Promise<readonly MatchedMoney[]> {
  const payment = await tx.payments.lock(paymentId)
  if (payment?.status !== 'unmatched' || payment.intentId !== intent.id || payment.currency !== intent.currency) return []
  const { amountMinor, currency, paidAt, receivedAt } = payment
  const { subscriberId } = intent
  // The prompt may have gone out by another installation of the same account.
  const installationId = payment.installationId as InstallationId
  await tx.payments.assign(paymentId, subscriberId, `intent ${intent.id}`, now)
  return [{ paymentId, subscriberId, amountMinor, currency, paidAt, receivedAt, from: { kind: 'suspense', installationId } }]
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
    ...(intent ? { intent } : {}),
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

export const otherAmount = 'the same receipt came with another amount'

export async function openConflict(tx: Transaction, paymentId: NewPayment['id'], at: Instant, reason: string): Promise<void> {
  await tx.tasks.open({
    kind: 'payment_conflict',
    subjectNoun: 'payment',
    subjectId: paymentId,
    title: `Two reports of one payment differ: ${reason}`,
    at,
  })
}

const distinct = <T>(items: readonly T[]): T[] => [...new Set(items)]
