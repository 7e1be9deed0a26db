import type { InvoiceExplanation } from '@nyuzi/server/operations'

type Line = InvoiceExplanation['lines'][number]

/** An explained invoice as an accountant reads it: facts to the left, sums to the right, one thing a row. */
export function invoiceText({ organisation, invoice, timeZone, lines, ...explanation }: InvoiceExplanation): string {
  const { agrees, differences, recomputedTotal, allocations } = explanation
  return [
    `${kindText(invoice.kind)} ${invoice.number} of ${organisation.name} (${organisation.slug})`,
    `${invoice.subscriberName}, account ${invoice.accountNumber}`,
    `Issued ${invoice.issuedOn}, due ${invoice.dueOn} (days in ${timeZone}); ${invoice.status}`,
    ...lines.flatMap((line) => ['', ...lineText(line)]),
    '',
    row('Total', invoice.total.text),
    row('Paid', invoice.paid.text),
    ...allocations.map(({ at, amount, receipt, creditNumber, payment }) =>
      row('', `${at.slice(0, 10)}  ${amount.text}  by ${receipt ?? creditNumber ?? payment}`),
    ),
    row('Open', invoice.open.text),
    '',
    agrees ? `The second calculation agrees: ${recomputedTotal.text}` : `THE SECOND CALCULATION DIFFERS: ${recomputedTotal.text}`,
    ...differences.map(
      ({ line, field, issued, recomputed }) =>
        `  ${line === null ? 'invoice' : `line ${line}`}, ${field}: issued ${issued}, recomputed ${recomputed}`,
    ),
  ].join('\n')
}

function lineText(line: Line): readonly string[] {
  const { source, taxes, recomputed } = line
  return [
    `Line ${line.position}: ${line.description}`,
    ...(source === null ? [] : sourceText(source, line)),
    ...(line.periodStart === null ? [] : [row('Period', `${line.periodStart} to before ${line.periodEnd}`)]),
    ...(line.validFrom === null ? [] : [row('Valid', `${line.validFrom} to before ${line.validUntil}`)]),
    ...(line.dueOn === null ? [] : [row('Due', line.dueOn)]),
    ...(line.usage === null ? [] : [row('Used', usageText(line.usage))]),
    ...line.discounts.map(({ code, title, source, working, amount }) =>
      row('Discount', `${code}, ${title} (${source}): ${working} = ${amount.text}`),
    ),
    row('Rule', line.rule),
    row('Arithmetic', line.arithmetic),
    row('Tax point', line.taxPoint),
    row('Net', line.net.text),
    ...taxes.map(({ title, rateBp, base, amount, certificate }) =>
      certificate === null
        ? row(`${title} ${rateBp / 100} %`, `${amount.text} on ${base.text}`)
        : row(title, `exempt by the certificate ${certificate}`),
    ),
    row('Line total', line.total.text),
    ...(recomputed === null ? [] : ['  Computed a second time:', ...recomputed.steps.map((step, index) => `    ${index + 1}. ${step}`)]),
  ]
}

const kindText = (kind: string): string => `${kind.charAt(0).toUpperCase()}${kind.slice(1).replaceAll('_', ' ')}`

const usageText = ({ unit, units, chargedBefore }: NonNullable<Line['usage']>): string =>
  `${units} ${unit} that no allowance covers${chargedBefore === '0' ? '' : `, ${chargedBefore} of them charged before`}`

const sourceText = (source: NonNullable<Line['source']>, { pricing, taxClass, part, tariff }: Line): readonly string[] => [
  row('Plan', `${source.planCode}, ${source.planName}; price version ${source.priceVersion}, from ${source.priceEffectiveFrom}`),
  row('Price', `${source.amount.text} for ${source.every}, taxes ${pricing}, class ${taxClass}`),
  ...(part === null ? [] : [row('Part', part)]),
  ...(tariff === null ? [] : [row('Tariff', tariff)]),
  row(
    'Subscribed',
    `terms ${source.terms}, counted from ${source.countedFrom}, anchor day ${source.anchorDay}${source.cancelledOn === null ? '' : `, cancelled from ${source.cancelledOn} on`}`,
  ),
]

const row = (name: string, text: string): string => `  ${name.padEnd(12)}  ${text}`
