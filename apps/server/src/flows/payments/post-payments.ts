import { type InstallationId, type Instant, type IntentId, invariant, mayMove, type NoticeId, type OrganisationId } from '@nyuzi/core'
import type { Deps, Transaction } from '../ports.ts'
import { addFresh, type Claim, type End, type Fresh, openConflict, otherAmount, postFresh, type Succeeded } from '../steps/post-fresh.ts'
import { takeBatch } from '../steps/take-batch.ts'
import type { Intent, IntentMove, NewPayment, NoticeOutcome, PostedPayment, WaitingNotice } from './ports.ts'

const batchMax = 100

/**
 * Takes a batch of notices to the ledger: matched or in suspense, posted once, allocated, access wanted and receipt
 * owed, in one transaction. A second run, another server or the same news from another side changes nothing.
 */
export const postPayments = (deps: Deps, organisationId: OrganisationId): Promise<number> =>
  takeBatch<NoticeId>(deps, {
    async take(only, claimed) {
      const { taken, moved, matched } = await deps.store.inOrganisation(organisationId, (tx) => postBatch(deps, tx, only, claimed))
      if (moved) deps.wake('access', organisationId)
      if (matched) deps.wake('messages', organisationId)
      return taken
    },
    park: (id, reason) => parkNotice(deps, organisationId, id, reason),
  })

async function parkNotice({ store, clock }: Deps, organisationId: OrganisationId, id: NoticeId, reason: string): Promise<void> {
  await store.inOrganisation(organisationId, async (tx) => {
    const [waiting] = await tx.notices.claim(1, [id])
    if (!waiting) return
    const at = clock.now()
    await tx.notices.finish([{ id, outcome: 'parked' }], at)
    const title = 'A reported payment could not be posted; its notice is parked'
    await tx.tasks.open({ kind: 'notice_parked', subjectNoun: 'notice', subjectId: id, title, detail: { reason }, at })
  })
}

async function postBatch(
  deps: Deps,
  tx: Transaction,
  only: readonly NoticeId[] | undefined,
  claimed: (ids: readonly NoticeId[]) => void,
): Promise<{ taken: number; moved: boolean; matched: boolean }> {
  const notices = await tx.notices.claim(batchMax, only)
  claimed(notices.map(({ id }) => id))
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
  const claims: Claim[] = []
  for (const waiting of notices) {
    const intent = waiting.intentId && intents.get(waiting.intentId)
    if (waiting.notice.status !== 'succeeded') {
      if (waiting.notice.status === 'failed' && intent) pushMove(moves, intents, failedMove(intent, waiting, now))
      ends.push({ id: waiting.id, outcome: waiting.notice.status === 'failed' ? 'failure_recorded' : 'noted' })
    } else {
      const already = await alreadyPosted(tx, waiting, intent, known, claims)
      if (already) {
        ends.push({ id: waiting.id, ...already })
        if (intent) pushMove(moves, intents, paidMove(intent, waiting, already.paymentId, now))
      } else addFresh(fresh, { waiting, intent, intentIsPaid: intent !== undefined && known.byIntent.has(intent.id) })
    }
  }

  const posted = await postFresh(deps, tx, { organisation, fresh, claims, now })
  ends.push(...posted.ends)
  for (const { intentId, waiting, paymentId } of posted.paidIntents) {
    const intent = intents.get(intentId)
    if (intent) pushMove(moves, intents, paidMove(intent, waiting, paymentId, now))
  }
  await Promise.all([tx.intents.move(moves), tx.notices.finish(ends, now)])
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

/** Is this news of money that is in the ledger, by its receipt or by its intent? */
async function alreadyPosted(
  tx: Transaction,
  { installationId, notice, receivedAt }: WaitingNotice,
  intent: Intent | undefined,
  known: Known,
  claims: Claim[],
): Promise<{ outcome: NoticeOutcome; paymentId: NewPayment['id'] } | undefined> {
  invariant(notice.status === 'succeeded', 'only successes are posted')
  const receipt = notice.providerTransaction
  const own = intent && known.byIntent.get(intent.id)
  const same = receipt ? known.byReceipt.get(receiptKey(installationId, receipt)) : undefined
  if (same) {
    if (intent && !own && !same.intentId) {
      await tx.payments.attachIntent(same.id, intent.id)
      known.byIntent.set(intent.id, { ...same, intentId: intent.id })
      if (same.status === 'unmatched') claims.push({ paymentId: same.id, intent })
    }
    const conflict = conflictOf(notice, same, intent, own)
    if (conflict) await openConflict(tx, same.id, receivedAt, conflict)
    return { outcome: conflict ? 'conflict' : 'already_posted', paymentId: same.id }
  }
  if (own && (!receipt || own.providerTransaction === undefined)) {
    if (!receipt) return { outcome: 'already_posted', paymentId: own.id }
    await tx.payments.attachReceipt(own.id, receipt)
    known.byReceipt.set(receiptKey(installationId, receipt), own)
    known.byIntent.set(own.intentId as IntentId, { ...own, providerTransaction: receipt })
    if (notice.amount && notice.amount.amountMinor !== own.amountMinor)
      await openConflict(tx, own.id, receivedAt, 'the receipt is of another amount than was asked for')
    return { outcome: 'receipt_attached', paymentId: own.id }
  }
  return undefined
}

/** What a person must look at, now that both sides of a payment are known; undefined when they agree. */
function conflictOf(
  notice: Succeeded,
  same: PostedPayment,
  intent: Intent | undefined,
  own: PostedPayment | undefined,
): string | undefined {
  if (notice.amount && notice.amount.amountMinor !== same.amountMinor) return otherAmount
  if (!intent) return undefined
  if (same.subscriberId && same.subscriberId !== intent.subscriberId)
    return 'the prompt was for another subscriber than the money was taken for'
  if (own && own.id !== same.id && !own.providerTransaction)
    return 'the prompt and its receipt were posted apart, so the money is in the books twice'
  return undefined
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
