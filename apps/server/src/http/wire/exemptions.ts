import { z } from '@hono/zod-openapi'
import type { ExemptionReading } from '../../flows/readings/ports.ts'
import { dateIn, dateOut, idOut, instantOut, line } from './primitives.ts'

export const exemptionIn = z
  .strictObject({
    certificate: line(60).openapi({ description: 'Its number', example: 'KRA/EXM/2026/0417' }),
    taxes: z
      .array(z.string().min(1).max(40))
      .min(1)
      .max(10)
      .readonly()
      .openapi({ description: 'Codes of the taxes of which it frees', example: ['vat'] }),
    from: dateIn,
    until: dateIn.optional().openapi({ description: 'The first day that bears them again. Default: none' }),
  })
  .openapi('TaxExemptionIn')

export const exemptionEndIn = z.strictObject({
  on: dateIn.optional().openapi({ description: 'The first day that bears the taxes again. Default: today' }),
})

export const exemptionOut = z
  .object({
    id: idOut('exemption'),
    subscriber: idOut('subscriber'),
    certificate: z.string(),
    taxes: z.array(z.string()).readonly(),
    from: dateOut,
    until: dateOut.nullable().openapi({ description: 'The first day that bears them again' }),
    recordedBy: z.string(),
    recordedAt: instantOut,
    endedBy: z.string().nullable(),
    endedAt: instantOut.nullable(),
  })
  .openapi('TaxExemption')

export const toApiExemption = ({ subscriberId, ...exemption }: ExemptionReading) => ({ ...exemption, subscriber: subscriberId })
