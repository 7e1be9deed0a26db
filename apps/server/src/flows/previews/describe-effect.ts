import { formatMoney, money } from '@nyuzi/core'
import type { Effect, EffectLine, PreviewedEffect } from './ports.ts'

const amount = (minor: string, { currency }: Extract<Effect, { currency: unknown }>): string => formatMoney(money(BigInt(minor), currency))
const words = (name: string): string => name.replaceAll('_', ' ')

/** One effect as a line of a diff: `+` what is new, `~` what changes, `-` what goes. */
export function describeEffect({ effect, estimate }: PreviewedEffect): string {
  switch (effect.effect) {
    case 'document_issued': {
      const due = effect.dueOn === null ? '' : ` due ${effect.dueOn}`
      const reason = effect.reason === null ? '' : `: ${effect.reason}`
      return `+ ${words(effect.kind)} ${effect.series}-… (provisional) ${amount(effect.totalMinor, effect)}${due}, issued ${effect.issuedOn}${reason}`
    }
    case 'claim_settled': {
      const claim = effect.claim ?? `the new ${words(effect.claimKind)}`
      const credit = effect.credit === null ? `a new ${words(effect.creditKind)}` : `${words(effect.creditKind)} ${effect.credit}`
      return `+ ${amount(effect.amountMinor, effect)} of ${credit} settles ${claim}`
    }
    case 'claim_changed':
      return `~ ${effect.claim} is ${effect.status}, ${amount(effect.openMinor, effect)} open`
    case 'message_owed': {
      const about = [effect.claim, effect.username].filter((word) => word !== null).join(' ')
      const told = `${words(effect.kind)}${about === '' ? '' : ` (${about})`}`
      if (effect.skippedBecause !== null) return `~ message ${told} is left out: ${effect.skippedBecause}`
      const prompt = effect.prompt ? ', with a prompt to pay' : ''
      if (!estimate?.channel) return `+ message ${told}, by no way that reaches the subscriber`
      return `+ ${estimate.channel} ${told}${estimate.parts === null ? '' : `, ${estimate.parts} ${estimate.parts === 1 ? 'part' : 'parts'}`}${prompt}`
    }
    case 'access_moved': {
      const was = effect.from === null ? 'new' : effect.from
      const profile = effect.fromProfile === effect.toProfile ? effect.toProfile : `${effect.fromProfile ?? 'none'} → ${effect.toProfile}`
      return `~ line ${effect.username} on ${effect.installationName}: ${was} → ${effect.to} (${words(effect.reason)}), profile ${profile}`
    }
    case 'subscription_changed': {
      const next = effect.nextInvoiceOn === null ? '' : `, next invoice on ${effect.nextInvoiceOn}`
      const awaits = effect.awaits === null ? '' : `, waits for ${effect.awaits}`
      const parked = effect.parkedReason === null ? '' : `, parked: ${effect.parkedReason}`
      const ends = effect.cancelledOn === null ? '' : `, ends ${effect.cancelledOn}`
      const renewal = effect.renewalOn === null ? '' : `, to be renewed ${effect.renewalOn}`
      return `~ subscription ${effect.status}, charged until ${effect.billedUntil}${next}${renewal}${awaits}${ends}${parked}`
    }
    case 'cut_off_listed':
      return `~ line ${effect.username} on the list of cut-offs: ${words(effect.status)}, ${amount(effect.debtMinor, effect)} ${effect.daysOverdue} days overdue`
    case 'row_written':
      return `~ ${words(effect.table)}: ${Object.entries(effect.row)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')}`
    case 'rows_deleted':
      return `- ${words(effect.table)}: ${effect.rows} rows`
  }
}

/** What stands below a document. */
export function describeLine(line: EffectLine, document: Extract<Effect, { effect: 'document_issued' }>): string {
  const days = line.periodStart === null ? '' : ` ${line.periodStart} to before ${line.periodEnd}`
  const taxes = line.taxes.map(({ title, amountMinor }) => `, ${title} ${amount(amountMinor, document)}`).join('')
  return `${line.description}${days}: net ${amount(line.netMinor, document)}${taxes}, total ${amount(line.totalMinor, document)}`
}
