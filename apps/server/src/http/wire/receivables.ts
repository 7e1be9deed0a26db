import { z } from '@hono/zod-openapi'
import {
  defaultCutOffPolicy,
  defaultExtensionPolicy,
  extensionStatuses,
  instalmentPlanStatuses,
  instalmentsMax,
  type LateFeePolicy,
  taxClasses,
  weekdays,
} from '@nyuzi/core'
import type { ExtensionReading, InstalmentPlanReading } from '../../flows/readings/ports.ts'
import { amountOf, dateIn, dateOut, idIn, idOut, instantOut, line, minorIn, moneyIn, moneyOut } from './primitives.ts'

const weekday = z.enum(weekdays)
const dates = z.array(dateIn).max(400).readonly()

export const cutOffIn = z
  .strictObject({
    minimumDebtMinor: minorIn.optional().openapi({ description: 'A smaller debt cuts nobody off' }),
    notOnWeekdays: z
      .array(weekday)
      .max(6)
      .readonly()
      .optional()
      .openapi({ description: 'Weekdays on which nobody is cut off; one is left' }),
    holidays: dates.optional().openapi({ description: 'Days on which nobody is cut off' }),
  })
  .transform(({ minimumDebtMinor, notOnWeekdays, holidays }) => ({
    minimumDebtMinor: minimumDebtMinor ?? defaultCutOffPolicy.minimumDebtMinor,
    notOnWeekdays: notOnWeekdays ?? defaultCutOffPolicy.notOnWeekdays,
    holidays: holidays ?? defaultCutOffPolicy.holidays,
  }))
  .openapi('CutOffPolicyIn')

export const cutOffOut = z
  .object({
    minimumDebtMinor: z.bigint().transform(String).openapi({ type: 'string', example: '50000' }),
    notOnWeekdays: z.array(z.string()).readonly(),
    holidays: z.array(dateOut).readonly(),
  })
  .openapi({ description: 'When a debt may cut a line off' })

const minorAboveNothing = minorIn.refine((amount) => amount > 0n, 'Send an amount above nothing.')
const rateBp = z.number().int().min(1).max(10_000)

export const lateFeeIn = z
  .strictObject({
    amountMinor: minorAboveNothing.optional().openapi({ description: 'A fixed fee' }),
    rateBp: rateBp.optional().openapi({ description: 'Instead: a share of what is open, in hundredths of a percent' }),
    graceDays: z.number().int().min(0).max(365).default(0).openapi({ description: 'Days after the due date without a fee' }),
    repeatEveryDays: z.number().int().min(1).max(366).optional().openapi({ description: 'Default: once' }),
    countMax: z.number().int().min(1).max(60).optional().openapi({ description: 'Of one invoice; default 12 when it is repeated' }),
    from: dateIn.optional().openapi({ description: 'Invoices that were due before bear none; default: today' }),
    taxClass: z.enum(taxClasses).default('exempt'),
  })
  .refine(({ amountMinor, rateBp: rate }) => (amountMinor === undefined) !== (rate === undefined), {
    error: 'Send either a fixed amount or a rate.',
    path: ['amountMinor'],
  })
  .transform(({ amountMinor, rateBp: rate, graceDays, repeatEveryDays, countMax, from, taxClass }) => ({
    amount:
      amountMinor === undefined ? ({ kind: 'percentage', rateBp: rate as number } as const) : ({ kind: 'fixed', amountMinor } as const),
    graceDays,
    countMax: repeatEveryDays === undefined ? 1 : (countMax ?? 12),
    taxClass,
    ...(repeatEveryDays === undefined ? {} : { repeatEveryDays }),
    ...(from === undefined ? {} : { from }),
  }))
  .openapi('LateFeePolicyIn')

export const lateFeeOut = z
  .object({
    amountMinor: z
      .bigint()
      .transform(String)
      .nullable()
      .openapi({ type: ['string', 'null'], example: '10000' }),
    rateBp: rateBp.nullable(),
    graceDays: z.number().int(),
    repeatEveryDays: z.number().int().nullable(),
    countMax: z.number().int(),
    from: dateOut,
    taxClass: z.string(),
  })
  .openapi({ description: 'What late payers are charged' })

export const toApiLateFee = ({ amount, repeatEveryDays, ...policy }: LateFeePolicy) => ({
  ...policy,
  amountMinor: amount.kind === 'fixed' ? amount.amountMinor : null,
  rateBp: amount.kind === 'percentage' ? amount.rateBp : null,
  repeatEveryDays: repeatEveryDays ?? null,
})

const few = z.number().int().min(0).max(90)

export const extensionPolicyIn = z
  .strictObject({
    daysMax: few.min(1).optional().openapi({ description: 'Of one extension; default 7' }),
    countMax: few.optional().openapi({ description: 'How many are granted within `perMonths`; default 2' }),
    perMonths: z.number().int().min(1).max(36).optional().openapi({ description: 'Default 3' }),
    automaticDaysMax: few.optional().openapi({ description: 'Up to so many days need no person to approve them; default 0' }),
  })
  .transform((policy) => ({
    daysMax: policy.daysMax ?? defaultExtensionPolicy.daysMax,
    countMax: policy.countMax ?? defaultExtensionPolicy.countMax,
    perMonths: policy.perMonths ?? defaultExtensionPolicy.perMonths,
    automaticDaysMax: policy.automaticDaysMax ?? defaultExtensionPolicy.automaticDaysMax,
  }))
  .openapi('ExtensionPolicyIn')

export const extensionPolicyOut = z
  .object({ daysMax: z.number().int(), countMax: z.number().int(), perMonths: z.number().int(), automaticDaysMax: z.number().int() })
  .openapi({ description: 'What a subscriber may promise' })

const until = dateIn.openapi({ description: 'The first day without it' })
const note = line(300).optional()

export const extensionIn = z.strictObject({ until, reason: line(300) })
export const approvalIn = z.strictObject({ until: until.optional().openapi({ description: 'Default: as asked for' }), note })
export const noteIn = z.strictObject({ note })
export const reasonIn = z.strictObject({ reason: line(300) })
export const overdraftIn = z.strictObject({
  amount: moneyIn.nullable().openapi({ description: 'Debts up to it cut nobody off; null is none' }),
  reason: line(300),
})

const whose = { subscriber: idOut('subscriber'), subscriberName: z.string(), accountNumber: z.string() }

export const extensionOut = z
  .object({
    id: idOut('extension'),
    ...whose,
    until: dateOut,
    reason: z.string(),
    status: z.string().openapi({ description: extensionStatuses.join(', ') }),
    note: z.string().nullable(),
    requestedBy: z.string(),
    requestedAt: instantOut,
    answeredBy: z.string().nullable(),
    answeredAt: instantOut.nullable(),
    endedAt: instantOut.nullable(),
  })
  .openapi('Extension')

export const toApiExtension = ({ subscriberId, ...extension }: ExtensionReading) => ({ ...extension, subscriber: subscriberId })

export const instalmentPlanIn = z.strictObject({
  invoices: z.array(idIn('invoice')).min(1).max(100).optional().openapi({ description: 'Open ones; default: all of the subscriber' }),
  instalments: z
    .array(z.strictObject({ dueOn: dateIn, amountMinor: minorIn.optional() }))
    .min(1)
    .max(instalmentsMax)
    .openapi({ description: 'In the order of their days. Give each its amount, or none: then they are equal' }),
  graceDays: z.number().int().min(0).max(30).default(0).openapi({ description: 'Days after an instalment for which the plan waits' }),
})

export const instalmentPlanOut = z
  .object({
    id: idOut('instalmentPlan'),
    ...whose,
    status: z.string().openapi({ description: instalmentPlanStatuses.join(', ') }),
    total: moneyOut,
    covered: moneyOut.openapi({ description: 'By how much less is open of its invoices than when it was made' }),
    instalments: z.array(z.object({ dueOn: dateOut, amount: moneyOut })),
    invoices: z.array(z.object({ invoice: idOut('invoice'), number: z.string(), open: moneyOut, stillOpen: moneyOut })),
    graceDays: z.number().int(),
    startedOn: dateOut,
    endedOn: dateOut.nullable().openapi({ description: 'The first day on which it held nothing, once broken or withdrawn' }),
    createdBy: z.string(),
    createdAt: instantOut,
    endedAt: instantOut.nullable(),
  })
  .openapi('InstalmentPlan')

export function toApiInstalmentPlan({ subscriberId, totalMinor, currency, instalments, invoices, ...plan }: InstalmentPlanReading) {
  const amount = (text: string) => amountOf(BigInt(text), currency)
  const stillOpenMinor = invoices.reduce((sum, invoice) => sum + BigInt(invoice.stillOpenMinor), 0n)
  return {
    ...plan,
    subscriber: subscriberId,
    total: amountOf(totalMinor, currency),
    covered: amountOf(totalMinor - stillOpenMinor, currency),
    instalments: instalments.map(({ dueOn, amountMinor }) => ({ dueOn, amount: amount(amountMinor) })),
    invoices: invoices.map(({ invoiceId, number, openMinor, stillOpenMinor: still }) => ({
      invoice: invoiceId,
      number,
      open: amount(openMinor),
      stillOpen: amount(still),
    })),
  }
}
