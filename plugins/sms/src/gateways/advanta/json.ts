type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown

/** Ids may be long bare numbers, which a double would round: those stay text. */
const exactly: Reviver = (_key, value, { source }) => (typeof value === 'number' && !Number.isSafeInteger(value) ? source : value)

/** JSON with its integers intact; undefined when the text is not JSON, as when a proxy answers with a page. */
export function parseExactly(text: string): unknown {
  try {
    // The third argument is ES2026 and present in Node 24; the typings do not have it yet.
    return JSON.parse(text, exactly as (key: string, value: unknown) => unknown)
  } catch {
    return undefined
  }
}
