import type { Clock } from '../flows/ports.ts'
import type { MovableClock } from './settings.ts'

export const systemClock: Clock = { now: () => new Date() }

export function createMovableClock(): MovableClock {
  let aheadMs = 0
  return {
    now: () => new Date(Date.now() + aheadMs),
    moveTo(instant) {
      aheadMs = instant.getTime() - Date.now()
    },
  }
}
