import { z } from '@hono/zod-openapi'
import { InvalidInput } from '../flows/errors.ts'

/** The query fields that every list has. */
export const pageQuery = {
  limit: z
    .string()
    .regex(/^([1-9]\d?|1\d\d|200)$/, 'Send a number from 1 to 200.')
    .optional()
    .transform((text) => (text === undefined ? 50 : Number(text)))
    .openapi({ type: 'integer', minimum: 1, maximum: 200, default: 50, description: 'Items a page' }),
  cursor: z.string().max(400).optional().openapi({ description: '`nextCursor` of the page before' }),
}

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable().openapi({ description: 'Null on the last page' }) })

type Asked = { readonly limit: number; readonly cursor?: string | undefined }

/** One row more than is shown tells whether there is a next page. */
export const toPage = (list: string, { limit, cursor }: Asked): { limit: number; after?: string } => ({
  limit: limit + 1,
  ...(cursor === undefined ? {} : { after: idIn(readCursor(list, cursor)) }),
})

export const fromPage = <Row>(
  list: string,
  limit: number,
  rows: readonly Row[],
  keyOf: (row: Row) => string | readonly string[],
): { items: Row[]; nextCursor: string | null } => {
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return { items: rows.slice(0, limit), nextCursor: last === undefined ? null : writeCursor(list, [keyOf(last)].flat()) }
}

/** A cursor is a place between two rows, and belongs to the list it came from. */
const writeCursor = (list: string, key: readonly string[]): string => Buffer.from(JSON.stringify([list, ...key])).toString('base64url')

export function readCursor(list: string, cursor: string): readonly string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(parts) && parts[0] === list && parts.every((part) => typeof part === 'string')) return parts.slice(1)
  } catch {}
  throw invalidCursor()
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function idIn([id = '']: readonly string[]): string {
  if (!uuid.test(id)) throw invalidCursor()
  return id
}

export const invalidCursor = (): InvalidInput =>
  new InvalidInput('invalid_cursor', 'This cursor is not of this list.', {
    errors: [{ field: 'cursor', rule: 'cursor', fix: 'Send `nextCursor` of the page before, or none.' }],
  })
