import type { Currency, EntryKind, OrganisationId } from '@nyuzi/core'
import type { Deps, Transaction } from '../ports.ts'
import { type AskedSpan, daySpan } from './day-span.ts'
import { groupsIn } from './groups-in.ts'
import type { DaySpan, DocumentMovement, Group, LedgerMovement, MoneySpan, RevenueGrouping } from './ports.ts'

export type RevenueFigures = {
  /** Net of invoices and debit notes, less those that were made void. */
  readonly invoicedMinor: bigint
  /** Net of credit notes. */
  readonly creditedMinor: bigint
  /** What revenue grew by: the same two, less what deferred revenue grew by. */
  readonly recognisedMinor: bigint
  readonly taxes: ReadonlyMap<string, bigint>
  /** Absent where money is not told apart so. */
  readonly receivedMinor?: bigint
  /** At the end of the month or day, or of the span. */
  readonly outstandingMinor?: bigint
}

export type RevenueReport = DaySpan & {
  readonly by: RevenueGrouping
  readonly currency: Currency
  readonly rows: readonly (Group & RevenueFigures)[]
  readonly total: RevenueFigures
}

/**
 * What was invoiced, credited, earned, taken for the state and paid in one currency, by default the organisation's. By month, day and category these are sums of the
 * ledger; by branch and plan, of the lines of the documents, which sum to the same.
 */
export const reportRevenue = (
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  organisationId: OrganisationId,
  { by, ...asked }: AskedSpan & { readonly by: RevenueGrouping; readonly currency?: Currency },
): Promise<RevenueReport> =>
  store.inOrganisation(organisationId, async (tx) => {
    const organisation = await tx.organisation.read()
    const span = { ...daySpan(asked, organisation, clock), currency: asked.currency ?? organisation.currency }
    const rows = await rowsOf(tx, span, by)
    const closing = by === 'category' ? undefined : await tx.reports.receivable(span.until, span.currency)
    return { ...span, by, rows, total: totalOf(rows, closing) }
  })

async function rowsOf(tx: Transaction, span: MoneySpan, by: RevenueGrouping): Promise<readonly (Group & RevenueFigures)[]> {
  if (by === 'branch' || by === 'plan') return byDocuments(await tx.reports.documentMovements(span, by), by)
  const movements = await tx.reports.ledgerMovements(span, by)
  if (by !== 'category') return byDays(movements, groupsIn(span, by), await tx.reports.receivable(span.until, span.currency))
  return [...new Set(movements.map(({ group }) => group))].sort().map((group) => ({
    ...named(group),
    ...ofLedger(movements.filter((one) => one.group === group)),
  }))
}

const claiming: readonly EntryKind[] = ['invoice_issued', 'debit_note_issued', 'invoice_voided']
const paying: readonly EntryKind[] = ['payment_received', 'payment_unmatched']

const named = (group: string): Group => ({ key: group, code: group, name: group })

const sumOf = (movements: readonly { readonly amountMinor: bigint }[]): bigint =>
  movements.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)

const ofLedger = (movements: readonly LedgerMovement[]): RevenueFigures => {
  const net = movements.filter(({ account }) => account === 'revenue' || account === 'deferred_revenue')
  return {
    invoicedMinor: -sumOf(net.filter(({ entry }) => claiming.includes(entry))),
    creditedMinor: sumOf(net.filter(({ entry }) => entry === 'credit_note_issued')),
    recognisedMinor: -sumOf(net.filter(({ account }) => account === 'revenue')),
    taxes: taxesOf(
      movements.filter(({ account }) => account === 'tax_payable'),
      -1n,
    ),
  }
}

const moneyKinds: readonly LedgerMovement['account'][] = ['clearing', 'cash', 'withholding_receivable']

/** Every day or month of the span, the last one first walked back from what is outstanding at its end. */
function byDays(
  movements: readonly LedgerMovement[],
  groups: readonly string[],
  closingMinor: bigint,
): readonly (Group & RevenueFigures)[] {
  const byGroup = new Map<string, LedgerMovement[]>(groups.map((group) => [group, []]))
  for (const movement of movements) byGroup.get(movement.group)?.push(movement)
  let outstandingMinor = closingMinor
  const rows = [...byGroup].reverse().map(([group, theirs]) => {
    const received = theirs.filter(({ account, entry }) => moneyKinds.includes(account) && paying.includes(entry))
    const row = { ...named(group), ...ofLedger(theirs), receivedMinor: sumOf(received), outstandingMinor }
    outstandingMinor -= sumOf(theirs.filter(({ account }) => account === 'receivable'))
    return row
  })
  return rows.reverse()
}

function byDocuments(movements: readonly DocumentMovement[], by: 'branch' | 'plan'): readonly (Group & RevenueFigures)[] {
  const byKey = new Map<string, DocumentMovement[]>()
  for (const movement of movements) {
    const theirs = byKey.get(movement.key)
    if (theirs) theirs.push(movement)
    else byKey.set(movement.key, [movement])
  }
  return [...byKey].map(([key, theirs]) => {
    const of = (what: DocumentMovement['what']) => theirs.filter((one) => one.what === what)
    const [invoicedMinor, creditedMinor] = [sumOf(of('invoiced')), sumOf(of('credited'))]
    return {
      key,
      code: theirs[0]?.code ?? '',
      name: theirs[0]?.name ?? '',
      invoicedMinor,
      creditedMinor,
      recognisedMinor: invoicedMinor - creditedMinor - sumOf(of('deferred')),
      taxes: taxesOf(of('tax'), 1n),
      ...(by === 'branch' ? { receivedMinor: sumOf(of('received')) } : {}),
      outstandingMinor: sumOf(of('outstanding')),
    }
  })
}

function taxesOf(movements: readonly { readonly tax: string; readonly amountMinor: bigint }[], sign: bigint): ReadonlyMap<string, bigint> {
  const taxes = new Map<string, bigint>()
  for (const { tax, amountMinor } of movements) taxes.set(tax, (taxes.get(tax) ?? 0n) + sign * amountMinor)
  return new Map([...taxes].sort(([left], [right]) => (left < right ? -1 : 1)))
}

const totalOf = (rows: readonly RevenueFigures[], closingMinor: bigint | undefined): RevenueFigures => {
  const received = rows.flatMap(({ receivedMinor }) => (receivedMinor === undefined ? [] : [{ amountMinor: receivedMinor }]))
  return {
    invoicedMinor: sumOf(rows.map(({ invoicedMinor: amountMinor }) => ({ amountMinor }))),
    creditedMinor: sumOf(rows.map(({ creditedMinor: amountMinor }) => ({ amountMinor }))),
    recognisedMinor: sumOf(rows.map(({ recognisedMinor: amountMinor }) => ({ amountMinor }))),
    taxes: taxesOf(
      rows.flatMap(({ taxes }) => [...taxes].map(([tax, amountMinor]) => ({ tax, amountMinor }))),
      1n,
    ),
    ...(received.length === 0 ? {} : { receivedMinor: sumOf(received) }),
    ...(closingMinor === undefined ? {} : { outstandingMinor: closingMinor }),
  }
}
