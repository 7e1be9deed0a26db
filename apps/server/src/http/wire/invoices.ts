import { z } from '@hono/zod-openapi'
import type { AllocationReading, InvoiceLineReading, InvoiceReading } from '../../flows/readings/ports.ts'
import { allocationOut, toApiAllocation } from './payments.ts'
import { amountOf, dateOut, idOut, instantOut, moneyOut } from './primitives.ts'

const fields = {
  id: idOut('invoice'),
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

const lineOut = z.object({
  position: z.number().int(),
  description: z.string(),
  category: z.string(),
  amount: moneyOut,
  subscription: idOut('subscription'),
  periodStart: dateOut,
  periodEnd: dateOut.openapi({ description: 'The first day that is not charged' }),
  price: idOut('price'),
  priceVersion: z.number().int(),
  arithmetic: z.string().openapi({ description: 'How the amount came about', example: '2500.00 × 12 ÷ 30' }),
})

export const invoiceOut = z.object(fields).openapi('Invoice')
export const invoiceWithLinesOut = z
  .object({ ...fields, lines: z.array(lineOut), allocations: z.array(allocationOut) })
  .openapi('InvoiceWithLines')

export const toApiInvoice = ({ subscriberId, totalMinor, allocatedMinor, currency, ...invoice }: InvoiceReading) => ({
  ...invoice,
  subscriber: subscriberId,
  total: amountOf(totalMinor, currency),
  paid: amountOf(allocatedMinor, currency),
  open: amountOf(invoice.status === 'open' ? totalMinor - allocatedMinor : 0n, currency),
})

export const toApiInvoiceWithLines = (
  invoice: InvoiceReading & { readonly lines: readonly InvoiceLineReading[]; readonly allocations: readonly AllocationReading[] },
) => ({
  ...toApiInvoice(invoice),
  lines: invoice.lines.map(({ subscriptionId, priceId, amountMinor, ...line }) => ({
    ...line,
    subscription: subscriptionId,
    price: priceId,
    amount: amountOf(amountMinor, invoice.currency),
  })),
  allocations: invoice.allocations.map(toApiAllocation(invoice.currency)),
})
