import type { ErrorCode } from './error-codes.ts'

/** What is wrong with one field, and what to send instead. */
export type FieldError = { readonly field: string; readonly rule: string; readonly fix: string }

type Details = {
  readonly errors?: readonly FieldError[]
  /** When asking again makes sense. */
  readonly retryAfterSeconds?: number
  readonly cause?: unknown
}

/** The caller's matter: the work stops, nothing is kept, and the caller is told in plain words what to do. */
export abstract class FlowError extends Error {
  readonly code: ErrorCode
  readonly errors: readonly FieldError[]
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = new.target.name
    this.code = code
    this.errors = details.errors ?? []
    this.retryAfterSeconds = details.retryAfterSeconds
  }
}

export class InvalidInput extends FlowError {}
/** Also for what belongs to another organisation: that it exists is nobody's business. */
export class NotFound extends FlowError {
  constructor(noun: string, field?: string) {
    super(
      'not_found',
      `There is no such ${noun}.`,
      field === undefined ? {} : { errors: [{ field, rule: 'exists', fix: `Name a ${noun} of this organisation.` }] },
    )
  }
}
export class Conflict extends FlowError {}
export class Forbidden extends FlowError {}
