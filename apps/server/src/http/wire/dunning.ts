import { z } from '@hono/zod-openapi'
import { isSegment, messageChannels, reminderKinds } from '@nyuzi/core'
import type { DunningPolicyReading } from '../../flows/readings/ports.ts'
import { dateOut, idIn, idOut, instantOut } from './primitives.ts'

const channels = z
  .array(z.enum(messageChannels))
  .min(1)
  .max(messageChannels.length)
  .refine((list) => new Set(list).size === list.length, { error: 'Name each channel once.' })
  .readonly()

const stepFields = {
  key: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,39}$/, 'Send a lower-case word of up to 40 letters, digits and underscores.')
    .openapi({ description: 'Stable: a step is done once for an invoice, by its key', example: 'after_due' }),
  daysFromDue: z.number().int().min(-60).max(365).openapi({ description: 'Below zero is before the due date' }),
  message: z.enum(reminderKinds),
  channels: channels.optional().openapi({ description: 'The ways it may go, the preferred first; default: whichever a messenger offers' }),
  prompt: z
    .boolean()
    .optional()
    .openapi({ description: 'As it is sent, the phone of the payer is prompted for what is to be paid; default: false' }),
  lateDays: z
    .number()
    .int()
    .min(0)
    .max(90)
    .optional()
    .openapi({ description: 'How many days after its own it may still be sent; default: 45' }),
}

const steps = z
  .array(z.strictObject(stepFields))
  .max(20)
  .openapi({ description: 'In any order; of two on one day the later is sent. None: no reminders' })

const segment = z.string().refine(isSegment, 'Send a lower-case word of up to 30 letters, digits, dashes and underscores.')

export const dunningPolicyIn = z.strictObject({
  branch: idIn('branch').optional(),
  segment: segment.optional().openapi({ type: 'string', example: 'business' }),
  plan: idIn('plan').optional().openapi({ description: 'Alone: a policy of a plan is for every branch and segment' }),
  steps,
})

export const dunningPolicyChangesIn = z.strictObject({ steps })

export const dunningPolicyOut = z
  .object({
    id: idOut('dunningPolicy'),
    branch: idOut('branch').nullable(),
    segment: z.string().nullable(),
    plan: idOut('plan').nullable(),
    steps: z
      .array(
        z.object({
          key: z.string(),
          daysFromDue: z.number().int(),
          message: z.string(),
          channels: z.array(z.string()).readonly().optional(),
          prompt: z.boolean().optional(),
          lateDays: z.number().int().optional(),
          since: dateOut.optional().openapi({ description: 'Invoices that were past this step on that day are not reminded of it' }),
        }),
      )
      .readonly(),
    createdAt: instantOut,
    updatedAt: instantOut,
  })
  .openapi('DunningPolicy')

export const toApiDunningPolicy = ({ branchId, planId, ...policy }: DunningPolicyReading) => ({ ...policy, branch: branchId, plan: planId })
