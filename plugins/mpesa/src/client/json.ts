/** A JSON object of theirs; numbers are kept as the text that stood on the wire. */
export type Fields = Readonly<Record<string, unknown>>

type Reviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown

/**
 * Parses JSON with every number as its own text: `1500.00` stays `"1500.00"`, so money meets no binary float, and
 * a field that comes as number today and text tomorrow reads the same. Undefined when it is not JSON.
 */
export function readJson(text: string): unknown {
  try {
    return parseWithSource(text.replace(/^\uFEFF/, ''), (_key, value, { source }) => (typeof value === 'number' ? source : value))
  } catch {
    return undefined
  }
}

export const asFields = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined

/** An object or a list of objects: they send one element without its list. */
export const asList = (value: unknown): readonly Fields[] =>
  (Array.isArray(value) ? value : [value]).map(asFields).filter((item) => item !== undefined)

/**
 * A scalar as text; undefined when the key is missing, null, or holds anything else. NUL and halves of characters can
 * stand in JSON but in no database, and nobody can type them.
 */
export function textOf(fields: Fields | undefined, name: string): string | undefined {
  if (!fields || !Object.hasOwn(fields, name)) return undefined
  const value = fields[name]
  return typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : undefined
}

/** Like {@link textOf}, trimmed; undefined when blank. */
export function wordOf(fields: Fields | undefined, name: string): string | undefined {
  return textOf(fields, name)?.trim() || undefined
}

/** They answer success as `0`, `"0"` or `"00000000"`. */
export const isZeroCode = (code: string | undefined): boolean => code !== undefined && /^0+$/.test(code)
