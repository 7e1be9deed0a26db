import { ProviderError } from '@nyuzi/sdk'
import { pino } from 'pino'
import type { Log } from '../flows/ports.ts'
import { redact } from './redact.ts'

export type LogOptions = { readonly level: 'silent' | 'error' | 'warn' | 'info' | 'debug'; readonly destination?: NodeJS.WritableStream }

/** Structured lines in UTC, with secrets and phone numbers taken out before they are written. */
export function createLog({ level, destination = process.stderr }: LogOptions): Log {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination as pino.DestinationStream)
  const write =
    (severity: 'info' | 'warn' | 'error') =>
    (message: string, facts: Record<string, unknown> = {}) => {
      const { error, ...rest } = facts
      logger[severity]({ ...(redact(rest) as object), ...(error === undefined ? {} : { error: describe(error) }) }, String(redact(message)))
    }
  return { info: write('info'), warn: write('warn'), error: write('error') }
}

/** What an error says of itself; never its request, which may hold a secret. */
function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(redact(String(error))) }
  const code = error instanceof ProviderError ? error.code : (error as { code?: unknown }).code
  return { name: error.name, message: redact(error.message), ...(code === undefined ? {} : { code }), stack: redact(error.stack) }
}
