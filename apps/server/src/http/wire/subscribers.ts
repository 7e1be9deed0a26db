import { z } from '@hono/zod-openapi'
import { currencies, Defect, isSegment, languages, planChangeTimes, suspensionPolicies } from '@nyuzi/core'
import type { ServiceReading, SubscriberReading, SubscriptionReading, ToPayReading } from '../../flows/readings/ports.ts'
import { refundPolicies } from '../../flows/subscribers/cancel-subscription.ts'
import { subscriberStatuses } from '../../flows/subscribers/ports.ts'
import { defined } from '../defined.ts'
import { addressLinesIn } from './documents.ts'
import { taxPin } from './organisations.ts'
import { amountOf, dateIn, dateOut, idIn, idOut, instantOut, line, moneyOut } from './primitives.ts'

const phone = line(30).openapi({ description: "A mobile number, read by the organisation's country", example: '0700 111 222' })
const email = z.email().max(200)
const segment = z
  .string()
  .refine(isSegment, 'Send a lower-case word of up to 30 letters, digits, dashes and underscores.')
  .openapi({ type: 'string', description: 'Your own word for its kind', example: 'business' })
const graceDays = z.number().int().min(0).max(90)

export const subscriberOut = z
  .object({
    id: idOut('subscriber'),
    branch: idOut('branch'),
    accountNumber: z.string().openapi({ description: 'What a payer types', example: '100237' }),
    name: z.string(),
    phone: z.string().nullable(),
    email: z.string().nullable(),
    addressLines: z.array(z.string()).readonly().openapi({ description: 'As printed on documents' }),
    taxPin: z.string().nullable(),
    language: z.string(),
    currency: z.string().openapi({ description: 'Of all that it is charged and pays', example: 'KES' }),
    segment: z.string(),
    status: z.string(),
    owed: moneyOut,
    credit: moneyOut,
    overdraft: moneyOut.openapi({ description: 'Debts up to it cut nobody off' }),
    parent: idOut('subscriber').nullable().openapi({ description: 'The household or firm it belongs to' }),
    parentPays: z.boolean().openapi({ description: 'Whether its subscriptions are invoiced to the parent' }),
    createdAt: instantOut,
  })
  .openapi('Subscriber')

export const subscriberIn = z.strictObject({
  branch: idIn('branch'),
  accountNumber: line(24)
    .optional()
    .openapi({ description: 'An imported number in any form; default: the next of our own, with its check digit' }),
  name: line(120),
  phone: phone.optional(),
  email: email.optional(),
  addressLines: addressLinesIn.optional(),
  taxPin: taxPin.optional(),
  language: z.enum(languages).optional(),
  currency: z
    .enum(currencies)
    .optional()
    .openapi({ description: "Of all that it is charged and pays, for good. Default: the organisation's" }),
  segment: segment.optional().openapi({ description: 'Default: home' }),
})

export const subscriberChangesIn = z.strictObject({
  branch: idIn('branch').optional(),
  name: line(120).optional(),
  phone: phone.nullable().optional(),
  email: email.nullable().optional(),
  addressLines: addressLinesIn.optional(),
  taxPin: taxPin.nullable().optional(),
  language: z.enum(languages).optional(),
  segment: segment.optional(),
  status: z.enum(subscriberStatuses).optional(),
})

export const parentIn = z.strictObject({
  parent: idIn('subscriber').nullable().openapi({ description: 'null: none' }),
  pays: z
    .boolean()
    .default(false)
    .openapi({ description: 'New invoices of the child are issued to the parent, and its lines follow the debts of the parent' }),
})

export const toApiSubscriber = ({
  branchId,
  owedMinor,
  creditMinor,
  overdraftMinor,
  parentId,
  currency,
  ...subscriber
}: SubscriberReading) => ({
  ...subscriber,
  currency,
  branch: branchId,
  parent: parentId,
  owed: amountOf(owedMinor, currency),
  credit: amountOf(creditMinor, currency),
  overdraft: amountOf(overdraftMinor, currency),
})

export const subscriptionIn = z
  .strictObject({
    subscriber: idIn('subscriber'),
    plan: idIn('plan').optional().openapi({ description: 'Sold at its newest price in force on the first day' }),
    price: idIn('price').optional().openapi({ description: 'Instead of the plan: this very version' }),
    base: idIn('subscription')
      .optional()
      .openapi({ description: 'Of an add-on: the subscription it stands on, whose periods are its own' }),
    startsOn: dateIn.optional().openapi({ description: 'Default: today' }),
    anchorDay: z
      .number()
      .int()
      .min(1)
      .max(31)
      .optional()
      .openapi({ description: 'The day of the month that periods begin on; default: that of the start' }),
    graceDays: graceDays.optional().openapi({ description: "Instead of the price's" }),
  })
  .refine(({ plan, price }) => (plan === undefined) !== (price === undefined), { error: 'Send either a plan or a price.', path: ['plan'] })

export const fromApiSubscription = ({ subscriber, plan, price, base: baseId, ...subscription }: z.output<typeof subscriptionIn>) => ({
  ...defined({ ...subscription, baseId }),
  subscriberId: subscriber,
  sold: soldOf(plan, price),
})

function soldOf<Plan, Price>(planId: Plan | undefined, priceId: Price | undefined) {
  if (planId !== undefined) return { planId }
  if (priceId !== undefined) return { priceId }
  throw new Defect('the schema let neither a plan nor a price pass')
}

export const subscriptionOut = z
  .object({
    id: idOut('subscription'),
    subscriber: idOut('subscriber'),
    base: idOut('subscription').nullable().openapi({ description: 'Of an add-on: the subscription it stands on' }),
    plan: idOut('plan'),
    planName: z.string(),
    price: idOut('price'),
    priceVersion: z.number().int(),
    amount: moneyOut,
    startsOn: dateOut,
    anchorDay: z.number().int(),
    status: z.string(),
    cancelledOn: dateOut.nullable().openapi({ description: 'The first day without service' }),
    graceDays: z.number().int(),
    billedUntil: dateOut.openapi({ description: 'The first day that is not charged yet' }),
    validUntil: instantOut.nullable().openapi({ description: 'When its last pass is over; null when it never bought one' }),
    nextInvoiceOn: dateOut.nullable(),
    awaits: z
      .string()
      .nullable()
      .openapi({ description: 'What its next charge waits for: `credit` that buys it, or the `payment` of a debt' }),
    renewal: z
      .object({
        on: dateOut.openapi({ description: 'The first day that is not bought yet' }),
        amount: moneyOut.openapi({ description: 'What the next period costs, with the taxes of its first day' }),
        missing: moneyOut.openapi({ description: 'What has to be paid for it, with debts that take the money first' }),
      })
      .nullable()
      .openapi({ description: 'What credit buys next; null when it is postpaid, or nothing more is to be bought' }),
    parkedReason: z.string().nullable().openapi({ description: 'Why billing it waits for a person' }),
    next: z
      .object({ from: dateOut, plan: idOut('plan'), planName: z.string(), price: idOut('price') })
      .nullable()
      .openapi({ description: 'What it changes to, and when' }),
    pauses: z
      .array(z.object({ from: dateOut, until: dateOut.nullable(), policy: z.string(), reason: z.string() }))
      .openapi({ description: 'Days on which it is off by request; `until` is the first day with service again' }),
    createdAt: instantOut,
  })
  .openapi('Subscription')

export const planChangeIn = z
  .strictObject({
    plan: idIn('plan').optional().openapi({ description: 'At its newest price in force for this subscriber' }),
    price: idIn('price').optional().openapi({ description: 'Instead of the plan: this very version' }),
    when: z.enum(planChangeTimes).openapi({
      description:
        '`now_prorated` keeps the billing day, `now_restarted` begins a period, `at_period_end` waits for the end of what is charged',
    }),
    on: dateIn.optional().openapi({ description: 'The first day under it when it is now; default: today' }),
  })
  .refine(({ plan, price }) => (plan === undefined) !== (price === undefined), { error: 'Send either a plan or a price.', path: ['plan'] })

export const fromApiPlanChange = ({ plan, price, when, on }: z.output<typeof planChangeIn>) => ({
  to: soldOf(plan, price),
  when,
  ...defined({ on }),
})

export const planChangedOut = z
  .object({
    from: dateOut.openapi({ description: 'The first day under the new price' }),
    credited: moneyOut.openapi({ description: 'Given back of what was charged for days from then on' }),
    charged: moneyOut.openapi({ description: 'Charged for them anew' }),
    subscription: subscriptionOut,
  })
  .openapi('PlanChange')

export const passOut = z
  .object({
    from: instantOut,
    until: instantOut.openapi({ description: 'The instant at which it is over' }),
    invoice: idOut('invoice').nullable().openapi({ description: 'Null when it cost nothing' }),
    subscription: subscriptionOut,
  })
  .openapi('Pass')

export const pauseIn = z.strictObject({
  from: dateIn.optional().openapi({ description: 'The first day without service; default: today' }),
  until: dateIn.optional().openapi({ description: 'The first day with service again; default: when it is resumed' }),
  policy: z.enum(suspensionPolicies).optional().openapi({
    description: 'Its days are charged (`bill`), given back (`skip`), or follow (`extend`); default: as the price says',
  }),
  reason: line(200),
})

export const cancellationIn = z
  .strictObject({
    on: dateIn.optional().openapi({ description: 'The first day without service; it may lie ahead' }),
    when: z.enum(['period_end']).optional().openapi({ description: 'Instead of a day: the end of what is charged' }),
    refund: z.enum(refundPolicies).default('none').openapi({ description: 'Whether days that are charged and not served are credited' }),
    finalInvoice: z.boolean().default(false).openapi({ description: 'Whether what it still owes is invoiced at once' }),
  })
  .refine(({ on, when }) => (on === undefined) !== (when === undefined), { error: 'Send either a day or period_end.', path: ['on'] })

export const fromApiCancellation = ({ on, when: _, ...cancellation }: z.output<typeof cancellationIn>) => ({
  ...cancellation,
  on: on ?? ('period_end' as const),
})

export const toApiSubscription = ({
  subscriberId,
  baseId,
  planId,
  priceId,
  amountMinor,
  currency,
  next,
  renewal,
  ...subscription
}: SubscriptionReading) => ({
  ...subscription,
  base: baseId,
  next: next && { from: next.from, plan: next.planId, planName: next.planName, price: next.priceId },
  pauses: [...subscription.pauses],
  subscriber: subscriberId,
  plan: planId,
  price: priceId,
  amount: amountOf(amountMinor, currency),
  renewal: renewal && {
    on: renewal.on,
    amount: amountOf(renewal.amountMinor, currency),
    missing: amountOf(renewal.missingMinor, currency),
  },
})

export const toPayOut = z
  .object({
    amount: moneyOut.openapi({ description: 'To ask for: what is owed and the renewals, less the credit' }),
    owed: moneyOut.openapi({ description: 'Open on claims' }),
    renewals: moneyOut.openapi({
      description: 'Of prepaid subscriptions that wait for credit, or run out within the lead days of invoices',
    }),
    credit: moneyOut.openapi({ description: 'Paid or granted, and not used yet' }),
  })
  .openapi('ToPay')

export const toApiToPay = ({
  currency,
  amountMinor,
  debtsMinor,
  renewalsMinor,
  freeMinor,
}: ToPayReading & { readonly amountMinor: bigint }) => ({
  amount: amountOf(amountMinor, currency),
  owed: amountOf(debtsMinor, currency),
  renewals: amountOf(renewalsMinor, currency),
  credit: amountOf(freeMinor, currency),
})

export const serviceIn = z.strictObject({
  subscription: idIn('subscription'),
  installation: idIn('installation').openapi({ description: 'The box that holds the line' }),
  kind: z.enum(['pppoe', 'hotspot', 'ipoe']),
  username: z.string().regex(/^[A-Za-z0-9._@-]{1,64}$/, 'Send up to 64 of A-Z, a-z, 0-9 and . _ @ -'),
  password: z
    .string()
    .regex(/^[\x21-\x7e]{1,64}$/, 'Send 1 to 64 visible ASCII characters without spaces.')
    .openapi({ format: 'password', writeOnly: true, description: 'Kept encrypted and never shown' }),
})

export const serviceOut = z
  .object({
    id: idOut('service'),
    subscriber: idOut('subscriber'),
    subscription: idOut('subscription'),
    installation: idOut('installation'),
    kind: z.string(),
    username: z.string(),
    createdAt: instantOut,
  })
  .openapi('Service')

export const toApiService = ({ subscriberId, subscriptionId, installationId, ...service }: ServiceReading) => ({
  ...service,
  subscriber: subscriberId,
  subscription: subscriptionId,
  installation: installationId,
})
