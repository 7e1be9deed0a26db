import type { SubscriberId } from '../ids.ts'
import { add, zero } from '../money/money.ts'
import { invariant } from '../outcome.ts'
import type { Charge } from '../rating/charge.ts'
import { exemptCharge } from '../rating/exempt-charge.ts'
import { remembered } from '../remembered.ts'
import { computeTax } from '../tax/compute-tax.ts'
import type { TaxPack } from '../tax/rule.ts'
import { taxArithmetic } from '../tax/tax-arithmetic.ts'
import { taxPointOf } from '../tax/tax-point.ts'
import type { CivilDate } from '../time/calendar.ts'
import type { InvoiceDraft, InvoiceLine } from './invoice.ts'

/** Gathers charges of one currency into a draft. It is due when the first of them is owed, and never before it is issued. */
export function draftInvoice(input: {
  readonly subscriberId: SubscriberId
  readonly charges: readonly Charge[]
  readonly today: CivilDate
  /** Without one, no taxes are charged. */
  readonly taxPack?: TaxPack | undefined
}): InvoiceDraft {
  const { subscriberId, charges, today, taxPack } = input
  const first = charges[0]
  invariant(first !== undefined, 'an invoice needs a charge')
  const { currency } = first.amount
  const owedOn = charges.reduce((earliest, { dueOn }) => (dueOn < earliest ? dueOn : earliest), first.dueOn)
  const lines = charges.map((charge, index) => lineOf(charge, index + 1, today, taxPack))
  return {
    subscriberId,
    currency,
    lines,
    total: lines.reduce((sum, { total }) => add(sum, total), zero(currency)),
    dueOn: owedOn > today ? owedOn : today,
    issuedOn: today,
  }
}

/** Taxes are computed line by line, so that a line can be credited alone with exactly the taxes it bore. */
function lineOf(priced: Charge, position: number, issuedOn: CivilDate, taxPack: TaxPack | undefined): InvoiceLine {
  const taxPoint = taxPointOf(issuedOn, priced.period)
  const charge = exemptCharge(priced, taxPoint, taxPack)
  const { amount: _, ...line } = charge
  return { ...line, position, taxPoint, ...(taxPack === undefined ? taxed(charge, taxPoint, taxPack) : taxedBy(taxPack, charge, taxPoint)) }
}

type Taxable = Pick<Charge, 'amount' | 'taxClass' | 'pricing' | 'arithmetic'>
type Taxed = Pick<InvoiceLine, 'net' | 'taxes' | 'total' | 'arithmetic'>

function taxed({ amount, taxClass, pricing, arithmetic }: Taxable, taxPoint: CivilDate, pack: TaxPack | undefined): Taxed {
  const parts = computeTax({ amount, taxClass, taxPoint, pricing }, pack)
  return { ...parts, arithmetic: taxArithmetic(arithmetic, amount, pricing, parts) }
}

const taxedBy = remembered(
  ({ amount, taxClass, pricing, arithmetic }: Taxable, taxPoint: CivilDate) =>
    `${amount.amountMinor} ${amount.currency} ${taxClass} ${pricing} ${taxPoint} ${arithmetic}`,
  (pack: TaxPack, charge: Taxable, taxPoint: CivilDate) => taxed(charge, taxPoint, pack),
)
