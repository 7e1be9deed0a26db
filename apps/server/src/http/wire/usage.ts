import { z } from '@hono/zod-openapi'
import { pricings, taxClasses } from '@nyuzi/core'
import type { AllowanceReading, DataBundleReading } from '../../flows/usage/ports.ts'
import { amountOf, dateIn, dateOut, idIn, idOut, instantIn, instantOut, line, moneyIn, moneyOut } from './primitives.ts'

export const usageUnit = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,19}$/, 'Send up to 20 letters, digits and underscores.')
  .openapi({ description: 'As a tariff or an allowance names it', example: 'MB' })
export const unitsOut = z
  .bigint()
  .transform((units) => units.toString())
  .openapi({ type: 'string', description: 'Whole units as text', example: '1024' })
/** Above zero, and small enough to be added up for years. */
const unitsIn = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'Send whole units above zero as text.')
  .transform((text) => BigInt(text))
  .openapi({ type: 'string', example: '1024' })
const name = z.string().regex(/^[\x21-\x7e]{1,100}$/, 'Send 1 to 100 visible characters without spaces.')

export const usageRecordsIn = z.strictObject({
  source: name.openapi({ description: 'Who measured: keys are its own', example: 'radius-1' }),
  records: z
    .array(
      z.strictObject({
        key: name.openapi({ description: 'Once a record; the same key again changes nothing', example: 'session-81' }),
        subscription: idIn('subscription'),
        unit: usageUnit,
        quantity: unitsIn,
        at: instantIn.openapi({ description: 'When it was used' }),
      }),
    )
    .min(1)
    .max(1_000),
})

export const recordedOut = z
  .object({
    recorded: z.number().int(),
    repeated: z.number().int().openapi({ description: 'Were known already' }),
  })
  .openapi('RecordedUsage')

export const usageQuery = {
  from: dateIn.optional().openapi({ description: 'The first day' }),
  until: dateIn.optional().openapi({ description: 'The first day that is not shown' }),
}

export const usageOut = z
  .object({
    days: z
      .array(
        z.object({
          day: dateOut,
          unit: z.string(),
          units: unitsOut,
          coveredUnits: unitsOut.openapi({ description: 'By allowances' }),
          ratedUnits: unitsOut.openapi({ description: 'Charged, or included in the price' }),
          dueOn: dateOut.nullable().openapi({ description: 'When the rest may be charged; null while nothing waits' }),
        }),
      )
      .readonly()
      .openapi({ description: 'Newest first, up to 1,000' }),
  })
  .openapi('Usage')

export const allowanceIn = z.strictObject({
  title: line(60),
  unit: usageUnit,
  units: unitsIn,
  validFrom: instantIn.optional().openapi({ description: 'Default: now' }),
  validUntil: instantIn.openapi({ description: 'The first instant at which it is no longer valid' }),
})

export const dataBundleIn = z.strictObject({
  code: z
    .string()
    .regex(/^[A-Z0-9][A-Z0-9-]{0,19}$/, 'Send up to 20 capital letters, digits and dashes.')
    .openapi({ example: 'DATA10' }),
  title: line(60).openapi({ example: '10 GB for 30 days' }),
  unit: usageUnit,
  units: unitsIn,
  validDays: z.number().int().min(1).max(3_660).openapi({ description: 'Of 24 hours, from the moment of the sale' }),
  amount: moneyIn,
  category: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'Send up to 40 of a-z, 0-9 and dash.')
    .default('internet'),
  taxClass: z.enum(taxClasses).default('internet'),
  pricing: z.enum(pricings).default('inclusive'),
})

export const dataBundleOut = z
  .object({
    id: idOut('dataBundle'),
    code: z.string(),
    title: z.string(),
    unit: z.string(),
    units: unitsOut,
    validDays: z.number().int(),
    amount: moneyOut,
    category: z.string(),
    taxClass: z.string(),
    pricing: z.string(),
    createdAt: instantOut,
    withdrawnAt: instantOut.nullable(),
  })
  .openapi('DataBundle')

export const dataBundleSaleIn = z.strictObject({ dataBundle: idIn('dataBundle') })

export const toApiDataBundle = ({ amountMinor, currency, ...bundle }: DataBundleReading) => ({
  ...bundle,
  amount: amountOf(amountMinor, currency),
})

export const allowanceOut = z
  .object({
    id: idOut('allowance'),
    title: z.string(),
    unit: z.string(),
    grantedUnits: unitsOut,
    usedUnits: unitsOut,
    validFrom: instantOut,
    validUntil: instantOut,
    withdrawnAt: instantOut.nullable().openapi({ description: 'When its claim was voided: nothing is drawn from it' }),
    dataBundle: idOut('dataBundle').nullable().openapi({ description: 'What was bought; null when it was given' }),
    invoice: idOut('invoice').nullable().openapi({ description: 'The claim for it' }),
    createdAt: instantOut,
  })
  .openapi('Allowance')

export const toApiAllowance = ({ dataBundleId, invoiceId, ...allowance }: AllowanceReading) => ({
  ...allowance,
  dataBundle: dataBundleId,
  invoice: invoiceId,
})
