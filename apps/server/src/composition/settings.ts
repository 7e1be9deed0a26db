import { createHash } from 'node:crypto'
import type { Plugin } from '@nyuzi/sdk'
import { z } from 'zod'
import type { Clock, Log } from '../flows/ports.ts'

/** What `nyuzi.config.ts` exports: the shopping list of trusted plugins. Everything secret comes by the environment. */
export type NyuziConfig = {
  readonly plugins: readonly Plugin[]
  /** Set by the packaged demo only. A config with a demo never runs on a real provider. */
  readonly demo?: Demo
}

/** Types a config file; returns it as it is. */
export const defineConfig = (config: NyuziConfig): NyuziConfig => config

/** A clock that a demo or a test moves by hand. */
export type MovableClock = Clock & {
  /** Goes to that instant and keeps running from there. */
  moveTo(instant: Date): void
}

export type DemoTools = {
  /** This server, e.g. `http://127.0.0.1:3000`: the demo speaks the same API as everyone. */
  readonly apiUrl: string
  readonly operatorKey: string
  readonly clock: MovableClock
  readonly dataDirectory: string
  /** Resolves when the server has nothing left to do at the clock's time. */
  settled(): Promise<void>
  readonly log: Log
}

export type DemoAction = {
  readonly name: string
  readonly label: string
  readonly explains: string
  readonly fields: readonly {
    readonly name: string
    readonly label: string
    readonly kind: 'text' | 'subscriber' | 'router' | 'choice'
    readonly choices?: readonly string[]
  }[]
  /** Answers with a sentence that says what was done. */
  run(form: Readonly<Record<string, string>>): Promise<string>
}

export type OpenDemo = {
  readonly organisationId: string
  /** Shown at the start, for trying the API. */
  readonly apiKey: string
  readonly actions: readonly DemoAction[]
  /** Sentences that say what to try. */
  readonly hints: readonly string[]
  close(): Promise<void>
}

export type Demo = { open(tools: DemoTools): Promise<OpenDemo> }

export type Settings = {
  readonly mode: 'demo' | 'real'
  readonly databaseUrl: string | undefined
  readonly masterKey: Uint8Array
  readonly operatorKey: string | undefined
  readonly metricsToken: string | undefined
  readonly publicUrl: string | undefined
  readonly host: string
  readonly port: number
  readonly trustedHops: number
  readonly dataDirectory: string
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug'
  readonly connectionsMax: number
}

/** A setting that stops the start: the sentence says what to do. */
export class UnsafeSettings extends Error {
  override readonly name = 'UnsafeSettings'
}

const environment = z.object({
  DATABASE_URL: z.url().optional(),
  NYUZI_SECRET_KEY: z.string().optional(),
  NYUZI_OPERATOR_KEY: z.string().optional(),
  NYUZI_METRICS_TOKEN: z.string().min(16).optional(),
  NYUZI_PUBLIC_URL: z.url().optional(),
  NYUZI_TRUSTED_HOPS: z.coerce.number().int().min(0).max(5).default(0),
  NYUZI_DATA: z.string().default('.data'),
  NYUZI_LOG: z.enum(['silent', 'error', 'warn', 'info', 'debug']).optional(),
  NYUZI_CONNECTIONS: z.coerce.number().int().min(2).max(200).default(10),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
})

/** Reads and judges the environment. Real mode refuses what a demo may have. */
export function readSettings(env: Readonly<Record<string, string | undefined>>, config: NyuziConfig): Settings {
  const parsed = environment.safeParse(env)
  if (!parsed.success) {
    const first = parsed.error.issues[0]
    throw new UnsafeSettings(`${first?.path.join('.')} is not usable: ${first?.message}. Correct it in the environment and start again.`)
  }
  const read = parsed.data
  const demo = config.demo !== undefined
  const common = {
    databaseUrl: read.DATABASE_URL,
    operatorKey: read.NYUZI_OPERATOR_KEY,
    metricsToken: read.NYUZI_METRICS_TOKEN,
    publicUrl: read.NYUZI_PUBLIC_URL?.replace(/\/+$/, ''),
    host: read.HOST,
    port: read.PORT,
    trustedHops: read.NYUZI_TRUSTED_HOPS,
    dataDirectory: read.NYUZI_DATA,
    connectionsMax: read.NYUZI_CONNECTIONS,
  }
  if (demo) {
    if (read.DATABASE_URL)
      throw new UnsafeSettings(
        'DATABASE_URL is set, but this is the demo, which makes up an ISP and moves the clock. Write a nyuzi.config.ts for your own database, or unset DATABASE_URL.',
      )
    return { ...common, mode: 'demo', masterKey: createHash('sha256').update('nyuzi demo').digest(), logLevel: read.NYUZI_LOG ?? 'warn' }
  }
  if (!read.DATABASE_URL)
    throw new UnsafeSettings(
      'DATABASE_URL is not set. Name the PostgreSQL database this server keeps its books in, e.g. postgres://nyuzi:…@127.0.0.1/nyuzi.',
    )
  const masterKey = Buffer.from(read.NYUZI_SECRET_KEY ?? '', 'base64')
  if (masterKey.length < 32)
    throw new UnsafeSettings(
      'NYUZI_SECRET_KEY must hold at least 32 random octets in base64. Make one with `openssl rand -base64 32`, and keep it apart from the database.',
    )
  if (!common.publicUrl)
    throw new UnsafeSettings(
      'NYUZI_PUBLIC_URL is not set. Give the address at which payment providers reach this server, e.g. https://pay.example.net.',
    )
  if (!isLoopback(common.publicUrl) && !common.publicUrl.startsWith('https://'))
    throw new UnsafeSettings(
      `NYUZI_PUBLIC_URL is ${common.publicUrl}: providers and keys need https. Put a TLS proxy in front and give its https address.`,
    )
  if (common.operatorKey !== undefined && common.operatorKey.length < 32)
    throw new UnsafeSettings('NYUZI_OPERATOR_KEY must have at least 32 characters. Make one with `openssl rand -hex 32`.')
  return { ...common, mode: 'real', masterKey, logLevel: read.NYUZI_LOG ?? 'info' }
}

const isLoopback = (url: string): boolean => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)
