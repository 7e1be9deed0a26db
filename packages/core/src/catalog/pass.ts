import { invariant } from '../outcome.ts'
import { type Instant, plusMs } from '../time/instant.ts'
import type { Cadence, DayCadence } from '../time/period.ts'
import type { Price } from './price.ts'

const unitMs = { minute: 60_000, hour: 3_600_000 } as const

export const isPassUnit = (unit: Cadence['unit']): unit is keyof typeof unitMs => unit in unitMs

/** Does the price sell passes: time that elapses from an instant on, and not civil days? */
export const isPass = ({ cadence }: Pick<Price, 'cadence'>): boolean => isPassUnit(cadence.unit)

/** From an instant until another, which is no longer in it. */
export type Validity = { readonly from: Instant; readonly until: Instant }

/** Is one of them valid at that instant? */
export const isCovered = (passes: readonly Validity[], at: Instant): boolean => passes.some(({ from, until }) => from <= at && at < until)

/** A pass that begins at that instant. */
export function validityFrom({ unit, count }: Cadence, from: Instant): Validity {
  invariant(isPassUnit(unit), `a ${unit} is no length of time that elapses`)
  return { from, until: plusMs(from, unitMs[unit] * count) }
}

/** The periods by which days are counted where a price has some: for passes, that is every day. */
export const dayCadence = ({ unit, count }: Cadence): DayCadence => (isPassUnit(unit) ? { unit: 'day', count: 1 } : { unit, count })
