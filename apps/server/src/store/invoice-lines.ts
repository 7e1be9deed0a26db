import type { FinalInvoice, InvoiceLine, LineDescription, TaxAmount } from '@nyuzi/core'
import { addLineDetails } from './line-details.ts'
import { rowsOf, type Sql } from './transaction.ts'

type Lined = readonly Pick<FinalInvoice, 'id' | 'lines'>[]

/**
 * Lines with their taxes and the days they charge. Many lines say the same but for whose they are, those of one price for
 * the same days: what they say travels once, and each line names it by its number.
 */
export async function addInvoiceLines(sql: Sql, invoices: Lined): Promise<void> {
  const { lines, contents } = shared(invoices)
  const contentRows = rowsOf(
    sql,
    contents.map((line, index) => toContentRow(line, index + 1)),
    contentColumns,
  )
  const taxes = contents.flatMap((line, index) => line.taxes.map((tax, at) => ({ content: index + 1, position: at + 1, ...tax })))
  // Taxes before their lines, in one flight: the database adds each line up when it comes.
  await Promise.all([
    ...(taxes.length === 0
      ? []
      : [
          sql`
        insert into invoice_line_taxes (organisation_id, invoice_id, line_position, position, code, title, rate_bp, base_minor, amount_minor, certificate)
        select (select nyuzi_organisation()), l.invoice_id, l.position, t.position, t.code, t.title, t.rate_bp, t.base_minor, t.amount_minor, t.certificate
          from (select * from ${rowsOf(sql, lines, lineColumns)}) l join (select * from ${rowsOf(sql, taxes, taxColumns)}) t on t.content = l.content`,
        ]),
    sql`
      with r as materialized (
        select l.invoice_id, l.position, l.subscription_id, l.charge_id, c.*
          from (select * from ${rowsOf(sql, lines, lineColumns)}) l join (select * from ${contentRows}) c on c.content = l.content),
      charged as (
        insert into charged_periods (organisation_id, subscription_id, component, period, invoice_id, line_position)
        select (select nyuzi_organisation()), subscription_id, charged_component, daterange(period_start, period_end), invoice_id, position from r where price_id is not null)
      insert into invoice_lines (organisation_id, invoice_id, position, description, component, category, tax_class, pricing, tax_point, net_minor, total_minor, subscription_id, period_start,
                                 period_end, rate_minor, whole_start, whole_end, due_on, price_id, price_version, terms, charge_id, arithmetic)
      select (select nyuzi_organisation()), invoice_id, position, description, component, category, tax_class, pricing, tax_point, net_minor, total_minor, subscription_id, period_start,
             period_end, rate_minor, whole_start, whole_end, due_on, price_id, price_version, terms, charge_id, arithmetic from r`,
  ])
  await addLineDetails(sql, invoices)
}

const lineColumns = {
  invoiceId: 'repeated uuid',
  position: 'integer',
  subscriptionId: 'repeated uuid',
  chargeId: 'uuid',
  content: 'integer',
} as const

const taxColumns = {
  content: 'integer',
  position: 'integer',
  code: 'text',
  title: 'text',
  rateBp: 'integer',
  baseMinor: 'bigint',
  amountMinor: 'bigint',
  certificate: 'text',
} as const

const contentColumns = {
  content: 'integer',
  description: 'jsonb',
  component: 'text',
  category: 'text',
  taxClass: 'text',
  pricing: 'text',
  taxPoint: 'date',
  netMinor: 'bigint',
  totalMinor: 'bigint',
  periodStart: 'date',
  periodEnd: 'date',
  rateMinor: 'bigint',
  wholeStart: 'date',
  wholeEnd: 'date',
  dueOn: 'date',
  priceId: 'uuid',
  priceVersion: 'integer',
  terms: 'integer',
  arithmetic: 'text',
  chargedComponent: 'text',
} as const

const toContentRow = (line: InvoiceLine, content: number) => ({
  content,
  description: line.description,
  component: line.component,
  category: line.category,
  taxClass: line.taxClass,
  pricing: line.pricing,
  taxPoint: line.taxPoint,
  netMinor: line.net.amountMinor,
  totalMinor: line.total.amountMinor,
  periodStart: line.period.start,
  periodEnd: line.period.end,
  rateMinor: line.rate.amountMinor,
  wholeStart: line.whole.start,
  wholeEnd: line.whole.end,
  dueOn: line.dueOn,
  priceId: line.priceId,
  priceVersion: line.priceVersion,
  terms: line.terms,
  arithmetic: line.arithmetic,
  chargedComponent: chargedComponent(line),
})

/** Every line with the number of its content, and of each content the first line that has it. */
function shared(invoices: Lined) {
  const alike = new Map<string, { readonly line: InvoiceLine; readonly content: number }[]>()
  const contents: InvoiceLine[] = []
  const lines: {
    invoiceId: string
    position: number
    subscriptionId: string | undefined
    chargeId: string | undefined
    content: number
  }[] = []
  for (const { id: invoiceId, lines: own } of invoices)
    for (const line of own) {
      const { position, subscriptionId, chargeId, arithmetic } = line
      const known = alike.get(arithmetic) ?? []
      let content = known.find((one) => isSameContent(one.line, line))?.content
      if (content === undefined) {
        content = contents.push(line)
        alike.set(arithmetic, [...known, { line, content }])
      }
      lines.push({ invoiceId, position, subscriptionId, chargeId, content })
    }
  return { lines, contents }
}

/** All of a line but whose it is. */
const isSameContent = (left: InvoiceLine, right: InvoiceLine): boolean =>
  left.period.start === right.period.start &&
  left.period.end === right.period.end &&
  left.whole.start === right.whole.start &&
  left.whole.end === right.whole.end &&
  left.taxPoint === right.taxPoint &&
  left.dueOn === right.dueOn &&
  left.priceId === right.priceId &&
  left.priceVersion === right.priceVersion &&
  left.terms === right.terms &&
  left.component === right.component &&
  left.category === right.category &&
  left.taxClass === right.taxClass &&
  left.pricing === right.pricing &&
  left.arithmetic === right.arithmetic &&
  left.net.amountMinor === right.net.amountMinor &&
  left.total.amountMinor === right.total.amountMinor &&
  left.rate.amountMinor === right.rate.amountMinor &&
  left.usage?.ratedUnits === right.usage?.ratedUnits &&
  left.validity?.from.getTime() === right.validity?.from.getTime() &&
  isSameDescription(left.description, right.description) &&
  (left.taxes === right.taxes ||
    (left.taxes.length === right.taxes.length && left.taxes.every((tax, index) => isSameTax(tax, right.taxes[index]))))

const isSameDescription = (left: LineDescription, right: LineDescription): boolean =>
  left === right || JSON.stringify(left) === JSON.stringify(right)

const isSameTax = (left: TaxAmount, right: TaxAmount | undefined): boolean =>
  left.code === right?.code &&
  left.title === right.title &&
  left.rateBp === right.rateBp &&
  left.baseMinor === right.baseMinor &&
  left.amountMinor === right.amountMinor &&
  left.certificate === right.certificate

/** Use of a period may be charged more than once, but what lies above so many units only once. */
const chargedComponent = ({ component, usage, validity }: InvoiceLine): string => {
  // A day may hold many passes; that they do not overlap is guarded where their instants are.
  if (validity !== undefined) return `${component} ${validity.from.toISOString()}`
  return usage === undefined ? component : `${component} above ${usage.ratedUnits}`
}
