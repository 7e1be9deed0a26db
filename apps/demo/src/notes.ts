import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** One line of the network: enough to dial in, and to know whose it is. */
export type Line = {
  readonly subscriber: string
  readonly service: string
  readonly username: string
  readonly phone: string
  readonly accountNumber: string
  readonly name: string
  readonly router: number
}

/** What the demo must know at its next start; everything else is in the database. */
export type Notes = {
  readonly organisation: string
  readonly apiKey: string
  /** How far the demo's clock runs ahead. */
  aheadMs: number
  readonly ports: { daraja: number; sms: number; routers: number[] }
  readonly installations: { readonly paybill: string; readonly sms: string; readonly routers: readonly string[] }
  readonly lines: readonly Line[]
}

const fileIn = (directory: string): string => join(directory, 'demo.json')

export function readNotes(directory: string): Notes | undefined {
  try {
    return JSON.parse(readFileSync(fileIn(directory), 'utf8')) as Notes
  } catch {
    return undefined
  }
}

export function writeNotes(directory: string, notes: Notes): void {
  mkdirSync(directory, { recursive: true })
  // Whole or not at all: a demo that is stopped while it writes must still start.
  writeFileSync(`${fileIn(directory)}.new`, JSON.stringify(notes, null, 2), { mode: 0o600 })
  renameSync(`${fileIn(directory)}.new`, fileIn(directory))
}
