/**
 * A broken invariant: a bug of ours, never the caller's matter. Everything a caller can cause is answered
 * with a value (an `outcome`), so a Defect always stops the work and alerts.
 */
export class Defect extends Error {
  override readonly name = 'Defect'
}

/** Throws a {@link Defect} when `condition` does not hold. Stays on in production. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Defect(message)
}

/** A named refusal: `code` is stable snake_case (docs/reference/errors.md), `message` tells a person what to do. */
export type Rejection<Code extends string = string> = {
  readonly outcome: 'rejected'
  readonly code: Code
  readonly message: string
  /** The field at fault, when there is one. */
  readonly field?: string
}

export const rejected = <Code extends string>(code: Code, message: string, field?: string): Rejection<Code> =>
  field === undefined ? { outcome: 'rejected', code, message } : { outcome: 'rejected', code, message, field }
