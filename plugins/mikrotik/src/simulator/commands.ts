import type { Menus } from './menus.ts'
import { passes } from './query.ts'
import { propertiesOf, type SimRow, show, type Table } from './table.ts'

export type ApiUser = { readonly name: string; readonly password: string; readonly policies: ReadonlySet<string> }

export type WriteRecord = {
  readonly at: Date
  readonly apiUser: string
  readonly path: string
  readonly verb: string
  /** Names of the rows, or their addresses where a menu has no names. */
  readonly targets: readonly string[]
  /** As written, passwords as `***`. */
  readonly attributes: Readonly<Record<string, string>>
}

export type CommandContext = {
  readonly menus: Menus
  readonly hasEmptyReply: boolean
  /** Rows of the menus that are not tables: `/system/resource` and the like. */
  readonly facts: Readonly<Record<string, () => readonly Readonly<Record<string, string>>[]>>
  /** What the router does of itself when it has been written to. */
  readonly effects: { written(record: Omit<WriteRecord, 'at' | 'apiUser'>): void; endSession(row: SimRow): void }
}

export type Replies = string[][]
export type Words = {
  readonly path: string
  readonly verb: string
  readonly attributes: Record<string, string>
  readonly queries: string[]
}

export const done = (...words: string[]): Replies => [['!done', ...words]]
export const trap = (message: string, category?: number): Replies => [
  ['!trap', ...(category === undefined ? [] : [`=category=${category}`]), `=message=${message}`],
  ['!done'],
]

export function parse(sentence: readonly string[]): Words {
  const command = sentence[0] ?? ''
  const end = command.lastIndexOf('/')
  const words: Words = { path: command.slice(0, end), verb: command.slice(end + 1), attributes: {}, queries: [] }
  for (const word of sentence.slice(1)) {
    if (word.startsWith('?')) words.queries.push(word.slice(1))
    else if (word.startsWith('=')) {
      const equals = word.indexOf('=', 1)
      if (equals > 0) words.attributes[word.slice(1, equals)] = word.slice(equals + 1)
      else words.attributes[word.slice(1)] = ''
    }
  }
  return words
}

export const isWrite = (verb: string): boolean => ['add', 'set', 'remove', 'enable', 'disable'].includes(verb)

/** Carries out one command of a logged-in user and gives the replies, without their tag. */
export function execute(context: CommandContext, user: ApiUser, words: Words): Replies {
  const facts = context.facts[words.path]
  if (facts && words.verb === 'print') return user.policies.has('read') ? printFacts(context, facts(), words) : denied
  const table = Object.values(context.menus).find((menu) => menu.form.path === words.path)
  if (!table?.form.verbs.includes(words.verb)) return trap(table ? 'no such command' : 'no such command prefix', 0)
  if (!user.policies.has(isWrite(words.verb) ? 'write' : 'read')) return denied
  if (words.verb === 'print') return print(context, table, user, words)
  if (words.verb === 'add') return add(context, table, words)
  return change(context, table, words)
}

const denied = trap('not enough permissions (9)')

function print(context: CommandContext, table: Table, user: ApiUser, words: Words): Replies {
  const replies: Replies = []
  const wanted = words.attributes['.proplist']?.split(',')
  const names = namesAsked(words.queries)
  const candidates = names && table.form.key ? [...names].flatMap((name) => table.find(name) ?? []) : table.rows.values()
  for (const row of candidates) {
    const lookUp = (property: string) => (property === 'password' && !user.policies.has('sensitive') ? '*****' : show(row, property))
    if (names ? !names.has(row.fields['name'] ?? '') : !passes(words.queries, lookUp)) continue
    replies.push(toReply(wanted ?? propertiesOf(row), lookUp))
  }
  return finishPrint(context, replies, words)
}

/** The names of `?name=a ?name=b ?#|`: a look-up, so that a table of ten thousand lines is not walked for each of them. */
function namesAsked(queries: readonly string[]): ReadonlySet<string> | undefined {
  const names = new Set<string>()
  for (const [index, query] of queries.entries()) {
    const name = /^=?name=(.*)$/s.exec(query)?.[1]
    if (index > 1 && index % 2 === 0 ? query !== '#|' : name === undefined) return undefined
    if (name !== undefined) names.add(name)
  }
  return names.size > 0 && (queries.length === 1 || queries.length % 2 === 1) ? names : undefined
}

function printFacts(context: CommandContext, rows: readonly Readonly<Record<string, string>>[], words: Words): Replies {
  const wanted = words.attributes['.proplist']?.split(',')
  const passing = rows.filter((row) => passes(words.queries, (property) => row[property]))
  return finishPrint(
    context,
    passing.map((row) => toReply(wanted ?? Object.keys(row), (property) => row[property])),
    words,
  )
}

function finishPrint(context: CommandContext, replies: Replies, words: Words): Replies {
  if ('count-only' in words.attributes) return done(`=ret=${replies.length}`)
  if (replies.length === 0 && context.hasEmptyReply) replies.push(['!empty'])
  replies.push(['!done'])
  return replies
}

function toReply(properties: readonly string[], lookUp: (property: string) => string | undefined): string[] {
  const reply = ['!re']
  for (const property of properties) {
    const value = lookUp(property)
    if (value !== undefined && value !== '') reply.push(`=${property}=${value}`)
  }
  return reply
}

function add(context: CommandContext, table: Table, words: Words): Replies {
  const checked = check(context, table, words.attributes)
  if ('refused' in checked) return checked.refused
  const { fields, references } = checked
  if (table.form.key && !fields['name']) return trap(`failure: ${table.form.noun} must have a name`)
  if (table.form.key && table.find(fields['name'] ?? '')) return trap(`failure: ${table.form.noun} with the same name already exists`)
  if (table === context.menus.lists && isListed(table, fields)) return trap('failure: already have such entry')
  if (table === context.menus.secrets) references['profile'] ??= context.menus.profiles.find('default') as SimRow
  const row = table.insert({ ...defaultsOf(context, table), ...fields }, references)
  note(context, table, words, [row])
  return done(`=ret=${row.id}`)
}

function defaultsOf({ menus }: CommandContext, table: Table): Record<string, string> {
  if (table === menus.secrets) return { service: 'any', disabled: 'false' }
  if (table === menus.lists) return { dynamic: 'false', disabled: 'false' }
  return table === menus.filters ? { disabled: 'false' } : {}
}

function change(context: CommandContext, table: Table, words: Words): Replies {
  const { '.id': ids, numbers, ...attributes } = words.attributes
  const rows = (ids ?? numbers ?? '').split(',').map((text) => table.rows.get(text) ?? (text === '' ? undefined : table.find(text)))
  if (rows.some((row) => row === undefined)) return trap('no such item', 0)
  const found = rows as SimRow[]
  if (words.verb === 'remove') {
    if (found.some((row) => row.fields['default'] === 'true')) return trap('failure: can not remove default items')
    for (const row of found) table === context.menus.sessions ? context.effects.endSession(row) : table.delete(row)
  } else {
    if (found.some((row) => row.fields['dynamic'] === 'true')) return trap('failure: can not change dynamic items')
    const wanted = words.verb === 'set' ? attributes : { disabled: words.verb === 'disable' ? 'yes' : 'no' }
    const checked = check(context, table, wanted)
    if ('refused' in checked) return checked.refused
    const rival = checked.fields['name'] === undefined ? undefined : table.find(checked.fields['name'])
    if (rival && !found.includes(rival)) return trap(`failure: ${table.form.noun} with the same name already exists`)
    for (const row of found) table.change(row, checked.fields, checked.references)
  }
  note(context, table, words, found)
  return done()
}

type Checked = { readonly fields: Record<string, string>; readonly references: Record<string, SimRow> } | { readonly refused: Replies }

function check({ menus }: CommandContext, table: Table, attributes: Readonly<Record<string, string>>): Checked {
  const fields: Record<string, string> = {}
  const references: Record<string, SimRow> = {}
  for (const [name, value] of Object.entries(attributes)) {
    if (!table.form.writable.includes(name)) return { refused: trap(`unknown parameter ${name}`, 0) }
    if (name === 'profile' && table === menus.secrets) {
      const profile = menus.profiles.find(value)
      if (!profile) return { refused: trap('input does not match any value of profile', 1) }
      references[name] = profile
    } else if (name === 'disabled') {
      if (!/^(yes|no|true|false)$/.test(value)) return { refused: trap(`value of ${name} must be yes or no`, 1) }
      fields[name] = value === 'yes' || value === 'true' ? 'true' : 'false'
    } else if (name === 'remote-address' && table === menus.profiles && !/^[\d.]*$/.test(value) && !menus.pools.find(value))
      return { refused: trap('input does not match any value of remote-address', 1) }
    else fields[name] = value
  }
  return { fields, references }
}

function isListed(table: Table, fields: Readonly<Record<string, string>>): boolean {
  for (const row of table.rows.values())
    if (row.fields['list'] === fields['list'] && row.fields['address'] === fields['address'] && row.fields['dynamic'] !== 'true')
      return true
  return false
}

function note(context: CommandContext, table: Table, { verb, attributes }: Words, rows: readonly SimRow[]): void {
  const masked = 'password' in attributes ? { ...attributes, password: '***' } : attributes
  const targets = rows.map((row) => row.fields['name'] ?? row.fields['address'] ?? row.id)
  context.effects.written({ path: table.form.path, verb, targets, attributes: masked })
}
