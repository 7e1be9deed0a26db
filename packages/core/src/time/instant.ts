/**
 * A point in time, always UTC, always passed in: core never reads a clock. A plain `Date`, because that is what
 * PostgreSQL's driver, JSON and Node speak; the linter refuses `Date.now()` and argument-less `new Date()` here.
 */
export type Instant = Date

export const secondsBetween = (earlier: Instant, later: Instant): number => (later.getTime() - earlier.getTime()) / 1000
export const plusMs = (instant: Instant, ms: number): Instant => new Date(instant.getTime() + ms)
