import { z } from '@hono/zod-openapi'
import { isZone, languages } from '@nyuzi/core'
import { permissions } from '../../flows/api-keys/ports.ts'
import { currency, idOut, instantOut, line } from './primitives.ts'

const policy = z.object({
  invoiceLeadDays: z.number().int().openapi({ description: 'Days before a period starts on which its invoice is issued' }),
  payTo: z.string().nullable().openapi({ description: 'How a payer is told to pay', example: 'Paybill 400123' }),
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
  policy: z.strictObject({ invoiceLeadDays: invoiceLeadDays.default(7), payTo: line(60).optional() }).prefault({}),
  branch: branchIn,
})

export const organisationChangesIn = z.strictObject({
  name: line(120).optional(),
  policy: z.strictObject({ invoiceLeadDays: invoiceLeadDays.optional(), payTo: line(60).nullable().optional() }).optional(),
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
