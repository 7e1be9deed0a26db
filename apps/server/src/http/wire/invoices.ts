import { z } from '@hono/zod-openapi'
import { type Currency, claimKinds, describeLine, summariseTaxes, type TaxAmount } from '@nyuzi/core'
import type { FiscalReading } from '../../flows/fiscal/ports.ts'
import type { AllocationReading, InvoiceLineReading, InvoiceReading } from '../../flows/readings/ports.ts'
import { fiscalOut, toApiFiscal } from './fiscal.ts'
import { allocationOut, toApiAllocation } from './payments.ts'
import { amountOf, dateOut, idOut, instantOut, moneyOut } from './primitives.ts'

const fields = {
  id: idOut('invoice'),
  kind: z.enum(claimKinds).openapi({ description: 'Why it is owed' }),
  number: z.string().openapi({ example: 'NRB-000123' }),
  subscriber: idOut('subscriber'),
  subscriberName: z.string(),
  accountNumber: z.string(),
  status: z.string(),
  total: moneyOut,
  paid: moneyOut,
  open: moneyOut,
  issuedOn: dateOut,
  dueOn: dateOut,
  createdAt: instantOut,
}

export const taxOut = z
  .object({
    code: z.string(),
    title: z.string(),
    rateBp: z.number().int().openapi({ description: 'Basis points', example: 1600 }),
    base: moneyOut,
    amount: moneyOut,
    certificate: z.string().nullable().openapi({ description: 'Of exemption: the tax is not borne, its rate is 0' }),
  })
  .openapi('Tax')

const lineDiscountOut = z
  .object({
    source: z.string().openapi({ description: '`promotion`, `volume`, `loyalty`, `referral` or `coupon`' }),
    code: z.string(),
    title: z.string(),
    base: moneyOut.openapi({ description: 'What was left of the price of the whole period before it' }),
    amount: moneyOut,
    working: z.string().openapi({ example: '2500.00 × 10 ÷ 100' }),
  })
  .openapi('LineDiscount')

const lineOut = z.object({
  position: z.number().int(),
  description: z.string().openapi({ description: 'In English; its document says it in the language of the subscriber' }),
  category: z.string(),
  taxClass: z.string(),
  pricing: z.string(),
  taxPoint: dateOut.openapi({ description: 'The day whose tax rates it bears' }),
  listPrice: moneyOut.nullable().openapi({ description: 'Of the whole period, before discounts; null where no period is charged' }),
  discounts: z.array(lineDiscountOut).openapi({ description: 'In the order in which they are taken off' }),
  rate: moneyOut.nullable().openapi({ description: 'Of the whole period, after discounts: the line is its share' }),
  net: moneyOut,
  taxes: z.array(taxOut).openapi({ description: 'In the order in which they are laid on' }),
  total: moneyOut.openapi({ description: 'Net and taxes' }),
  subscription: idOut('subscription').nullable().openapi({ description: 'Null, with the days and the price, where none is charged' }),
  periodStart: dateOut.nullable(),
  periodEnd: dateOut.nullable().openapi({ description: 'The first day that is not charged' }),
  price: idOut('price').nullable(),
  priceVersion: z.number().int().nullable(),
  arithmetic: z.string().openapi({ description: 'How the amount came about', example: '2500.00 × 12 ÷ 30' }),
})

export const invoiceOut = z.object(fields).openapi('Invoice')
export const invoiceWithLinesOut = z
  .object({
    ...fields,
    net: moneyOut,
    taxes: z.array(taxOut).openapi({ description: 'Of all lines, by tax and rate' }),
    lines: z.array(lineOut),
    allocations: z.array(allocationOut),
    fiscal: z.array(fiscalOut).openapi({ description: 'Its declaration to the tax authority; empty where there is none' }),
  })
  .openapi('InvoiceWithLines')

export const toApiInvoice = ({ subscriberId, totalMinor, allocatedMinor, currency, ...invoice }: InvoiceReading) => ({
  ...invoice,
  subscriber: subscriberId,
  total: amountOf(totalMinor, currency),
  paid: amountOf(allocatedMinor, currency),
  open: amountOf(invoice.status === 'open' ? totalMinor - allocatedMinor : 0n, currency),
})

export const toApiTax =
  (currency: Currency) =>
  ({ baseMinor, amountMinor, certificate, ...tax }: TaxAmount) => ({
    ...tax,
    certificate: certificate ?? null,
    base: amountOf(baseMinor, currency),
    amount: amountOf(amountMinor, currency),
  })

export const toApiInvoiceWithLines = (
  invoice: InvoiceReading & {
    readonly lines: readonly InvoiceLineReading[]
    readonly allocations: readonly AllocationReading[]
    readonly fiscal: readonly FiscalReading[]
  },
) => ({
  ...toApiInvoice(invoice),
  net: amountOf(
    invoice.lines.reduce((sum, { netMinor }) => sum + netMinor, 0n),
    invoice.currency,
  ),
  taxes: summariseTaxes(invoice.lines).map(toApiTax(invoice.currency)),
  lines: invoice.lines.map(({ subscriptionId, priceId, rateMinor, discounts, netMinor, taxes, totalMinor, ...line }) => ({
    ...line,
    description: describe(line),
    subscription: subscriptionId,
    price: priceId,
    listPrice: rateMinor === null ? null : amountOf(listMinor(rateMinor, discounts), invoice.currency),
    discounts: discounts.map(({ baseMinor, amountMinor, ...discount }) => ({
      ...discount,
      base: amountOf(baseMinor, invoice.currency),
      amount: amountOf(amountMinor, invoice.currency),
    })),
    rate: rateMinor === null ? null : amountOf(rateMinor, invoice.currency),
    net: amountOf(netMinor, invoice.currency),
    taxes: taxes.map(toApiTax(invoice.currency)),
    total: amountOf(totalMinor, invoice.currency),
  })),
  allocations: invoice.allocations.map(toApiAllocation(invoice.currency)),
  fiscal: invoice.fiscal.map(toApiFiscal),
})

/** The words of a line, for staff. */
export const describe = ({
  description,
  category,
  periodStart,
  periodEnd,
}: Pick<InvoiceLineReading, 'description' | 'category' | 'periodStart' | 'periodEnd'>): string =>
  describeLine({ description, category, ...(periodStart && periodEnd ? { period: { start: periodStart, end: periodEnd } } : {}) }, 'en')

const listMinor = (rateMinor: bigint, discounts: InvoiceLineReading['discounts']): bigint =>
  discounts.reduce((sum, { amountMinor }) => sum + amountMinor, rateMinor)
