import { z } from '@hono/zod-openapi'
import { pricings, taxClasses } from '@nyuzi/core'
import { chargeTimes } from '../../flows/charges/create-charge.ts'
import type { ChargeReading } from '../../flows/readings/ports.ts'
import { amountOf, dateOut, idIn, idOut, instantOut, line, moneyIn, moneyOut } from './primitives.ts'

export const chargeIn = z.strictObject({
  subscriber: idIn('subscriber'),
  subscription: idIn('subscription').optional().openapi({ description: 'What it is for, where it is for one' }),
  description: line(200).openapi({ example: 'Call-out' }),
  category: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,39}$/, 'Send a word of small letters, digits and underscores.')
    .default('installation')
    .openapi({ description: 'Which revenue account it belongs to' }),
  taxClass: z.enum(taxClasses).default('installation'),
  pricing: z.enum(pricings).default('inclusive'),
  amount: moneyIn,
  when: z.enum(chargeTimes).default('next_invoice'),
})

export const chargeOut = z
  .object({
    id: idOut('charge'),
    invoice: idOut('invoice').nullable().openapi({ description: 'Null while it waits for one' }),
  })
  .openapi('Charge')

export const chargeStatuses = ['waiting', 'invoiced', 'withdrawn'] as const satisfies readonly ChargeReading['status'][]

export const withdrawalIn = z.strictObject({ reason: line(200) })

export const chargeWithStatusOut = z
  .object({
    id: idOut('charge'),
    subscriber: idOut('subscriber'),
    subscription: idOut('subscription').nullable(),
    description: z.string(),
    category: z.string(),
    taxClass: z.string(),
    pricing: z.string(),
    amount: moneyOut,
    status: z.string().openapi({ description: chargeStatuses.join(', ') }),
    invoiceOn: dateOut.nullable().openapi({ description: 'While it waits: the day of an invoice of its own, when none comes before' }),
    invoicedOn: dateOut.nullable(),
    invoice: idOut('invoice').nullable(),
    invoiceNumber: z.string().nullable(),
    withdrawnOn: dateOut.nullable(),
    withdrawnBecause: z.string().nullable(),
    createdAt: instantOut,
  })
  .openapi('ChargeWithStatus')

export const toApiCharge = ({ subscriberId, subscriptionId, invoiceId, amountMinor, currency, ...charge }: ChargeReading) => ({
  ...charge,
  subscriber: subscriberId,
  subscription: subscriptionId,
  invoice: invoiceId,
  amount: amountOf(amountMinor, currency),
})
