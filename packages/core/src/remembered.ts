const answersMax = 4_096

/**
 * A function whose answers are kept, since a billing run asks the same of thousands: by all that the question holds, so it
 * stays pure. `of` is the value the question is about, and takes its answers with it when it goes; `keyOf` says the rest.
 */
export function remembered<Of extends object, Rest extends readonly unknown[], Answer>(
  keyOf: (...rest: Rest) => string,
  answer: (of: Of, ...rest: Rest) => Answer,
): (of: Of, ...rest: Rest) => Answer {
  const known = new WeakMap<Of, Map<string, Answer>>()
  return (of, ...rest) => {
    let answers = known.get(of)
    if (answers === undefined || answers.size >= answersMax) {
      answers = new Map()
      known.set(of, answers)
    }
    const key = keyOf(...rest)
    const found = answers.get(key)
    if (found !== undefined) return found
    const fresh = answer(of, ...rest)
    answers.set(key, fresh)
    return fresh
  }
}
