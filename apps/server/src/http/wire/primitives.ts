import { z } from '@hono/zod-openapi'
import { type CivilDate, currencies, formatMoney, type Money, money, type Noun, parseCivilDate, readId, showId } from '@nyuzi/core'

// The alphabet of the API. What goes out is encoded by the schema that describes it, so nothing leaves that is not described.

const exampleUuid = '019a6f0e-7c3b-7d10-9a52-3f1c5b8e2d47'

/** A bare id → `sub_019a…`. */
export const idOut = <N extends Noun>(noun: N) =>
  z
    .string()
    .transform((id) => showId(noun, id))
    .openapi({ type: 'string', example: showId(noun, exampleUuid) })

/** `sub_019a…` → a bare id of that noun. */
export const idIn = <N extends Noun>(noun: N) =>
  z
    .string()
    .transform((text, context) => {
      const id = readId(noun, text)
      if (id !== undefined) return id
      context.addIssue({ code: 'custom', message: `Send an id of this form: ${showId(noun, exampleUuid)}.`, params: { rule: 'id' } })
      return z.NEVER
    })
    .openapi({ type: 'string', example: showId(noun, exampleUuid) })

export const instantOut = z
  .date()
  .transform((instant) => instant.toISOString())
  .openapi({ type: 'string', format: 'date-time', description: 'UTC', example: '2026-01-31T08:00:00.000Z' })

export const instantIn = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .openapi({ type: 'string', format: 'date-time', example: '2026-01-31T11:00:00+03:00' })

export const dateOut = z.string().openapi({ format: 'date', example: '2026-01-31' })

/** A mistyped year is refused here: behind its end the calendar has no next day, and decisions look ahead. */
const [firstDay, lastDay] = ['1900-01-01', '2199-12-31']

export const dateIn = z
  .string()
  .transform((text, context): CivilDate => {
    const date = parseCivilDate(text)
    if (date !== undefined && date >= firstDay && date <= lastDay) return date
    context.addIssue({ code: 'custom', message: 'Send a day of the calendar as YYYY-MM-DD, from 1900 to 2199.', params: { rule: 'date' } })
    return z.NEVER
  })
  .openapi({ type: 'string', format: 'date', example: '2026-01-31' })

export const currency = z
  .enum(currencies as [Money['currency'], ...Money['currency'][]])
  .openapi({ description: 'ISO 4217', example: 'KES' })

const amountMinor = {
  type: 'string',
  pattern: String.raw`^-?\d{1,16}$`,
  description: 'Whole minor units (cents) as text',
  example: '150000',
} as const

export const moneyOut = z
  .object({ amountMinor: z.bigint(), currency })
  .transform((amount) => ({ amountMinor: amount.amountMinor.toString(), currency: amount.currency, text: formatMoney(amount) }))
  .openapi('Amount', {
    type: 'object',
    properties: { amountMinor, currency: { type: 'string', example: 'KES' }, text: { type: 'string', example: 'KES 1,500' } },
    required: ['amountMinor', 'currency', 'text'],
  })

/** Whole minor units in the organisation's currency, nothing or more. */
export const minorIn = z
  .string()
  .regex(/^(0|[1-9]\d{0,14})$/, 'Send whole minor units (cents) as text.')
  .transform(BigInt)
  .openapi(amountMinor)

const moneyLike = (rule: RegExp, message: string) =>
  z
    .strictObject({ amountMinor: z.string().regex(rule, message).openapi(amountMinor), currency })
    .transform(({ amountMinor: text, currency: code }) => money(BigInt(text), code))
    .openapi({
      type: 'object',
      properties: { amountMinor, currency: { type: 'string', example: 'KES' } },
      required: ['amountMinor', 'currency'],
    })

/** An amount to bill or to take: above zero. */
export const moneyIn = moneyLike(/^[1-9]\d{0,14}$/, 'Send whole minor units (cents) above zero as text.')

/** An amount that may be nothing. */
export const amountIn = moneyLike(/^(0|[1-9]\d{0,14})$/, 'Send whole minor units (cents) as text, 0 or above.')

/** One line of text for people: no control characters, nothing around it. */
export const line = (lengthMax: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(lengthMax)
    .refine((text) => !/\p{Cc}/u.test(text), { error: 'Send plain text on one line.' })

export const amountOf = (amountMinorValue: bigint, code: Money['currency']) => ({ amountMinor: amountMinorValue, currency: code })
