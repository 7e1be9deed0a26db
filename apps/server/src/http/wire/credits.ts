import { z } from '@hono/zod-openapi'
import { creditKinds, pricings, summariseTaxes, taxClasses } from '@nyuzi/core'
import type { FiscalReading } from '../../flows/fiscal/ports.ts'
import type { AllocationReading, CreditLineReading, CreditReading } from '../../flows/readings/ports.ts'
import { fiscalOut, toApiFiscal } from './fiscal.ts'
import { describe, taxOut, toApiTax } from './invoices.ts'
import { allocationOut, toApiAllocation } from './payments.ts'
import { amountOf, dateIn, dateOut, idIn, idOut, instantIn, instantOut, line, moneyIn, moneyOut } from './primitives.ts'

const fields = {
  id: idOut('credit'),
  kind: z.enum(creditKinds).openapi({ description: 'Why the subscriber has it' }),
  number: z.string().openapi({ example: 'NRB-CN-000001' }),
  subscriber: idOut('subscriber'),
  subscriberName: z.string(),
  accountNumber: z.string(),
  total: moneyOut,
  applied: moneyOut.openapi({ description: 'What claims have taken of it' }),
  free: moneyOut.openapi({ description: 'What is left for claims to come' }),
  issuedOn: dateOut,
  reason: z.string(),
  createdAt: instantOut,
}

const lineOut = z.object({
  position: z.number().int(),
  invoice: idOut('invoice'),
  invoiceNumber: z.string(),
  invoiceLine: z.number().int().openapi({ description: 'The position of the line that is credited' }),
  start: dateOut.nullable().openapi({ description: 'Of the days that are charged no more; null when only an amount is given back' }),
  end: dateOut.nullable().openapi({ description: 'The first day that is not credited' }),
  subscription: idOut('subscription').nullable(),
  description: z.string(),
  category: z.string(),
  taxClass: z.string(),
  taxPoint: dateOut.openapi({ description: 'Of the line that is credited' }),
  net: moneyOut,
  taxes: z.array(taxOut),
  total: moneyOut,
  arithmetic: z.string().openapi({ example: '1500.00 × 20 ÷ 30' }),
})

export const creditOut = z.object(fields).openapi('Credit')
export const creditWithLinesOut = z
  .object({
    ...fields,
    net: moneyOut,
    taxes: z.array(taxOut).openapi({ description: 'Of all lines, by tax and rate' }),
    lines: z.array(lineOut).openapi({ description: 'Only a credit note has lines' }),
    allocations: z.array(allocationOut),
    fiscal: z.array(fiscalOut).openapi({ description: 'Its declaration to the tax authority; empty where there is none' }),
  })
  .openapi('CreditWithLines')

export const toApiCredit = ({ subscriberId, totalMinor, allocatedMinor, currency, ...credit }: CreditReading) => ({
  ...credit,
  subscriber: subscriberId,
  total: amountOf(totalMinor, currency),
  applied: amountOf(allocatedMinor, currency),
  free: amountOf(totalMinor - allocatedMinor, currency),
})

export const toApiCreditWithLines = (
  credit: CreditReading & {
    readonly lines: readonly CreditLineReading[]
    readonly allocations: readonly AllocationReading[]
    readonly fiscal: readonly FiscalReading[]
  },
) => ({
  ...toApiCredit(credit),
  net: amountOf(
    credit.lines.reduce((sum, { netMinor }) => sum + netMinor, 0n),
    credit.currency,
  ),
  taxes: summariseTaxes(credit.lines).map(toApiTax(credit.currency)),
  lines: credit.lines.map(({ invoiceId, subscriptionId, description, periodStart, periodEnd, netMinor, taxes, totalMinor, ...one }) => ({
    ...one,
    description: describe({ description, category: one.category, periodStart, periodEnd }),
    invoice: invoiceId,
    subscription: subscriptionId,
    net: amountOf(netMinor, credit.currency),
    taxes: taxes.map(toApiTax(credit.currency)),
    total: amountOf(totalMinor, credit.currency),
  })),
  allocations: credit.allocations.map(toApiAllocation(credit.currency)),
  fiscal: credit.fiscal.map(toApiFiscal),
})

const reason = line(200).openapi({ description: 'Why, for whoever asks later' })

export const creditNoteIn = z.strictObject({
  invoice: idIn('invoice'),
  reason,
  lines: z
    .array(
      z.strictObject({
        position: z.number().int().min(1),
        days: z
          .strictObject({ start: dateIn, end: dateIn.openapi({ description: 'The first day that is not credited' }) })
          .refine(({ start, end }) => start < end, { error: 'Send an end that is after the start.' })
          .optional(),
        net: moneyIn.optional(),
        total: moneyIn.optional(),
      }),
    )
    .min(1)
    .max(100)
    .optional()
    .openapi({ description: 'Default: all that is left of the invoice. A line alone is credited by what is left of it' }),
})

export const debitNoteIn = z.strictObject({
  subscriber: idIn('subscriber'),
  reason,
  dueOn: dateIn.optional().openapi({ description: 'Default: today' }),
  lines: z
    .array(
      z.strictObject({
        description: line(200),
        category: z
          .string()
          .regex(/^[a-z][a-z0-9_]{0,39}$/, 'Send a word of small letters, digits and underscores.')
          .openapi({ description: 'Which revenue account it belongs to', example: 'late_fee' }),
        taxClass: z.enum(taxClasses),
        pricing: z.enum(pricings).default('inclusive'),
        amount: moneyIn,
      }),
    )
    .min(1)
    .max(100),
})

export const grantIn = z.strictObject({ kind: z.enum(['reward', 'goodwill']), subscriber: idIn('subscriber'), amount: moneyIn, reason })
export const transferIn = z.strictObject({ from: idIn('subscriber'), to: idIn('subscriber'), amount: moneyIn, reason })
export const refundIn = z.strictObject({
  subscriber: idIn('subscriber'),
  branch: idIn('branch').openapi({ description: 'Out of whose till it is paid' }),
  amount: moneyIn,
  reason,
})
export const depositIn = z.strictObject({
  subscriber: idIn('subscriber'),
  amount: moneyIn,
  description: line(200).openapi({ description: 'For what it is held' }),
  dueOn: dateIn.optional().openapi({ description: 'Default: today' }),
})
export const releaseIn = z.strictObject({ subscriber: idIn('subscriber'), amount: moneyIn, reason })
export const invoiceChangeIn = z.strictObject({ reason })
export const voidIn = z.strictObject({
  reason,
  recharge: z.boolean().default(false).openapi({ description: 'Whether the run of the day charges its days and its use again' }),
})
export const certificateIn = z.strictObject({
  certificate: line(60).openapi({ description: 'Its number: one that comes twice is refused' }),
  amount: moneyIn,
  certifiedAt: instantIn.optional().openapi({ description: 'Default: now' }),
})
