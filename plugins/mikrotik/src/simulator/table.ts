/** One row of a menu. A reference holds the row it names, so a rename shows at once and a removal leaves `*9`. */
export type SimRow = {
  id: string
  readonly fields: Record<string, string>
  readonly references: Record<string, SimRow>
  gone: boolean
}

export type TableForm = {
  readonly path: string
  /** Properties that `add` and `set` take. */
  readonly writable: readonly string[]
  /** Property that names a row, where names are unique. */
  readonly key?: 'name'
  /** The word for a row in error messages. */
  readonly noun: string
  readonly verbs: readonly string[]
}

/** A menu: rows in the order they were made. Knows nothing of the wire. */
export class Table {
  readonly form: TableForm
  readonly rows = new Map<string, SimRow>()
  readonly #byKey = new Map<string, SimRow>()
  #nextId = 1

  constructor(form: TableForm) {
    this.form = form
  }

  find(name: string): SimRow | undefined {
    return this.#byKey.get(name)
  }

  insert(fields: Readonly<Record<string, string>>, references: Readonly<Record<string, SimRow>> = {}): SimRow {
    const row: SimRow = {
      id: `*${(this.#nextId++).toString(16).toUpperCase()}`,
      fields: { ...fields },
      references: { ...references },
      gone: false,
    }
    this.rows.set(row.id, row)
    if (this.form.key) this.#byKey.set(row.fields['name'] ?? '', row)
    return row
  }

  change(row: SimRow, fields: Readonly<Record<string, string>>, references: Readonly<Record<string, SimRow>> = {}): void {
    const renamed = fields['name'] !== undefined && fields['name'] !== row.fields['name']
    if (this.form.key && renamed) this.#byKey.delete(row.fields['name'] ?? '')
    Object.assign(row.fields, fields)
    Object.assign(row.references, references)
    if (this.form.key && renamed) this.#byKey.set(row.fields['name'] ?? '', row)
  }

  delete(row: SimRow): void {
    row.gone = true
    this.rows.delete(row.id)
    if (this.form.key && this.#byKey.get(row.fields['name'] ?? '') === row) this.#byKey.delete(row.fields['name'] ?? '')
  }

  /** New ids for all rows, as after a restart: whoever kept an id finds another row under it, or none. */
  renumber(): void {
    const rows = [...this.rows.values()]
    this.rows.clear()
    for (const row of rows) {
      row.id = `*${(this.#nextId++).toString(16).toUpperCase()}`
      this.rows.set(row.id, row)
    }
  }

  clear(): void {
    for (const row of [...this.rows.values()]) this.delete(row)
  }
}

/** A property as a print shows it. */
export function show(row: SimRow, property: string): string | undefined {
  if (property === '.id') return row.id
  const reference = row.references[property]
  if (reference) return reference.gone ? reference.id : reference.fields['name']
  return row.fields[property]
}

export const propertiesOf = (row: SimRow): string[] => ['.id', ...Object.keys(row.fields), ...Object.keys(row.references)]
