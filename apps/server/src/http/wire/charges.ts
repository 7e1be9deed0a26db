import { z } from '@hono/zod-openapi'
import { pricings, taxClasses } from '@nyuzi/core'
import { chargeTimes } from '../../flows/charges/create-charge.ts'
import { idIn, idOut, line, moneyIn } from './primitives.ts'

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
