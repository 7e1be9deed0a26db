import { z } from '@hono/zod-openapi'
import { pricings, taxClasses } from '@nyuzi/core'
import type { PlanReading, PriceReading } from '../../flows/readings/ports.ts'
import { amountOf, dateIn, dateOut, idOut, instantOut, line, moneyIn, moneyOut } from './primitives.ts'

const bitsPerSecond = z.number().int().min(1).max(1_000_000_000_000).openapi({ description: 'Bits per second', example: 10_000_000 })
const cadenceUnit = z.enum(['day', 'week', 'month', 'year'])

export const priceIn = z.strictObject({
  amount: moneyIn,
  billing: z.enum(['prepaid', 'postpaid']).default('prepaid'),
  cadence: z.strictObject({ unit: cadenceUnit, count: z.number().int().min(1).max(366) }).prefault({ unit: 'month', count: 1 }),
  graceDays: z.number().int().min(0).max(90).default(0).openapi({ description: 'Days after the due date during which the line stays on' }),
  taxClass: z.enum(taxClasses).default('internet').openapi({ description: 'Which taxes it bears, by the tax pack of the organisation' }),
  pricing: z.enum(pricings).default('inclusive').openapi({ description: 'Whether the amount includes its taxes' }),
  profile: z
    .strictObject({
      name: z.string().regex(/^[a-z0-9-]{1,40}$/, 'Send up to 40 of a-z, 0-9 and dash: routers show it in lists.'),
      downloadBps: bitsPerSecond,
      uploadBps: bitsPerSecond,
    })
    .openapi({ description: 'Speeds as the subscriber sees them' }),
  effectiveFrom: dateIn.optional().openapi({ description: 'Default: today' }),
})

export const planIn = z.strictObject({
  code: z
    .string()
    .regex(/^[A-Z0-9][A-Z0-9-]{0,19}$/, 'Send up to 20 capital letters, digits and dashes.')
    .openapi({ example: 'HOME10' }),
  name: line(100),
  price: priceIn,
})

const priceOut = z
  .object({
    id: idOut('price'),
    version: z.number().int(),
    amount: moneyOut,
    billing: z.string(),
    cadence: z.object({ unit: z.string(), count: z.number().int() }),
    graceDays: z.number().int(),
    taxClass: z.string(),
    pricing: z.string(),
    profile: z.object({ name: z.string(), downloadBps: z.number(), uploadBps: z.number() }),
    effectiveFrom: dateOut,
    createdAt: instantOut,
  })
  .openapi('Price')

export const planOut = z
  .object({
    id: idOut('plan'),
    code: z.string(),
    name: z.string(),
    createdAt: instantOut,
    prices: z.array(priceOut).openapi({ description: 'Newest version first' }),
  })
  .openapi('Plan')

export const toApiPlan = (plan: PlanReading) => ({ ...plan, prices: plan.prices.map(toApiPrice) })

const toApiPrice = ({
  amountMinor,
  currency,
  cadenceUnit: unit,
  cadenceCount: count,
  profileName: name,
  downloadBps,
  uploadBps,
  ...price
}: PriceReading) => ({
  ...price,
  amount: amountOf(amountMinor, currency),
  cadence: { unit, count },
  profile: { name, downloadBps: Number(downloadBps), uploadBps: Number(uploadBps) },
})
