import { z } from '@hono/zod-openapi'
import { cutOffModes, isWallTime, isZone, languages, revenueRecognitions, taxClasses, taxPackCodes } from '@nyuzi/core'
import { permissions } from '../../flows/api-keys/ports.ts'
import { currency, dateIn, idOut, instantOut, line, minorIn } from './primitives.ts'
import { cutOffIn, cutOffOut, extensionPolicyIn, extensionPolicyOut, lateFeeIn, lateFeeOut } from './receivables.ts'

const taxCode = z.string().regex(/^[a-z][a-z_]{1,29}$/, 'Send the code of a tax of the pack.')
const rateBp = z.number().int().min(0).max(10_000)
const taxSettings = z
  .strictObject({
    rates: z
      .array(z.strictObject({ code: taxCode, rateBp, from: dateIn, until: dateIn.optional() }))
      .max(50)
      .readonly()
      .optional(),
    classes: z.partialRecord(z.enum(taxClasses), z.array(taxCode).max(5).readonly()).optional(),
  })
  .openapi({ description: 'Rates the pack does not know, with their days, and taxes that a class bears otherwise, in order' })

const wallTime = z.string().refine(isWallTime, 'Send a time of day as HH:MM.').openapi({ type: 'string', example: '21:00' })
const quietHours = z
  .strictObject({ from: wallTime, until: wallTime })
  .refine(({ from, until }) => from !== until, {
    error: 'Send another end than the beginning, or null for no quiet hours.',
    path: ['until'],
  })
  .openapi({ description: "Hours in the organisation's zone in which nobody is reminded; receipts go out at any hour" })
const steps = z
  .array(z.strictObject({ from: z.number().int().min(0).max(10_000), rateBp: z.number().int().min(1).max(10_000) }))
  .min(1)
  .max(20)
  .readonly()
const volumeSteps = steps.openapi({ description: 'Off each subscription: from so many active ones on, that rate' })
const loyaltySteps = steps.openapi({ description: 'From so many full months as a subscriber on, that rate' })
const reward = z.union([
  z.strictObject({ rateBp: z.number().int().min(1).max(10_000), periods: z.number().int().min(1).max(120) }),
  z.strictObject({
    amountMinor: z.string().regex(/^[1-9]\d{0,14}$/, 'Send whole minor units (cents) above zero as text.'),
    periods: z.number().int().min(1).max(120),
  }),
])
const referralReward = z
  .strictObject({ referrer: reward, referred: reward })
  .openapi({ description: 'Off the next periods of both, once the one that was brought has paid its first invoice' })

const policy = z.object({
  invoiceLeadDays: z.number().int().openapi({ description: 'Days before a period starts on which its invoice is issued' }),
  payTo: z.string().nullable().openapi({ description: 'How a payer is told to pay', example: 'Paybill 400123' }),
  taxPack: z.string().openapi({ description: 'The taxes it charges: none, or those of a country', example: 'KE' }),
  taxPin: z.string().nullable().openapi({ description: 'Its number with the tax authority', example: 'P051234567X' }),
  taxSettings: taxSettings.nullable(),
  quietHours: z.object({ from: z.string(), until: z.string() }).nullable(),
  cutOff: cutOffOut,
  extensions: extensionPolicyOut,
  cutOffMode: z.string().openapi({ description: 'automatic: a debt past its grace cuts off; approved: when a person approved its batch' }),
  lateFee: lateFeeOut.nullable(),
  volumeSteps: volumeSteps.nullable(),
  loyaltySteps: loyaltySteps.nullable(),
  referralReward: referralReward.nullable(),
  revenueRecognition: z.string().openapi({ description: 'on_invoice: earned with the invoice; by_day: as the days it charges pass' }),
  messageCost: z
    .object({ perPartMinor: z.bigint().transform(String).openapi({ type: 'string', example: '80' }) })
    .nullable()
    .openapi({ description: 'What a part of a text message is reckoned to cost; null: not known' }),
})

export const organisationOut = z
  .object({
    id: idOut('organisation'),
    slug: z.string(),
    name: z.string(),
    country: z.string(),
    currency,
    timeZone: z.string(),
    language: z.string(),
    accountPrefix: z.string(),
    policy,
    createdAt: instantOut,
  })
  .openapi('Organisation')

export const taxPin = z.string().regex(/^[A-Z0-9]{6,20}$/, 'Send 6 to 20 capital letters and digits.')
const invoiceLeadDays = z.number().int().min(0).max(60)
const branchCode = z.string().regex(/^[A-Z0-9]{2,8}$/, 'Send 2 to 8 capital letters or digits; invoice numbers begin with it.')

export const branchIn = z.strictObject({ code: branchCode, name: line(100) })
export const branchOut = z.object({ id: idOut('branch'), code: z.string(), name: z.string(), createdAt: instantOut }).openapi('Branch')

export const organisationIn = z.strictObject({
  slug: z.string().regex(/^[a-z0-9](-?[a-z0-9]){1,39}$/, 'Send 2 to 40 lower-case letters, digits and single dashes.'),
  name: line(120),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'Send the two capital letters of ISO 3166.')
    .openapi({ example: 'KE' }),
  currency,
  timeZone: z.string().max(64).refine(isZone, 'Send a zone of the IANA list.').openapi({ example: 'Africa/Nairobi' }),
  language: z.enum(languages).default('en'),
  accountPrefix: z
    .string()
    .regex(/^[A-Z]{0,4}$/, 'Send up to 4 capital letters.')
    .default(''),
  policy: z
    .strictObject({
      invoiceLeadDays: invoiceLeadDays.default(7),
      payTo: line(60).optional(),
      taxPack: z.enum(taxPackCodes).optional(),
      taxPin: taxPin.optional(),
    })
    .prefault({}),
  branch: branchIn,
})

export const organisationChangesIn = z.strictObject({
  name: line(120).optional(),
  policy: z
    .strictObject({
      invoiceLeadDays: invoiceLeadDays.optional(),
      payTo: line(60).nullable().optional(),
      taxPack: z.enum(taxPackCodes).optional(),
      taxPin: taxPin.nullable().optional(),
      taxSettings: taxSettings.nullable().optional(),
      quietHours: quietHours.nullable().optional(),
      cutOff: cutOffIn.nullable().optional().openapi({ description: 'When a debt may cut off; null goes back to any debt, on any day' }),
      extensions: extensionPolicyIn.nullable().optional().openapi({ description: 'What may be promised; null goes back to the default' }),
      cutOffMode: z.enum(cutOffModes).optional(),
      lateFee: lateFeeIn.nullable().optional().openapi({ description: 'What late payers are charged; null: nothing' }),
      volumeSteps: volumeSteps.nullable().optional(),
      loyaltySteps: loyaltySteps.nullable().optional(),
      referralReward: referralReward.nullable().optional(),
      revenueRecognition: z.enum(revenueRecognitions).optional().openapi({ description: 'Of invoices issued from now on' }),
      messageCost: z
        .strictObject({ perPartMinor: minorIn })
        .nullable()
        .optional()
        .openapi({ description: 'What a part of a text message is reckoned to cost, for previews; null: not known' }),
    })
    .optional(),
})

const permission = z.enum(permissions)
const keyFields = {
  id: idOut('apiKey'),
  name: z.string(),
  prefix: z.string().openapi({ description: 'The first characters, to recognise it by' }),
  permissions: z.array(z.string()).readonly(),
  createdAt: instantOut,
  revokedAt: instantOut.nullable(),
}
export const apiKeyIn = z.strictObject({ name: line(100), permissions: z.array(permission).min(1).max(permissions.length) })
export const apiKeyOut = z.object(keyFields).openapi('ApiKey')
export const newApiKeyOut = z
  .object({ ...keyFields, key: z.string().openapi({ description: 'Shown this once', example: 'nyz_…' }) })
  .openapi('NewApiKey')
