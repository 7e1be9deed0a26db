import { ProviderError } from '@nyuzi/sdk'
import { type ErrorCode, errorCodes } from '../flows/error-codes.ts'
import { type FieldError, FlowError } from '../flows/errors.ts'

/** RFC 9457, with a stable `code` and what to mend in which field. */
export type Problem = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ErrorCode
  readonly detail: string
  readonly errors: readonly FieldError[]
  readonly requestId: string
}

type Answer = {
  readonly code: ErrorCode
  readonly detail: string
  readonly errors?: readonly FieldError[]
  readonly retryAfterSeconds?: number | undefined
  readonly ours?: boolean
}

/** What a caller is told of an error; `ours` is true when it is not the caller's matter and goes to the log with its cause. */
export function answerTo(error: unknown): Answer {
  if (error instanceof FlowError)
    return { code: error.code, detail: error.message, errors: error.errors, retryAfterSeconds: error.retryAfterSeconds }
  if (error instanceof ProviderError) return { code: error.code as ErrorCode, detail: error.message, ours: true }
  const state = stateOf(error)
  if (races.has(state))
    return { code: 'conflict', detail: 'Something else changed this at the same moment. Read it again, then decide.', retryAfterSeconds: 1 }
  if (state.startsWith('CONNECT') || unreachable.has(state))
    return { code: 'not_ready', detail: 'The database does not answer. Try again soon.', retryAfterSeconds: 2, ours: true }
  // Whatever it says may name tables, people or secrets.
  return {
    code: 'internal_error',
    detail: 'Something broke on our side. Nothing was changed. The request id finds it in the log.',
    ours: true,
  }
}

export const toProblem = ({ code, detail, errors = [] }: Answer, requestId: string): Problem => ({
  type: `urn:nyuzi:error:${code}`,
  title: titleOf(code),
  status: errorCodes[code],
  code,
  detail,
  errors,
  requestId,
})

const titleOf = (code: ErrorCode): string => `${code.charAt(0).toUpperCase()}${code.slice(1).replaceAll('_', ' ')}`

/** Unique and exclusion violations, serialization failures, deadlocks: two callers at the same moment. */
const races = new Set(['23505', '23P01', '40001', '40P01'])
const unreachable = new Set(['ECONNREFUSED', 'ECONNRESET', '57P01', '57P02', '57P03', '53300'])

const stateOf = (error: unknown): string => (error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '')
