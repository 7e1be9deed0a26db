import { UnsafeWord } from './errors.ts'

/** One command in the router's words. Paths and names are written in our code; only values come from outside. */
export type RouterRequest = {
  readonly path: string
  readonly attributes?: Readonly<Record<string, string>>
  /** Query words without the question mark: `name=alice`, `#|`. */
  readonly queries?: readonly string[]
  /** Properties wanted of each row. A print without this also carries the passwords. */
  readonly properties?: string
}

/** One row of a print. A property that is not set is absent. */
export type Row = Readonly<Record<string, string>>

const pathForm = /^(?:\/[a-z0-9-]+)+$/
const nameForm = /^\.?[a-z0-9-]+$/

/** The words of a request without its tag. Throws {@link UnsafeWord} before anything is sent. */
export function toWords(request: RouterRequest): string[] {
  if (!pathForm.test(request.path)) throw new UnsafeWord('not a command path')
  const words = [request.path]
  if (request.properties !== undefined) words.push(`=.proplist=${request.properties}`)
  for (const name in request.attributes) {
    if (!nameForm.test(name)) throw new UnsafeWord('not an attribute name')
    words.push(`=${name}=${safe(request.attributes[name] as string, name)}`)
  }
  for (const query of request.queries ?? []) words.push(`?${safe(query, 'query')}`)
  return words
}

/** `?name=a ?name=b ?#|`: rows whose property equals any of the values. */
export const anyOf = (property: string, values: readonly string[]): string[] =>
  values.flatMap((value, index) => (index === 0 ? [`${property}=${value}`] : [`${property}=${value}`, '#|']))

export function toRow(words: readonly string[]): Row {
  const row: Record<string, string> = {}
  for (let index = 1; index < words.length; index++) {
    const word = words[index] as string
    if (word.charCodeAt(0) !== equalsSign) continue
    const end = word.indexOf('=', 1)
    if (end > 1) row[word.slice(1, end)] = word.slice(end + 1)
  }
  return row
}

const equalsSign = 0x3d

function safe(value: string, name: string): string {
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index)
    // The name is told, never the value: it may be a password.
    if (code < 0x20 || code === 0x7f) throw new UnsafeWord(`control character in ${name}`)
  }
  return value
}
