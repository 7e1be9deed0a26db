import { InvalidInput } from '../flows/errors.ts'

const depthMax = 12
const reserved = new Set(['__proto__', 'constructor', 'prototype'])

/** Parses a body, refusing what no honest caller sends: deep nesting, reserved names, text that is no text. Text comes out in NFC. */
export function readJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new InvalidInput('malformed_json', 'The body is not JSON.')
  }
  return clean(value, 0)
}

function clean(value: unknown, depth: number): unknown {
  if (depth > depthMax) throw new InvalidInput('malformed_json', `The body is nested deeper than ${depthMax} levels.`)
  if (typeof value === 'string') return cleanText(value)
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  const cleaned: Record<string, unknown> = {}
  for (const [name, item] of Object.entries(value)) {
    if (reserved.has(name)) throw new InvalidInput('malformed_json', 'The body uses a reserved field name.')
    cleaned[cleanText(name)] = clean(item, depth + 1)
  }
  return cleaned
}

export function cleanText(text: string): string {
  // PostgreSQL keeps no NUL, and half a surrogate pair is no character.
  if (text.includes('\0') || !text.isWellFormed()) throw new InvalidInput('malformed_json', 'A text holds a character that cannot be kept.')
  return text.normalize('NFC')
}
