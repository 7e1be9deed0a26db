/**
 * A row as a noun: columns that are null become absent properties. The query names its columns as the noun names its
 * properties, so nothing else is left to map; the caller states the noun.
 */
export function fromRow<Noun>(row: object): Noun {
  const noun: Record<string, unknown> = {}
  for (const name of Object.keys(row)) {
    const value = (row as Record<string, unknown>)[name]
    if (value !== null) noun[name] = value
  }
  return noun as Noun
}

/** What a JSON column can hold: whole numbers of any size as text. */
export const toJson = (value: unknown): never =>
  JSON.parse(JSON.stringify(value, (_name, part: unknown) => (typeof part === 'bigint' ? part.toString() : part))) as never

export const fromRows = <Noun>(rows: readonly object[]): Noun[] => rows.map((row) => fromRow<Noun>(row))
