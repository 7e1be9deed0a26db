export type Lookup = (property: string) => string | undefined

/** Whether a row passes the query words (without their question marks). Left to right on a stack; all that is left must be true. */
export function passes(queries: readonly string[], lookUp: Lookup): boolean {
  const stack: boolean[] = []
  for (const query of queries) {
    if (query.startsWith('#')) operate(stack, query.slice(1))
    else stack.push(test(query, lookUp))
  }
  return stack.every(Boolean)
}

function test(query: string, lookUp: Lookup): boolean {
  if (query.startsWith('-')) return lookUp(query.slice(1)) === undefined
  const order = query[0] === '<' || query[0] === '>' ? query[0] : undefined
  const body = order || query[0] === '=' ? query.slice(1) : query
  const end = body.indexOf('=')
  if (end < 0) return lookUp(body) !== undefined
  const found = lookUp(body.slice(0, end))
  const wanted = body.slice(end + 1)
  if (found === undefined) return false
  if (order === undefined) return found === wanted || found === asBoolean(wanted)
  const difference = compare(found, wanted)
  return order === '<' ? difference < 0 : difference > 0
}

const asBoolean = (text: string): string => (text === 'yes' ? 'true' : text === 'no' ? 'false' : text)

function compare(left: string, right: string): number {
  const [a, b] = [Number(left), Number(right)]
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b
  return left < right ? -1 : left > right ? 1 : 0
}

function operate(stack: boolean[], operations: string): void {
  for (const [operation] of operations.matchAll(/\d+|[!&|.]/g)) {
    if (operation === '!') stack.push(!stack.pop())
    else if (operation === '&' || operation === '|') {
      const [right, left] = [stack.pop() ?? false, stack.pop() ?? false]
      stack.push(operation === '&' ? left && right : left || right)
    } else if (operation !== '.') stack.push(stack.at(-1 - Number(operation)) ?? false)
  }
}
