import { createHash } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import { type Id, type Noun, readId } from '@nyuzi/core'
import type { Permission } from '../flows/api-keys/ports.ts'
import { canonicalJson } from '../flows/canonical-json.ts'
import { type FieldError, InvalidInput, NotFound } from '../flows/errors.ts'
import type { Idempotent } from '../flows/idempotency.ts'
import type { IdempotentRequest, Transaction, WrittenAnswer } from '../flows/ports.ts'
import type { Principal } from './auth.ts'
import { type CsvTable, toCsv } from './csv.ts'
import { cleanText } from './read-json.ts'

export type Method = 'get' | 'post' | 'patch'
type Params = Readonly<Record<string, Noun>>
type Ids<P extends Params> = { readonly [K in keyof P]: Id<P[K]> }

type Described<P extends Params, Q extends z.ZodRawShape, B extends z.ZodType> = {
  readonly method: Method
  /** `/v1/subscribers/{subscriber}` */
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly description?: string
  /** Of each id in the path, whose id it is. What is none of theirs is not found. */
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly status?: 200 | 201 | 202
}

type Asked<P extends Params, Q extends z.ZodRawShape, B extends z.ZodType> = {
  readonly params: Ids<P>
  readonly query: z.output<z.ZodObject<Q>>
  readonly body: z.output<B>
}

/** A request that passed authentication and permission, not yet read. */
export type RawRequest = {
  readonly method: string
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, readonly string[]>>
  readonly body: unknown
  readonly principal: Principal | undefined
  readonly idempotencyKey: string | undefined
  /** The header of that name. */
  readonly accept: string | undefined
  readonly at: Date
}

/** One row of the route table: what may be asked, by whom, and how it is answered. */
export type Endpoint = {
  readonly method: Method
  readonly path: string
  readonly permission: Permission | 'operator'
  readonly params: Params
  /** A money route: has its effect once for an Idempotency-Key, and demands one. */
  readonly idempotent: boolean
  readonly status: 200 | 201 | 202
  readonly tag: string
  readonly summary: string
  readonly description: string | undefined
  readonly querySchema: z.ZodObject
  readonly bodySchema: z.ZodType | undefined
  readonly answerSchema: z.ZodType
  /** Of what it answers with. */
  readonly contentType: 'application/json' | 'application/pdf'
  /** Answers as CSV too, to who asks for it. */
  readonly csv: boolean
  answer(request: RawRequest): Promise<EndpointAnswer>
}

type EndpointAnswer = {
  readonly status: number
  readonly body: string | Uint8Array<ArrayBuffer>
  readonly replayed?: boolean
  /** What a file is called where it is saved. */
  readonly fileName?: string
  /** Other than that of the endpoint. */
  readonly contentType?: string
}

type None = Record<never, never>

/** A route of an organisation. Its answer is encoded by the schema that describes it: what is not described does not leave. */
export function endpoint<
  A extends z.ZodType,
  P extends Params = None,
  Q extends z.ZodRawShape = None,
  B extends z.ZodType = z.ZodUndefined,
>(
  spec: Described<P, Q, B> & {
    readonly permission: Permission
    readonly answer: A
    handle(asked: Asked<P, Q, B> & { readonly principal: Principal }): Promise<z.input<A>>
  },
): Endpoint {
  return {
    ...describe(spec),
    permission: spec.permission,
    answer: async (request) => write(spec, await spec.handle({ ...read(spec, request), principal: principalOf(request) })),
  }
}

/** A route of an organisation that answers with a PDF. */
export function pdfEndpoint<P extends Params = None, Q extends z.ZodRawShape = None>(
  spec: Omit<Described<P, Q, z.ZodUndefined>, 'method' | 'body' | 'status'> & {
    readonly permission: Permission
    handle(asked: Asked<P, Q, z.ZodUndefined> & { readonly principal: Principal }): Promise<{ name: string; bytes: Uint8Array }>
  },
): Endpoint {
  const described: Described<P, Q, z.ZodUndefined> = { ...spec, method: 'get' }
  return {
    ...describe({ ...described, answer: z.string().openapi({ type: 'string', format: 'binary' }) }),
    contentType: 'application/pdf',
    permission: spec.permission,
    async answer(request) {
      const { name, bytes } = await spec.handle({ ...read(described, request), principal: principalOf(request) })
      return { status: 200, body: new Uint8Array(bytes), fileName: fileName(name, 'pdf') }
    },
  }
}

/** A report: JSON a page at a time, or with `Accept: text/csv` all of its rows as a table. */
export function reportEndpoint<A extends z.ZodType, Q extends z.ZodRawShape, Report>(
  spec: Omit<Described<None, Q, z.ZodUndefined>, 'method' | 'body' | 'status'> & {
    readonly answer: A
    /** `whole`: every row is wanted, not a page of them. */
    handle(asked: Asked<None, Q, z.ZodUndefined> & { readonly principal: Principal; readonly whole: boolean }): Promise<Report>
    toAnswer(report: Report, query: z.output<z.ZodObject<Q>>): z.input<A>
    toTable(report: Report): CsvTable & { readonly name: string }
  },
): Endpoint {
  const described: Described<None, Q, z.ZodUndefined> & { readonly answer: A } = { ...spec, method: 'get' }
  return {
    ...describe(described),
    csv: true,
    permission: 'read',
    async answer(request) {
      const asked = read(described, request)
      const whole = /(^|,)\s*text\/csv\s*(;|,|$)/i.test(request.accept ?? '')
      const report = await spec.handle({ ...asked, principal: principalOf(request), whole })
      if (!whole) return write(described, spec.toAnswer(report, asked.query))
      const { name, ...table } = spec.toTable(report)
      return { status: 200, body: toCsv(table), contentType: 'text/csv; charset=utf-8; header=present', fileName: fileName(name, 'csv') }
    },
  }
}

/** A route that moves money: the flow carries out `once` inside its transaction and hands back what came of it. */
export function moneyEndpoint<
  A extends z.ZodType,
  P extends Params = None,
  Q extends z.ZodRawShape = None,
  B extends z.ZodType = z.ZodUndefined,
>(
  spec: Described<P, Q, B> & {
    readonly answer: A
    handle(
      asked: Asked<P, Q, B> & {
        readonly principal: Principal
        once<Result>(answerOf: (result: Result, tx: Transaction) => Promise<z.input<A>>): IdempotentRequest<Result>
      },
    ): Promise<Idempotent<unknown>>
  },
): Endpoint {
  return {
    ...describe(spec),
    permission: 'money',
    idempotent: true,
    async answer(request) {
      const principal = principalOf(request)
      const key = keyOf(request)
      const asked = read(spec, request)
      const done = await spec.handle({
        ...asked,
        principal,
        once: (answerOf) => ({
          apiKeyId: principal.apiKeyId,
          key,
          requestSha256: createHash('sha256')
            .update(`${request.method}\n${request.path}\n${canonicalJson(request.body)}`)
            .digest('hex'),
          at: request.at,
          writeAnswer: async (result, tx) => write(spec, await answerOf(result, tx)),
        }),
      })
      if (!done.answer) throw new Error(`${spec.path} ran without its idempotency key`)
      return { ...done.answer, replayed: done.outcome === 'replayed' }
    },
  }
}

/** A route of whoever runs the server. */
export function operatorEndpoint<A extends z.ZodType, B extends z.ZodType>(
  spec: Described<None, None, B> & { readonly answer: A; handle(asked: { readonly body: z.output<B> }): Promise<z.input<A>> },
): Endpoint {
  return { ...describe(spec), permission: 'operator', answer: async (request) => write(spec, await spec.handle(read(spec, request))) }
}

const fileName = (name: string, extension: string): string => `${name.replace(/[^\w.-]+/g, '_')}.${extension}`

/** What a list or a flow did not find, or what is another organisation's. */
export function found<T>(value: T | undefined, noun: string): T {
  if (value === undefined) throw new NotFound(noun)
  return value
}

type AnySpec = Described<Params, z.ZodRawShape, z.ZodType> & { readonly answer: z.ZodType }

const describe = (spec: AnySpec) => ({
  contentType: 'application/json' as const,
  csv: false,
  method: spec.method,
  path: spec.path,
  params: spec.params ?? {},
  idempotent: false,
  status: spec.status ?? (200 as const),
  tag: spec.tag,
  summary: spec.summary,
  description: spec.description,
  querySchema: z.strictObject(spec.query ?? {}),
  bodySchema: spec.body,
  answerSchema: spec.answer,
})

const write = (spec: AnySpec, result: unknown): WrittenAnswer => ({
  status: spec.status ?? 200,
  body: JSON.stringify(spec.answer.parse(result)),
})

function read<P extends Params, Q extends z.ZodRawShape, B extends z.ZodType>(
  spec: Described<P, Q, B>,
  request: RawRequest,
): Asked<P, Q, B> {
  const params: Record<string, string> = {}
  for (const [name, noun] of Object.entries(spec.params ?? {})) params[name] = found(readId(noun, request.params[name] ?? ''), noun)
  const query = parse(z.strictObject(spec.query ?? {}), singles(request.query), 'The query')
  const body = spec.body === undefined ? undefined : parse(spec.body, request.body, 'The body')
  return { params: params as Ids<P>, query: query as Asked<P, Q, B>['query'], body: body as z.output<B> }
}

function singles(query: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  const single: Record<string, string> = {}
  for (const [name, values] of Object.entries(query)) {
    if (values.length !== 1)
      throw new InvalidInput('invalid_input', 'A query field is given twice.', {
        errors: [{ field: name, rule: 'single', fix: 'Send it once.' }],
      })
    single[name] = cleanText(values[0] ?? '')
  }
  return single
}

function parse<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new InvalidInput('invalid_input', `${what} is not as described.`, { errors: result.error.issues.flatMap(toFieldErrors) })
}

function toFieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: [...issue.path, key].join('.'), rule: 'unknown_field', fix: 'Remove it.' }))
  }
  const rule = issue.code === 'custom' && typeof issue.params?.['rule'] === 'string' ? issue.params['rule'] : issue.code
  return [{ field: path, rule, fix: issue.message }]
}

function principalOf({ principal }: RawRequest): Principal {
  if (!principal) throw new Error('a route of an organisation was reached without one')
  return principal
}

function keyOf({ idempotencyKey }: RawRequest): string {
  if (idempotencyKey !== undefined && /^[\x21-\x7e]{1,200}$/.test(idempotencyKey)) return idempotencyKey
  const fix = 'Send a new random key of 1 to 200 visible characters with each new request, and the same key with each repeat.'
  throw new InvalidInput('idempotency_key_required', 'This route moves money: it needs an Idempotency-Key.', {
    errors: [{ field: 'Idempotency-Key', rule: 'required', fix }],
  })
}
