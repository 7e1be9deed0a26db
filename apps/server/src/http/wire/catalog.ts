import { z } from '@hono/zod-openapi'
import {
  cadenceCountMax,
  cadenceUnits,
  defaultBillingPolicy,
  firstPeriodPolicies,
  passRenewalPolicies,
  planKinds,
  pricings,
  renewalPolicies,
  suspensionPolicies,
  taxClasses,
  usageSchemes,
} from '@nyuzi/core'
import { existingPolicies } from '../../flows/catalog/create-price.ts'
import type { PlanReading, PriceReading } from '../../flows/readings/ports.ts'
import { defined } from '../defined.ts'
import { amountIn, dateIn, dateOut, idIn, idOut, instantOut, line, moneyIn, moneyOut } from './primitives.ts'
import { unitsOut, usageUnit } from './usage.ts'

const bitsPerSecond = z.number().int().min(1).max(1_000_000_000_000).openapi({ description: 'Bits per second', example: 10_000_000 })
const cadenceUnit = z.enum(cadenceUnits)

const word = /^[a-z0-9][a-z0-9-]{0,39}$/
const wordRule = 'Send up to 40 of a-z, 0-9 and dash.'

const phaseIn = z.strictObject({
  title: line(40).openapi({ example: 'Trial' }),
  periods: z.number().int().min(1).max(1_200),
  amount: amountIn.openapi({ description: 'For a whole period; nothing for a trial' }),
})

const extraIn = z.strictObject({
  kind: z
    .enum(['recurring', 'one_time'])
    .openapi({ description: '`recurring` runs with the periods, `one_time` is charged with the first day' }),
  key: z.string().regex(word, wordRule).openapi({ example: 'static-ip' }),
  title: line(60).openapi({ example: 'Static IP' }),
  category: z.string().regex(word, wordRule).openapi({ example: 'equipment' }),
  amount: moneyIn,
  taxClass: z.enum(taxClasses).default('internet'),
})

const unitsText = (rule: RegExp, fix: string) =>
  z
    .string()
    .regex(rule, fix)
    .transform((text) => BigInt(text))
    .openapi({ type: 'string', example: '1024' })
const unitsAbove = unitsText(/^[1-9]\d{0,14}$/, 'Send whole units above zero as text.')

const usageIn = z
  .strictObject({
    key: z.string().regex(word, wordRule).openapi({ example: 'data' }),
    title: line(60).openapi({ example: 'Data' }),
    category: z.string().regex(word, wordRule).default('internet'),
    taxClass: z.enum(taxClasses).default('internet'),
    tariff: z.strictObject({
      scheme: z.enum(usageSchemes).default('per_unit').openapi({
        description:
          '`graduated`: each unit costs what its own tier says; `volume`: all units cost what the tier says that the last of them reaches',
      }),
      unit: usageUnit,
      blockUnits: unitsAbove.default(1n).openapi({ type: 'string', description: 'How many units a price is for', example: '1024' }),
      includedUnits: unitsText(/^\d{1,15}$/, 'Send whole units as text.')
        .default(0n)
        .openapi({ type: 'string', description: 'Units of a period that cost nothing', example: '0' }),
      tiers: z
        .array(
          z.strictObject({
            upTo: unitsAbove.optional().openapi({ type: 'string', description: 'The last unit of the tier; left out on the last' }),
            price: amountIn.openapi({ description: 'For one block' }),
            flatFee: amountIn.optional().openapi({ description: 'Once, as soon as a unit reaches the tier' }),
          }),
        )
        .min(1)
        .max(20),
    }),
  })
  .openapi({ description: 'Measured use, charged when a period is over' })

const policyIn = z
  .strictObject({
    suspension: z.enum(suspensionPolicies).default(defaultBillingPolicy.suspension).openapi({
      description: 'Days on which a debt keeps the line off: `bill` charges them, `skip` does not, `extend` moves the billing day',
    }),
    pause: z.enum(suspensionPolicies).default(defaultBillingPolicy.pause).openapi({ description: 'The same for days paused by request' }),
    lateRenewal: z.enum(renewalPolicies).default(defaultBillingPolicy.lateRenewal).openapi({
      description: 'Prepaid: `from_payment` moves the billing day to that of the payment, `from_old_end` keeps it',
    }),
    firstPeriod: z.enum(firstPeriodPolicies).default(defaultBillingPolicy.firstPeriod).openapi({
      description: 'What a first period costs that is shorter than a whole one',
    }),
    passRenewal: z.enum(passRenewalPolicies).default(defaultBillingPolicy.passRenewal).openapi({
      description: 'Passes: `automatic` buys the next one as one is over, if credit covers it; `on_payment` when a payment comes',
    }),
  })
  .openapi({ description: 'The terms of billing' })

export const priceIn = z.strictObject({
  amount: amountIn.openapi({
    description: 'For a whole period, after the phases; nothing where only use is charged, or where the plan is free',
  }),
  billing: z.enum(['prepaid', 'postpaid']).default('postpaid').openapi({
    description: '`postpaid` is invoiced, paid or not; `prepaid` is bought with credit, and nothing is owed for a period that was not',
  }),
  cadence: z
    .strictObject({
      unit: cadenceUnit,
      count: z.number().int().min(1),
    })
    .refine(({ unit, count }) => count <= cadenceCountMax[unit], {
      error: ({ input }) => `Send at most ${cadenceCountMax[(input as { unit: keyof typeof cadenceCountMax }).unit]} of this unit.`,
      path: ['count'],
    })
    .prefault({ unit: 'month', count: 1 })
    .openapi({ description: 'Minutes and hours are passes: prepaid, valid from the instant of the purchase, at most a week long' }),
  graceDays: z.number().int().min(0).max(90).default(0).openapi({ description: 'Days after the due date during which the line stays on' }),
  taxClass: z.enum(taxClasses).default('internet').openapi({ description: 'Which taxes it bears, by the tax pack of the organisation' }),
  pricing: z.enum(pricings).default('inclusive').openapi({ description: 'Whether the amount includes its taxes' }),
  timing: z
    .enum(['advance', 'arrears'])
    .default('advance')
    .openapi({ description: 'Charged before a period, or when it is over (postpaid only)' }),
  category: z.string().regex(word, wordRule).default('internet').openapi({ description: 'Whose revenue it is, in the ledger' }),
  usage: z.array(usageIn).max(10).optional().openapi({ description: 'Default: none is charged' }),
  phases: z
    .array(phaseIn)
    .max(10)
    .default([])
    .openapi({ description: 'What the first periods cost instead, in order: a trial, an introductory price' }),
  extras: z
    .array(extraIn)
    .max(20)
    .default([])
    .openapi({ description: 'What is charged beside the amount: the parts of a bundle, a set-up fee' }),
  segment: z.string().regex(word, wordRule).optional().openapi({ description: 'For subscribers of this segment only' }),
  branch: idIn('branch').optional().openapi({ description: 'For subscribers of this branch only' }),
  policy: policyIn.prefault({}),
  profile: z
    .strictObject({
      name: z.string().regex(/^[a-z0-9-]{1,40}$/, 'Send up to 40 of a-z, 0-9 and dash: routers show it in lists.'),
      downloadBps: bitsPerSecond,
      uploadBps: bitsPerSecond,
    })
    .openapi({ description: 'Speeds as the subscriber sees them' }),
  effectiveFrom: dateIn.optional().openapi({ description: 'Default: today' }),
})

export const newPriceIn = priceIn.extend({
  existing: z.enum(existingPolicies).default('stay').openapi({
    description: 'Whether active subscriptions of older versions for the same segment and branch keep theirs (`stay`) or `move`',
  }),
})

export const fromApiPrice = ({ profile, effectiveFrom, segment, branch: branchId, usage, ...price }: z.output<typeof priceIn>) => ({
  ...price,
  ...defined({ effectiveFrom, segment, branchId, usage }),
  profile: { name: profile.name, downloadBps: BigInt(profile.downloadBps), uploadBps: BigInt(profile.uploadBps) },
})

export const planIn = z.strictObject({
  code: z
    .string()
    .regex(/^[A-Z0-9][A-Z0-9-]{0,19}$/, 'Send up to 20 capital letters, digits and dashes.')
    .openapi({ example: 'HOME10' }),
  name: line(100),
  kind: z.enum(planKinds).default('base').openapi({ description: 'An `add_on` is sold on a subscription to a `base`, with its periods' }),
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
    timing: z.string(),
    category: z.string(),
    phases: z.array(z.object({ title: z.string(), periods: z.number().int(), amount: moneyOut })),
    extras: z.array(
      z.object({ kind: z.string(), key: z.string(), title: z.string(), category: z.string(), amount: moneyOut, taxClass: z.string() }),
    ),
    usage: z.array(
      z.object({
        key: z.string(),
        title: z.string(),
        category: z.string(),
        taxClass: z.string(),
        tariff: z.object({
          scheme: z.string(),
          unit: z.string(),
          blockUnits: unitsOut,
          includedUnits: unitsOut,
          tiers: z.array(z.object({ upTo: unitsOut.nullable(), price: moneyOut, flatFee: moneyOut.nullable() })),
        }),
      }),
    ),
    segment: z.string().nullable(),
    branch: idOut('branch').nullable(),
    policy: z.object({
      suspension: z.string(),
      pause: z.string(),
      lateRenewal: z.string(),
      firstPeriod: z.string(),
      passRenewal: z.string(),
    }),
    profile: z.object({ name: z.string(), downloadBps: z.number(), uploadBps: z.number() }),
    effectiveFrom: dateOut,
    createdAt: instantOut,
    move: z
      .object({ moved: z.number().int(), finishedAt: instantOut.nullable() })
      .nullable()
      .openapi({ description: 'How many subscriptions of older versions have moved to it, and when the last had; null where they stay' }),
  })
  .openapi('Price')

export const planOut = z
  .object({
    id: idOut('plan'),
    code: z.string(),
    name: z.string(),
    kind: z.string(),
    createdAt: instantOut,
    prices: z.array(priceOut).openapi({ description: 'Newest version first' }),
  })
  .openapi('Plan')

export const planWithMovingOut = planOut
  .extend({
    moving: z
      .number()
      .int()
      .openapi({ description: 'How many subscriptions move to the new version; `move` of the price tells how far that is' }),
  })
  .openapi('PlanWithMoving')

export const toApiPlan = (plan: PlanReading) => ({ ...plan, prices: plan.prices.map(toApiPrice) })

const toApiPrice = ({
  planId: _,
  profile: { name, downloadBps, uploadBps },
  segment,
  branchId,
  phases,
  extras,
  usage = [],
  move,
  ...price
}: PriceReading) => ({
  ...price,
  move: move ?? null,
  phases: [...phases],
  extras: [...extras],
  usage: usage.map(({ tariff, ...used }) => ({
    ...used,
    tariff: {
      ...tariff,
      tiers: tariff.tiers.map(({ upTo = null, price: tierPrice, flatFee = null }) => ({ upTo, price: tierPrice, flatFee })),
    },
  })),
  segment: segment ?? null,
  branch: branchId ?? null,
  profile: { name, downloadBps: Number(downloadBps), uploadBps: Number(uploadBps) },
})
