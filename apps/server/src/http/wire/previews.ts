import { z } from '@hono/zod-openapi'
import { type Currency, claimKinds, creditKinds, messageChannels, messageKinds, showId } from '@nyuzi/core'
import { describeEffect, describeLine } from '../../flows/previews/describe-effect.ts'
import { billingPreviewStatuses, effectCauses, type PreviewedEffect, previewPartStatuses } from '../../flows/previews/ports.ts'
import type { BillingPreviewPartReading, BillingPreviewReading } from '../../flows/readings/ports.ts'
import { pageOf } from '../cursor.ts'
import { newPriceIn } from './catalog.ts'
import { organisationChangesIn } from './organisations.ts'
import { amountOf, dateIn, dateOut, idIn, idOut, instantOut, moneyOut } from './primitives.ts'
import { cancellationIn, pauseIn, planChangeIn, subscriptionIn } from './subscribers.ts'

const count = z.number().int()
const documentKind = z.enum([...claimKinds, ...creditKinds])

/** The bodies are those of the routes that make the change. */
export const proposedChangeIn = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('new_subscription'), subscription: subscriptionIn }),
  z.strictObject({ kind: z.literal('change_plan'), subscription: idIn('subscription'), change: planChangeIn }),
  z.strictObject({ kind: z.literal('pause'), subscription: idIn('subscription'), pause: pauseIn }),
  z.strictObject({ kind: z.literal('resume'), subscription: idIn('subscription') }),
  z.strictObject({ kind: z.literal('cancel'), subscription: idIn('subscription'), cancellation: cancellationIn }),
  z.strictObject({ kind: z.literal('new_price'), plan: idIn('plan'), price: newPriceIn }),
  z.strictObject({ kind: z.literal('policy'), policy: organisationChangesIn.shape.policy.unwrap() }),
])
export type ProposedChange = z.output<typeof proposedChangeIn>

/** Read now, and kept as it was sent: it is read again when it is applied. */
const askedChange = z
  .unknown()
  .transform((asked, context) => {
    const read = proposedChangeIn.safeParse(asked)
    if (read.success) return { asked, change: read.data }
    for (const issue of read.error.issues) context.issues.push({ ...issue, input: asked } as never)
    return z.NEVER
  })
  .openapi({
    type: 'object',
    properties: { kind: { type: 'string', enum: ['new_subscription', 'change_plan', 'pause', 'resume', 'cancel', 'new_price', 'policy'] } },
    required: ['kind'],
    description:
      '`new_subscription` with `subscription`; `change_plan` with `subscription` and `change`, `pause` with `pause`, `resume`, `cancel` with `cancellation`; `new_price` with `plan` and `price`; `policy` with `policy`: bodies as the routes take them that make the change',
  })

export const billingPreviewIn = z.strictObject({
  date: dateIn
    .optional()
    .openapi({ description: 'The day to look at, with those from today up to it. Default: today; with a change, the change alone' }),
  subscriber: idIn('subscriber').optional().openapi({ description: 'With its parent and children. Default: all' }),
  change: askedChange.optional(),
})

const effectOut = z
  .object({
    cause: z.enum(effectCauses).openapi({ description: 'The change itself, or the run of the day' }),
    day: dateOut.openapi({ description: 'On which it would happen' }),
    subscriber: idOut('subscriber').nullable().openapi({ description: "Null: the organisation's" }),
    effect: z.enum([
      'document_issued',
      'claim_settled',
      'claim_changed',
      'message_owed',
      'access_moved',
      'subscription_changed',
      'cut_off_listed',
      'row_written',
      'rows_deleted',
    ]),
    text: z.string().openapi({ example: '+ invoice NRB-… (provisional) KES 1,500 due 2026-06-05, issued 2026-06-01' }),
    lines: z.array(z.string()).openapi({ description: 'Of a document' }),
    facts: z.record(z.string(), z.unknown()).openapi({ description: 'What is compared when it is applied' }),
    estimate: z
      .object({ channel: z.enum(messageChannels).nullable(), parts: count.nullable(), cost: moneyOut.nullable() })
      .nullable()
      .openapi({ description: 'Of a message: how it would go out, and what it would cost where a rate is known' }),
  })
  .openapi('PreviewedEffect')

export const previewPartOut = z
  .object({
    position: count,
    subscribers: z
      .array(z.object({ id: idOut('subscriber'), name: z.string(), accountNumber: z.string() }))
      .readonly()
      .openapi({ description: 'A family; none: the organisation' }),
    status: z
      .enum(previewPartStatuses)
      .openapi({ description: 'changed: it came out otherwise, and was not done; failed: it could not be rehearsed' }),
    failure: z.string().nullable(),
    effects: z.array(effectOut).readonly(),
    changes: z
      .object({ added: z.array(effectOut).readonly(), gone: z.array(effectOut).readonly() })
      .nullable()
      .openapi({ description: 'What differed when it was to be applied; of an applied part, on the days that came since' }),
    followOn: dateOut.nullable().openapi({ description: 'The next day whose run is compared with what stands here for it' }),
  })
  .openapi('BillingPreviewPart')

export const billingPreviewOut = z
  .object({
    id: idOut('billingPreview'),
    status: z.enum(billingPreviewStatuses),
    subscriber: idOut('subscriber').nullable(),
    change: z.unknown(),
    days: z.array(dateOut).readonly(),
    appliesFrom: dateOut,
    fingerprint: z.string().openapi({ description: 'SHA-256 of its effects' }),
    totals: z.object({
      subscribers: count,
      failed: count.openapi({ description: 'Families that could not be rehearsed' }),
      documents: z.array(z.object({ kind: documentKind, count, total: moneyOut })).readonly(),
      settled: z.array(moneyOut).openapi({ description: 'Of claims, by payments and credits that wait: a sum for each currency' }),
      messages: z
        .array(z.object({ kind: z.enum(messageKinds), channel: z.enum(messageChannels).nullable(), count, parts: count }))
        .readonly(),
      messagesSkipped: count,
      messageCost: moneyOut.nullable().openapi({ description: 'Null: unknown, as the policy `messageCost` is not set' }),
      accessMoves: z.array(z.object({ installation: z.string(), to: z.string(), count })).readonly(),
      cutOffsListed: count,
    }),
    partsApplied: count,
    partsChanged: count,
    partsFollowed: count.openapi({ description: 'Applied parts whose foretold days are still to be compared with their runs' }),
    requestedBy: z.string(),
    createdAt: instantOut,
    expiresAt: instantOut,
    appliedBy: z.string().nullable(),
    appliedAt: instantOut.nullable(),
    parts: pageOf(previewPartOut).openapi({ description: 'The first page' }),
  })
  .openapi('BillingPreview')

export const appliedPreviewOut = z.object({
  applied: count.openapi({ description: 'Parts that were done as previewed' }),
  changed: count.openapi({ description: 'Parts that would have come out otherwise, and were left: read them for what differs' }),
})

const toApiEffect =
  (currency: Currency) =>
  (one: PreviewedEffect): z.input<typeof effectOut> => {
    const { cause, day, subscriberId, effect, estimate } = one
    const { effect: kind, ...facts } = effect
    return {
      cause,
      day,
      subscriber: subscriberId,
      effect: kind,
      text: describeEffect(one),
      lines: effect.effect === 'document_issued' ? effect.lines.map((line) => describeLine(line, effect)) : [],
      facts: withShownIds(facts),
      estimate: estimate === undefined ? null : { ...estimate, cost: minorOf(estimate.costMinor, currency) },
    }
  }

const nouns = { serviceId: 'service', installationId: 'installation', subscriptionId: 'subscription' } as const

/** Ids as they are shown everywhere else, under the name of their noun. */
const withShownIds = (facts: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(facts).map(([name, value]) => {
      const noun = nouns[name as keyof typeof nouns]
      if (noun === undefined) return [name, value]
      return [noun, typeof value === 'string' ? showId(noun, value) : value]
    }),
  )

const minorOf = (minor: string | null, currency: Currency) => (minor === null ? null : amountOf(BigInt(minor), currency))

export const toApiPreviewPart =
  (currency: Currency) =>
  ({ position, subscribers, status, failure, effects, changes, followOn }: BillingPreviewPartReading): z.input<typeof previewPartOut> => {
    const show = toApiEffect(currency)
    return {
      position,
      subscribers,
      status,
      failure: failure ?? null,
      effects: effects.map(show),
      changes: changes ? { added: changes.added.map(show), gone: changes.gone.map(show) } : null,
      followOn,
    }
  }

export const toApiPreviewTotals = (
  { documents, settled, messageCostMinor, ...totals }: BillingPreviewReading['totals'],
  currency: Currency,
) => ({
  ...totals,
  documents: documents.map(({ totalMinor, currency: its, ...sum }) => ({ ...sum, total: amountOf(BigInt(totalMinor), its) })),
  settled: settled.map((sum) => amountOf(BigInt(sum.amountMinor), sum.currency)),
  messageCost: minorOf(messageCostMinor, currency),
})
