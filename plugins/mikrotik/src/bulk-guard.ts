/**
 * Repairs that suspend or remove many lines at once are more often a mistake (a restored backup, a wrong database) than a
 * wish. They are counted over a while, because the host cuts its batches into slices.
 */
export class BulkGuard {
  readonly #share: number
  readonly #min: number
  #spent: { readonly atMs: number; readonly count: number }[] = []

  constructor(limits: { readonly share: number; readonly min: number }) {
    this.#share = limits.share
    this.#min = limits.min
  }

  /** Whether the size of the router decides; below that no one needs to count its lines. */
  needsSize(count: number, nowMs: number): boolean {
    return this.#share < 1 && count + this.#recent(nowMs) > this.#min
  }

  /** Takes `count` repairs from what is allowed; false, and nothing taken, when they are too many. */
  take(count: number, nowMs: number, linesOfRouter = 0): boolean {
    const allowed = this.#share >= 1 ? Number.POSITIVE_INFINITY : Math.max(this.#min, Math.floor(linesOfRouter * this.#share))
    if (count + this.#recent(nowMs) > allowed) return false
    if (count > 0) this.#spent.push({ atMs: nowMs, count })
    return true
  }

  #recent(nowMs: number): number {
    this.#spent = this.#spent.filter((entry) => nowMs - entry.atMs < windowMs)
    return this.#spent.reduce((sum, entry) => sum + entry.count, 0)
  }
}

const windowMs = 10 * 60_000
