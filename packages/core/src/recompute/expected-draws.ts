/** What a machine measured for one subscription and unit. Instants are milliseconds. */
export type MeasuredRecord = {
  readonly key: string
  readonly quantity: bigint
  readonly occurredAt: number
  readonly receivedAt: number
  /** Of the period that is charged; the others tell what was left of the allowances. */
  readonly counted: boolean
}

/** Units that were bought or granted. */
export type GrantedAllowance = {
  readonly id: string
  readonly title: string
  readonly grantedUnits: bigint
  readonly grantedAt: number
  readonly validFrom: number
  /** The first instant at which it is no longer valid. */
  readonly validUntil: number
}

export type DrawFacts = { readonly records: readonly MeasuredRecord[]; readonly allowances: readonly GrantedAllowance[] }

export type ExpectedDraws = {
  /** Of each record, in the order in which they were drawn. */
  readonly draws: readonly { readonly key: string; readonly taken: readonly Taken[]; readonly leftUnits: bigint }[]
  /** What was measured in the period, and how much of it no allowance covers. */
  readonly measuredUnits: bigint
  readonly leftUnits: bigint
  readonly steps: readonly string[]
}

type Taken = { readonly id: string; readonly title: string; readonly units: bigint }

/**
 * Replays what was measured: as it came in, and what came in together in the order of its time. Of the allowances that were granted by
 * then and valid at the time of use the one that ends first is emptied before the next.
 */
export function expectedDraws({ records, allowances }: DrawFacts): ExpectedDraws {
  const rest = new Map(allowances.map(({ id, grantedUnits }) => [id, grantedUnits]))
  const takeFrom = ({ occurredAt, receivedAt, quantity }: MeasuredRecord): readonly Taken[] => {
    const open = allowances.filter(
      ({ id, grantedAt, validFrom, validUntil }) =>
        grantedAt <= receivedAt && validFrom <= occurredAt && validUntil > occurredAt && (rest.get(id) ?? 0n) > 0n,
    )
    const taken: Taken[] = []
    for (let missing = quantity; missing > 0n && open.length > 0; ) {
      const next = open.reduce((first, one) => (endsBefore(one, first) ? one : first))
      open.splice(open.indexOf(next), 1)
      const has = rest.get(next.id) ?? 0n
      const units = has > missing ? missing : has
      rest.set(next.id, has - units)
      missing -= units
      taken.push({ id: next.id, title: next.title, units })
    }
    return taken
  }
  const draws = [...records].sort(inTurn).map((record) => {
    const taken = takeFrom(record)
    return { ...record, taken, leftUnits: taken.reduce((left, { units }) => left - units, record.quantity) }
  })
  const counted = draws.filter((draw) => draw.counted)
  const measuredUnits = counted.reduce((sum, { quantity }) => sum + quantity, 0n)
  const leftUnits = counted.reduce((sum, draw) => sum + draw.leftUnits, 0n)
  return { draws, measuredUnits, leftUnits, steps: stepsOf(counted.length, measuredUnits, leftUnits, counted) }
}

const inTurn = (left: MeasuredRecord, right: MeasuredRecord): number =>
  left.receivedAt - right.receivedAt || left.occurredAt - right.occurredAt || (left.key > right.key ? 1 : -1)

function endsBefore(left: GrantedAllowance, right: GrantedAllowance): boolean {
  if (left.validUntil !== right.validUntil) return left.validUntil < right.validUntil
  return left.validFrom === right.validFrom ? left.id < right.id : left.validFrom < right.validFrom
}

function stepsOf(
  count: number,
  measuredUnits: bigint,
  leftUnits: bigint,
  draws: readonly { readonly taken: readonly Taken[] }[],
): readonly string[] {
  const byAllowance = new Map<string, Taken>()
  for (const one of draws.flatMap(({ taken }) => taken))
    byAllowance.set(one.id, { ...one, units: (byAllowance.get(one.id)?.units ?? 0n) + one.units })
  const measured = `${measuredUnits} units were measured in ${count} ${count === 1 ? 'record' : 'records'}`
  if (byAllowance.size === 0) return [measured]
  const covered = [...byAllowance.values()].map(({ title, units }) => `${title} covers ${units}`)
  return [`${measured}; ${covered.join(', ')}: ${leftUnits} are left to be charged`]
}
