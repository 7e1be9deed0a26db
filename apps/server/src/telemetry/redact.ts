const secretName = /pass(word|key|phrase)?|secret|token|authorization|api[-_]?key|credential|cookie/i
const phone = /\+?\b(?:254|880|256|255)\d{9,10}\b/g
const bearer = /\b(Bearer|Basic)\s+[A-Za-z0-9+/=._-]+/g
const longHex = /\b[0-9a-f]{32,}\b/g
const depthMax = 6

/** A copy of a value with secrets blotted out: by the name of a field, and by the look of a text. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.replace(phone, maskDigits).replace(bearer, '$1 [secret]').replace(longHex, '[token]')
  if (typeof value === 'bigint') return value.toString()
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Date) return value.toISOString()
  if (depth >= depthMax) return '[deep]'
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => redact(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, secretName.test(name) ? '[secret]' : redact(inner, depth + 1)]),
  )
}

const maskDigits = (digits: string): string => `${digits.slice(0, 5)}…${digits.slice(-3)}`
