import type { PreviewedOrganisation } from '@nyuzi/server/operations'

type Part = PreviewedOrganisation['parts'][number]

/** A preview as a diff: a family after the other, day by day, and what it adds up to. */
export function previewText({ organisation, days, totals, parts }: PreviewedOrganisation): string {
  const span = days.length > 1 ? `${days[0]} to ${days.at(-1)}` : `${days[0]}`
  return [
    `${organisation.name} (${organisation.slug}), ${span}: a preview, nothing was written`,
    ...parts.flatMap((part) => ['', ...partText(part)]),
    '',
    ...totalText(totals),
  ].join('\n')
}

function partText({ subscribers, failure, effects }: Part): readonly string[] {
  const whose =
    subscribers.length === 0
      ? 'the organisation'
      : subscribers.map(({ name, accountNumber }) => `${name}, account ${accountNumber}`).join(' and ')
  if (failure !== null) return [`! ${whose}`, `  could not be rehearsed: ${failure}`]
  return [
    `@ ${whose}`,
    ...effects.flatMap(({ day, text, lines, estimate }) => [
      `  ${day} ${text}${estimate?.cost ? `, ${estimate.cost.text}` : ''}`,
      ...lines.map((line) => `               ${line}`),
    ]),
  ]
}

function totalText(totals: PreviewedOrganisation['totals']): readonly string[] {
  const { documents, settled, messages, messagesSkipped, messageCost, accessMoves, cutOffsListed, failed } = totals
  const parts = messages.reduce((sum, one) => sum + one.parts, 0)
  const sent = messages.reduce((sum, one) => sum + one.count, 0)
  return [
    `${totals.subscribers} subscribers`,
    ...documents.map(({ kind, count, total }) => `${count} × ${kind.replaceAll('_', ' ')}, ${total.text}`),
    `${settled.map(({ text }) => text).join(' and ') || 'nothing'} settled`,
    `${sent} messages in ${parts} parts, cost ${messageCost === null ? 'unknown (no rate is set: policy messageCost)' : messageCost.text}; ${messagesSkipped} left out`,
    ...accessMoves.map(({ installation, to, count }) => `${count} lines of ${installation} → ${to}`),
    ...(cutOffsListed > 0 ? [`${cutOffsListed} cut-offs to approve`] : []),
    ...(failed > 0 ? [`${failed} families could not be rehearsed`] : []),
  ]
}
