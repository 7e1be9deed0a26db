import type { Instant } from '@nyuzi/sdk'

// Nairobi has had no daylight saving since 1960, so a fixed offset is exact.
const offsetMs = 3 * 60 * 60 * 1000

/** `2026-11-14T07:30:15Z` → `20261114103015`: Nairobi time, no offset written. */
export const toWireTime = (instant: Instant): string => localIso(instant).replace(/\D/g, '')

/** `2026-11-14T07:30:15Z` → `2026-11-14 10:30:15`: the form of the pull list. */
export const toWireDateTime = (instant: Instant): string => localIso(instant).replace('T', ' ')

/** `2026-12-01T…` → `20261201`: a civil date in Nairobi. */
export const toWireDate = (instant: Instant): string => toWireTime(instant).slice(0, 8)

const localIso = (instant: Instant): string => new Date(instant.getTime() + offsetMs).toISOString().slice(0, 19)

// Year first, packed or with separators; or day first, with dots (payout results) or dashes (statement).
const yearFirst = /^(\d{4})[-/]?(\d{2})[-/]?(\d{2})[ T]?(\d{2}):?(\d{2}):?(\d{2})Z?$/
const dayFirst = /^(\d{2})[-./](\d{2})[-./](\d{4}) (\d{2}):(\d{2}):(\d{2})$/

/**
 * Reads any of their time forms as Nairobi time. Undefined when it is not a real moment of the service's life: the
 * time of arrival then counts. A `Z` at the end is ignored, since the pull list adds it to local times.
 */
export function fromWireTime(text: string | undefined): Instant | undefined {
  const trimmed = text?.trim() ?? ''
  const ordered = yearFirst.exec(trimmed)?.slice(1)
  const reversed = dayFirst.exec(trimmed)
  const parts = ordered ?? (reversed ? [reversed[3], reversed[2], reversed[1], ...reversed.slice(4)] : undefined)
  if (!parts) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number)
  if (year < 2007 || year > 2099 || hour > 23 || minute > 59 || second > 59) return undefined
  const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  // Date rolls 31 April over to 1 May; a date that rolls was never on a calendar.
  if (local.getUTCMonth() !== month - 1 || local.getUTCDate() !== day) return undefined
  return new Date(local.getTime() - offsetMs)
}
