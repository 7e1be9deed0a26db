import {
  asId,
  badDebtRecovered,
  type CivilDate,
  type Credit,
  type CreditAmount,
  type CreditId,
  type CreditLine,
  creditForAmount,
  creditForDays,
  creditNoteIssued,
  type InvoiceId,
  invariant,
  issueCreditNote,
  leftOf,
  type Money,
  money,
  type Period,
  type SubscriberId,
  seriesOf,
  type TaxedAmount,
} from '@nyuzi/core'
import type { CreditableLine, LineRef } from '../credits/ports.ts'
import { Conflict } from '../errors.ts'
import type { NewEntry } from '../ledger/ports.ts'
import type { Deps, Transaction } from '../ports.ts'
import { numberDocuments } from './number-documents.ts'
import { openClaims } from './open-claims.ts'
import { reduceDeferred } from './reduce-deferred.ts'

/** Some days of a line, a part of its amount, or `rest`: all that is left of it. */
export type CreditOrder = LineRef &
  ({ readonly days: Period } | { readonly net: Money } | { readonly total: Money } | { readonly rest: true })

export type CreditNoteOrder = {
  readonly subscriberId: SubscriberId
  readonly issuedOn: CivilDate
  readonly reason: string
  readonly lines: readonly CreditOrder[]
}

export type IssuedCreditNote = {
  readonly note: Credit
  /** What claims have not taken: it waits as the subscriber's credit. */
  readonly freeMinor: bigint
}

/**
 * The step that reduces claims inside the caller's transaction: writes the notes with their entries, releases the days
 * they name, and sets them against the claims they credit first, then the oldest. The caller has locked the subscribers,
 * issues credit notes before invoices, and ends with `wantAccess`.
 */
export async function issueCreditNotes(
  { ids, clock }: Pick<Deps, 'ids' | 'clock'>,
  tx: Transaction,
  orders: readonly CreditNoteOrder[],
): Promise<readonly IssuedCreditNote[]> {
  if (orders.length === 0) return []
  const subscriberIds = [...new Set(orders.map(({ subscriberId }) => subscriberId))]
  const [found, codes] = await Promise.all([tx.credits.lines(orders.flatMap(({ lines }) => lines)), tx.credits.branchCodes(subscriberIds)])
  const lines = new Map(found.map((line) => [keyOf(line), line]))
  const series = new Map([...codes].map(([id, code]) => [id, seriesOf(code, 'credit_note')]))
  const next = await numberDocuments(tx, [...series.values()])
  const notes = orders.map((order) => draft(order, lines, asId('credit', ids.next()), next(series.get(order.subscriberId) ?? '')))
  const waiting = await reduceDeferred(tx, notes, (line) => lines.get(keyOf(line))?.charged ?? [])

  const givenUp = await tx.claims.writtenOff(found.filter(({ status }) => status === 'uncollectible').map(({ invoiceId }) => invoiceId))
  const open = openClaims(await tx.billing.openInvoices(subscriberIds), givenUp)
  const entries: NewEntry[] = []
  const allocations: { id: string; creditId: CreditId; invoiceId: InvoiceId; amountMinor: bigint; effectiveOn: CivilDate }[] = []
  const issued = notes.map((note) => {
    const split = open.settle(note.subscriberId, note.total.amountMinor, new Set(note.lines.map(({ invoiceId }) => invoiceId)))
    const entry = () => creditNoteIssued(note, note.total.amountMinor - split.restMinor, waiting.get(note.id))
    if (note.total.amountMinor > 0n) entries.push({ id: asId('entry', ids.next()), entry: entry() })
    for (const { invoiceId, amountMinor } of split.allocations) {
      const id = ids.next()
      allocations.push({ id, creditId: note.id, invoiceId, amountMinor, effectiveOn: note.issuedOn })
      const claim = givenUp.find((one) => one.invoiceId === invoiceId)
      if (claim === undefined) continue
      const { subscriberId, issuedOn: effectiveOn, currency } = note
      const recovered = badDebtRecovered({
        subscriberId,
        allocationId: id,
        amount: money(amountMinor, currency),
        effectiveOn,
        kind: claim.kind,
      })
      entries.push({ id: asId('entry', ids.next()), entry: recovered })
    }
    return { note, freeMinor: split.restMinor }
  })
  const now = clock.now()
  await Promise.all([tx.ledger.record(entries, now), tx.credits.add(notes, now), tx.credits.addAllocations(allocations, now)])
  return issued
}

const keyOf = ({ invoiceId, position }: LineRef): string => `${invoiceId} ${position}`

/** Takes what it credits off the lines, so that a later order of the batch sees what is left. */
function draft(
  order: CreditNoteOrder,
  lines: Map<string, CreditableLine>,
  id: CreditId,
  numbering: { readonly series: string; readonly sequence: bigint },
): Credit {
  const { subscriberId, issuedOn, reason } = order
  const credited = order.lines.flatMap((one): Omit<CreditLine, 'position'>[] => {
    const line = lines.get(keyOf(one))
    invariant(line?.subscriberId === subscriberId, `line ${one.position} of ${one.invoiceId} is a line of subscriber ${subscriberId}`)
    const parts = partsOf(line, one)
    lines.set(keyOf(one), remaining(line, parts))
    return parts.map(({ days, amount }) => creditLine(line, amount, days))
  })
  const currency = lines.get(order.lines[0] === undefined ? '' : keyOf(order.lines[0]))?.currency
  invariant(currency !== undefined, 'a credit note names the lines it credits')
  return issueCreditNote({ id, subscriberId, currency, issuedOn, reason, lines: credited }, numbering)
}

type Part = { readonly amount: CreditAmount; readonly days?: Period }

function partsOf(line: CreditableLine, order: CreditOrder): readonly Part[] {
  if (line.status === 'void') throw new Conflict('claim_void', `${line.number} is void: nothing is claimed that could be credited.`)
  if ('days' in order) return [daysOf(line, order.days)]
  if ('rest' in order) return restOf(line)
  const [wanted, left] = 'net' in order ? [order.net, line.left.net] : [order.total, line.left.total]
  if (wanted.amountMinor > left.amountMinor) throw beyondLine(line)
  return [{ amount: creditForAmount(line.left, order) }]
}

function daysOf({ claimed, left, charged, ...line }: CreditableLine, days: Period): Part {
  const covered = charged.some(({ start, end }) => start <= days.start && days.end <= end)
  if (!('period' in claimed) || !covered) {
    throw new Conflict('days_not_charged', `Line ${line.position} of ${line.number} does not charge all of ${days.start} to ${days.end}.`)
  }
  return { amount: creditForDays(claimed, days, left), days }
}

function restOf(line: CreditableLine): readonly Part[] {
  let left: CreditableLine = line
  const parts = line.charged.map((days) => {
    const part = daysOf(left, days)
    left = remaining(left, [part])
    return part
  })
  // Days that were credited by amount, or a line that charges no days.
  const amount = left.left.total.amountMinor > 0n ? [{ amount: creditForAmount(left.left, { total: left.left.total }) }] : []
  if (parts.length + amount.length === 0) throw beyondLine(line)
  return [...parts, ...amount]
}

const remaining = (line: CreditableLine, parts: readonly Part[]): CreditableLine => ({
  ...line,
  left: leftOf(
    line.left,
    parts.map(({ amount }): TaxedAmount => amount),
  ),
  charged: parts.reduce(
    (charged, { days }) => (days === undefined ? charged : charged.flatMap((span) => without(span, days))),
    line.charged,
  ),
})

const without = (span: Period, { start, end }: Period): readonly Period[] =>
  end <= span.start || start >= span.end
    ? [span]
    : [
        { start: span.start, end: start },
        { start: end, end: span.end },
      ].filter((part) => part.start < part.end)

const beyondLine = ({ position, number, left: { total } }: CreditableLine): Conflict =>
  new Conflict('credit_exceeds_line', `Line ${position} of ${number} has ${total.amountMinor} left in the smallest unit; credit no more.`)

function creditLine(line: CreditableLine, amount: CreditAmount, days: Period | undefined): Omit<CreditLine, 'position'> {
  const { invoiceId, position, category, taxClass, taxPoint, subscriptionId } = line
  return {
    invoiceId,
    linePosition: position,
    ...(days === undefined ? {} : { days }),
    ...(subscriptionId === undefined ? {} : { subscriptionId }),
    category,
    taxClass,
    taxPoint,
    ...amount,
  }
}
