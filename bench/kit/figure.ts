import { openBenchDatabase } from './cluster.ts'

export type Figure = {
  readonly name: string
  readonly ratio: number
  readonly limit: number
  readonly kind: 'at least' | 'at most'
  /** What the ratio was made of, in numbers that a person can compare with other machines. */
  readonly detail: string
}

/** `ours` over `theirs`, round by round: neighbours in time saw the same machine. */
export const ratioOfRounds = (ours: readonly number[], theirs: readonly number[]): number =>
  median(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)))

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? Number.NaN
}

export const perSecond = (count: number, ms: number): number => (count / ms) * 1_000

function printFigure({ name, ratio, limit, kind, detail }: Figure): void {
  const reached = kind === 'at least' ? ratio >= limit : ratio <= limit
  const bound = `${kind === 'at least' ? '≥' : '≤'} ${limit}`
  console.log(
    `FIGURE ${name} ${ratio < 0.1 ? ratio.toFixed(4) : ratio.toFixed(2)} (limit ${bound}) ${reached ? 'reached' : 'SHORT'}; ${detail}`,
  )
}

/** Sizes that a person asks for: `BENCH_SUBSCRIBERS=100000`, or several with commas between them. */
export const sizesFrom = (variable: string): readonly number[] =>
  (process.env[variable] ?? '')
    .split(',')
    .filter((text) => text.trim() !== '')
    .map((text) => {
      const size = Number(text)
      if (!Number.isSafeInteger(size) || size < 1)
        throw new Error(`${variable} must be whole numbers above 0 with commas between them, not ${text}`)
      return size
    })

export const isScript = (filename: string): boolean => process.argv[1] === filename

/** Runs one figure on a durable cluster of its own. Falling short is news, not an error. */
export async function runFigures(measure: (databaseUrl: string) => Promise<readonly Figure[]>): Promise<void> {
  const database = await openBenchDatabase()
  try {
    for (const figure of await measure(database.url)) printFigure(figure)
  } finally {
    await database.stop()
  }
}

/** `ours` and `theirs` by turns, and in the other order every second time, so that drift of the machine hits both alike. */
export async function interleave<T>(rounds: number, measures: readonly ((round: number) => Promise<T>)[]): Promise<T[][]> {
  const results: T[][] = measures.map(() => [])
  for (let round = 0; round < rounds; round++) {
    const order = [...measures.keys()]
    if (round % 2 === 1) order.reverse()
    for (const index of order) results[index]?.push((await measures[index]?.(round)) as T)
  }
  return results
}
