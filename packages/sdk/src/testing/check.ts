import { describe, it } from 'vitest'

/** One demand a suite makes of a plugin. A plain function, so that a suite can be tested itself. */
export type Check<CheckId extends string = string> = {
  readonly id: CheckId
  /** A sentence about behaviour. */
  readonly name: string
  /** Rejects when the plugin does not meet the demand, with {@link Skipped} when the demand does not apply. */
  run(): Promise<void>
}

/** Thrown by a check that does not apply to this plugin, with the reason. */
export class Skipped extends Error {
  override readonly name = 'Skipped'
}

export type Skips<CheckId extends string> = Readonly<Partial<Record<CheckId, string>>>

const checkTimeoutMs = 60_000

/** Makes one test of each check. A skip is printed with its reason: what is not proven should be seen. */
export function describeChecks(title: string, checks: readonly Check[]): void {
  describe(title, () => {
    for (const check of checks)
      it(check.name, { timeout: checkTimeoutMs }, async ({ skip }) => {
        try {
          await check.run()
        } catch (error) {
          if (!(error instanceof Skipped)) throw error
          console.info(`${title}: skipped "${check.name}": ${error.message}`)
          skip(error.message)
        }
      })
  })
}

/** The checks of a suite in order; an author may skip one by its id, never without a reason. */
export function listChecks<CheckId extends string, Options extends { readonly skips?: Skips<CheckId> }>(
  options: Options,
  demands: Readonly<Record<CheckId, readonly [name: string, check: (options: Options) => Promise<void>]>>,
): readonly Check<CheckId>[] {
  const skips: Skips<CheckId> | undefined = options.skips
  return (Object.keys(demands) as CheckId[]).map((id) => {
    const [name, check] = demands[id]
    const reason = skips?.[id]
    return { id, name, run: reason === undefined ? () => check(options) : () => Promise.reject(new Skipped(reason)) }
  })
}

/** What a suite needs of the author for one check: given, or the check fails and says how to go on. */
export function needed<Given>(given: Given | undefined, option: string, checkId: string): Given {
  if (given !== undefined && !(Array.isArray(given) && given.length === 0)) return given
  throw new Error(`give the suite \`${option}\`, or a reason in \`skips.${checkId}\``)
}
