import { z } from '@hono/zod-openapi'
import { type Currency, formatMoney, money, type Noun, readId, showId } from '@nyuzi/core'
import { type TimelineReading, timelineKinds } from '../../flows/readings/ports.ts'
import { fromPage, invalidCursor, readCursor } from '../cursor.ts'
import { instantOut } from './primitives.ts'

export const timelineItemOut = z
  .object({
    at: instantOut,
    kind: z.enum(timelineKinds),
    title: z.string(),
    detail: z.string(),
    proof: z.string().nullable().openapi({ description: 'Where the fact can be checked: a receipt, an entry, what the network reported' }),
  })
  .openapi('TimelineItem')

const list = 'timeline'

export function toTimelinePage({ limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined }) {
  if (cursor === undefined) return { limit: limit + 1 }
  const [text = '', key = ''] = readCursor(list, cursor)
  const at = new Date(text)
  if (Number.isNaN(at.getTime()) || key === '' || key.length > 200) throw invalidCursor()
  return { limit: limit + 1, after: { at, key } }
}

export function fromTimeline(limit: number, rows: readonly TimelineReading[]) {
  const { items, nextCursor } = fromPage(list, limit, rows, ({ at, key }) => [at.toISOString(), key])
  return { items: items.map(toApiItem), nextCursor }
}

type Facts = TimelineReading['facts']
type Told = { readonly title: string; readonly detail: string; readonly proof: string | null }

const toApiItem = ({ at, kind, facts }: TimelineReading) => ({ at, kind, ...tell[kind](facts) })

/** Facts in words. The proof names what can be looked up elsewhere. */
const tell: Readonly<Record<TimelineReading['kind'], (facts: Facts) => Told>> = {
  invoice_issued: (f) => ({
    title: `${spoken(f['kind'])} ${f['number']} of ${amount(f)}`,
    detail: `Issued ${f['issuedOn']}, due ${f['dueOn']}, now ${f['status']}`,
    proof: shown('invoice', f['id']),
  }),
  credit_issued: (f) => ({
    title: `${spoken(f['kind'])} ${f['number']} of ${amount(f)}`,
    detail: said([f['reason']]),
    proof: shown('credit', f['id']),
  }),
  payment_received: (f) => ({
    title: `Payment of ${amount(f)}`,
    detail: said([
      f['source'],
      f['evidence'],
      f['matchRule'] && `matched by ${f['matchRule']}`,
      f['reference'] && `typed ${f['reference']}`,
      f['recordedBy'] && `recorded by ${f['recordedBy']}`,
    ]),
    proof: said([f['receipt'], shown('payment', f['id'])]),
  }),
  prompt: (f) => ({
    title: `Prompt for ${amount(f)}: ${f['to']}`,
    detail: said([f['from'] && `was ${f['from']}`, f['evidence'], f['detail']]),
    proof: said([f['reference'], shown('intent', f['id'])]),
  }),
  message: (f) => ({
    title: `Message ${f['kind']}: ${f['status']}`,
    detail: said([f['text'], f['reason']]),
    proof: said([f['reference'], shown('message', f['id'])]),
  }),
  access_wanted: (f) => ({
    title: `Line ${f['username']} is to be ${f['state']}`,
    detail: said([f['reason'], `version ${f['version']}`, f['cause'] && `because of ${shown('payment', f['cause'])}`]),
    proof: shown('service', f['service']),
  }),
  access_applied: (f) => ({
    title: `Line ${f['username']} is ${f['state']} on the network`,
    detail: said([
      f['from'] && `was ${f['from']}`,
      f['reason'],
      f['outcome'],
      Number(f['sessionsDropped']) > 0 && `${f['sessionsDropped']} sessions dropped`,
    ]),
    proof: said([f['proof']]),
  }),
  staff_action: (f) => ({ title: String(f['action']).replaceAll(/[._]/g, ' '), detail: `by ${f['actor']}`, proof: auditSubject(f) }),
}

const amount = (f: Facts): string => formatMoney(money(BigInt(String(f['amountMinor'])), String(f['currency']) as Currency))
/** `credit_note` → `Credit note`. */
const spoken = (word: Facts[string] | undefined): string => {
  const text = String(word).replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
const shown = (noun: Noun, id: Facts[string] | undefined): string => showId(noun, String(id))
const said = (parts: readonly (Facts[string] | undefined | false)[]): string =>
  parts.filter((part) => part !== null && part !== undefined && part !== false && part !== '').join(', ')

function auditSubject(f: Facts): string {
  const id = shown(f['noun'] as Noun, f['id'])
  return readId(f['noun'] as Noun, id) === undefined ? `${f['noun']} ${f['id']}` : id
}
