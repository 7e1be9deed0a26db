import { z } from '@hono/zod-openapi'
import { describeLine, discountSources, type Price, type RecomputedLine, toDecimal } from '@nyuzi/core'
import type { ExplainedInvoice } from '../../flows/billing/explain-invoice.ts'
import type { IssuedLineRow } from '../../flows/billing/ports.ts'
import { invoiceOut, taxOut, toApiInvoice, toApiTax } from './invoices.ts'
import { allocationOut, toApiAllocation } from './payments.ts'
import { dateOut, idOut, instantOut, moneyOut } from './primitives.ts'

const periodEnd = dateOut.openapi({ description: 'The first day that is not charged' })
const every = z.string().openapi({ description: 'How long a whole period is', example: '1 month' })
const figures = { net: moneyOut, taxes: z.array(taxOut), total: moneyOut }

const differenceOut = z.object({
  line: z.number().int().nullable().openapi({ description: 'Null when it is the invoice itself' }),
  field: z.string(),
  issued: z.string(),
  recomputed: z.string(),
})

/** What a line follows from; null when the rows it names are gone. */
const sourceOut = z.object({
  plan: idOut('plan'),
  planCode: z.string(),
  planName: z.string(),
  price: idOut('price'),
  priceVersion: z.number().int(),
  priceEffectiveFrom: dateOut,
  amount: moneyOut,
  every,
  subscription: idOut('subscription'),
  terms: z.number().int().openapi({ description: 'The number of the terms of the subscription' }),
  countedFrom: dateOut.openapi({ description: 'The day from which its periods are counted' }),
  anchorDay: z.number().int(),
  cancelledOn: dateOut.nullable(),
})

const lineOut = z.object({
  position: z.number().int(),
  description: z.string(),
  source: sourceOut.nullable(),
  periodStart: dateOut.nullable().openapi({ description: 'Null where no days are charged; of a pass the day on which it begins' }),
  periodEnd: periodEnd.nullable(),
  dueOn: dateOut.nullable().openapi({ description: 'The day from which this line is owed; null where its claim says so' }),
  part: z
    .string()
    .nullable()
    .openapi({ description: 'What of the price it charges, when it is not the plan itself', example: 'Router, 300.00 for each period' }),
  tariff: z
    .string()
    .nullable()
    .openapi({ description: 'Of measured use', example: 'graduated, for 1024 MB: 5.00 up to 10240, 3.00 beyond; 1024 MB included' }),
  usage: z
    .object({ unit: z.string(), units: z.string(), chargedBefore: z.string() })
    .nullable()
    .openapi({ description: 'What no allowance covers of the use in the period, and how much of that earlier lines charged' }),
  discounts: z
    .array(z.object({ code: z.string(), title: z.string(), source: z.enum(discountSources), working: z.string(), amount: moneyOut }))
    .openapi({ description: 'Off the price of the whole period, in the order in which they were taken' }),
  validFrom: instantOut.nullable().openapi({ description: 'Of a pass' }),
  validUntil: instantOut.nullable(),
  rule: z.string().openapi({ description: 'In words', example: 'The whole period at the whole price' }),
  arithmetic: z.string().openapi({ description: 'As it was written when the line was issued' }),
  taxClass: z.string(),
  pricing: z.string(),
  taxPoint: dateOut,
  ...figures,
  recomputed: z
    .object({ periodStart: dateOut.nullable(), periodEnd: periodEnd.nullable(), ...figures, steps: z.array(z.string()).readonly() })
    .nullable()
    .openapi({ description: 'By the second calculator, from the stored facts alone' }),
})

export const explanationOut = z
  .object({
    invoice: invoiceOut,
    timeZone: z.string().openapi({ description: 'Whose days the dates are', example: 'Africa/Nairobi' }),
    agrees: z.boolean(),
    differences: z.array(differenceOut),
    recomputedTotal: moneyOut,
    lines: z.array(lineOut),
    allocations: z.array(allocationOut).openapi({ description: 'The money that was set against it' }),
  })
  .openapi('InvoiceExplanation')

const rules: Readonly<Record<RecomputedLine['rule'], string>> = {
  used: 'What was measured in the period, by the tariff of the price, less what was charged for it before',
  whole: 'The whole period at the whole price',
  first: 'The rest of a period, from the start or from where new terms or service began: price × days ÷ days of the whole period',
  last: 'A period that ends early, with the subscription, its terms or a pause: price × days ÷ days of the whole period',
  once: 'Charged once, with the first day',
  pass: 'A pass, bought whole: time that elapses from the instant of the purchase, or from the end of the pass before it',
  free: 'An amount that was named, with the taxes of the day',
}

export const toApiExplanation = ({ invoice, issued, recomputed, allocations, timeZone }: ExplainedInvoice) => ({
  invoice: toApiInvoice(invoice),
  timeZone,
  agrees: recomputed.outcome === 'agree',
  differences: recomputed.differences.map(({ position, ...difference }) => ({ ...difference, line: position ?? null })),
  recomputedTotal: recomputed.total,
  lines: issued.lines.map((line) => toApiLine(line, recomputed.lines.get(line.position))),
  allocations: allocations.map(toApiAllocation(invoice.currency)),
})

const toApiLine = (
  { from, subscribed, pass, charge, usage, discounts = [], description, category, net, taxes, ...line }: IssuedLineRow,
  recomputed: RecomputedLine | undefined,
) => ({
  ...line,
  validFrom: pass?.from ?? null,
  validUntil: pass?.until ?? null,
  description: describeLine({ description, category, period: subscribed?.period }, 'en'),
  source: from === undefined ? null : toApiSource(from),
  dueOn: subscribed?.dueOn ?? null,
  part: partText(from?.price, subscribed?.component),
  tariff: tariffText(from?.price, usage?.unit),
  usage: usage === undefined ? null : { unit: usage.unit, units: String(usage.units), chargedBefore: String(usage.ratedUnits) },
  discounts: discounts.map(({ code, title, source, working, amount }) => ({ code, title, source, working, amount })),
  periodStart: subscribed?.period.start ?? null,
  periodEnd: subscribed?.period.end ?? null,
  rule: ruleText(recomputed, charge !== undefined),
  net,
  taxes: taxes.map(toApiTax(net.currency)),
  recomputed:
    recomputed === undefined
      ? null
      : {
          ...recomputed,
          periodStart: recomputed.period?.start ?? null,
          periodEnd: recomputed.period?.end ?? null,
          taxes: recomputed.taxes.map(toApiTax(net.currency)),
        },
})

const ruleText = (recomputed: RecomputedLine | undefined, isOfPerson: boolean): string => {
  if (recomputed === undefined) return 'The price or the subscription of this line is gone'
  return isOfPerson ? 'An amount that a person charged once' : rules[recomputed.rule]
}

function partText(price: Price | undefined, component: string | undefined): string | null {
  const extra = price?.extras.find(({ key }) => key === component)
  if (extra) return `${extra.title}, ${toDecimal(extra.amount)} ${extra.kind === 'one_time' ? 'once' : 'for each period'}`
  return price?.usage?.find(({ key }) => key === component)?.title ?? null
}

function tariffText(price: Price | undefined, unit: string | undefined): string | null {
  const tariff = price?.usage?.find((one) => one.tariff.unit === unit)?.tariff
  if (tariff === undefined) return null
  const tiers = tariff.tiers.map(({ upTo, price: rate, flatFee }, index) => {
    const span = upTo === undefined ? (index === 0 ? '' : ' beyond') : ` up to ${upTo}`
    return `${toDecimal(rate)}${span}${flatFee === undefined ? '' : ` and ${toDecimal(flatFee)} at once`}`
  })
  const included = tariff.includedUnits === 0n ? '' : `; ${tariff.includedUnits} ${tariff.unit} included`
  return `${tariff.scheme.replace('_', ' ')}, for ${tariff.blockUnits} ${tariff.unit}: ${tiers.join(', ')}${included}`
}

const toApiSource = ({ plan, price, subscription, terms }: NonNullable<IssuedLineRow['from']>) => ({
  plan: plan.id,
  planCode: plan.code,
  planName: plan.name,
  price: price.id,
  priceVersion: price.version,
  priceEffectiveFrom: price.effectiveFrom,
  amount: price.amount,
  every: `${price.cadence.count} ${price.cadence.unit}${price.cadence.count === 1 ? '' : 's'}`,
  subscription: subscription.id,
  terms: terms.number,
  countedFrom: terms.origin,
  anchorDay: terms.anchorDay,
  cancelledOn: subscription.cancelledOn ?? null,
})
