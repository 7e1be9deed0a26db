import { Temporal } from 'temporal-polyfill'
import { Defect, invariant } from '../outcome.ts'
import { daysInMonth, epochDayOf, isEpochDay, partsOf, partsOfEpochDay, readParts, writeParts } from './epoch-day.ts'

/** A day of the calendar as people write it, without a zone: `2026-02-28`. Text order is date order. */
export type CivilDate = string & { readonly __noun: 'civilDate' }

export const parseCivilDate = (text: string): CivilDate | undefined => (readParts(text) ? (text as CivilDate) : undefined)

/** For texts from a trusted place (the database, a constant). */
export function civilDate(text: string): CivilDate {
  const date = parseCivilDate(text)
  if (date === undefined) throw new Defect(`not a civil date: ${text}`)
  return date
}

/** The day it is in that zone at that instant. */
export function civilDateAt(instant: Date, zone: string): CivilDate {
  const atMs = instant.getTime()
  return fromEpochDay(Math.floor((atMs + offsetSpanAt(atMs, zone).offsetMs) / dayMs))
}

/** What clocks show in that zone at that instant: `23:05`. */
export function clockTimeAt(instant: Date, zone: string): string {
  const atMs = instant.getTime()
  return new Date(atMs + offsetSpanAt(atMs, zone).offsetMs).toISOString().slice(11, 16)
}

/** The instant at which that civil day begins in that zone; where clocks skip midnight, the first instant after the gap. */
export function startOfDay(date: CivilDate, zone: string): Date {
  const key = `${zone} ${date}`
  const known = dayStarts.get(key)
  if (known !== undefined) return new Date(known)
  requireZone(zone)
  const startMs = Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds
  if (dayStarts.size >= dayStartsMax) dayStarts.clear()
  dayStarts.set(key, startMs)
  return new Date(startMs)
}

export function addDays(date: CivilDate, days: number): CivilDate {
  return fromEpochDay(epochDayOf(partsOf(date)) + days)
}

/** `to` − `from`: negative when `to` is earlier. */
export const daysBetween = (from: CivilDate, to: CivilDate): number => epochDayOf(partsOf(to)) - epochDayOf(partsOf(from))

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export type Weekday = (typeof weekdays)[number]

/** 1 January 1970 was a Thursday. */
export const weekdayOf = (date: CivilDate): Weekday => weekdays[(((epochDayOf(partsOf(date)) + 3) % 7) + 7) % 7] as Weekday

/** The same day of another month, or the last day of that month when it is shorter. */
export function addMonths(date: CivilDate, months: number): CivilDate {
  const { year, month, day } = partsOf(date)
  const number = year * 12 + month - 1 + months
  const [toYear, toMonth] = [Math.floor(number / 12), (((number % 12) + 12) % 12) + 1]
  invariant(toYear >= 1 && toYear <= 9_999, `no civil date ${months} months from ${date}`)
  return writeParts({ year: toYear, month: toMonth, day: Math.min(day, daysInMonth(toYear, toMonth)) }) as CivilDate
}

export function isZone(text: string): boolean {
  if (zones.has(text)) return true
  // A bare offset is a zone to Temporal, but it knows no daylight saving and would be wrong half of the year.
  if (!/^[A-Za-z]/.test(text)) return false
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text)
    return true
  } catch {
    return false
  }
}

/** Zones are checked where they enter the house; a wrong one here is our bug. */
const requireZone = (zone: string): void => invariant(isZone(zone), `not a zone: ${zone}`)

function fromEpochDay(epochDay: number): CivilDate {
  invariant(isEpochDay(epochDay), `no civil date ${epochDay} days from 1970-01-01`)
  return writeParts(partsOfEpochDay(epochDay)) as CivilDate
}

const dayMs = 86_400_000

/** A stretch in which a zone's offset does not change: what makes a civil date out of an instant without asking Temporal again. */
export type OffsetSpan = { readonly fromMs: number; readonly untilMs: number; readonly offsetMs: number }

// Answers kept by their question only, so the functions stay pure; each map is emptied when it is full.
const zones = new Map<string, OffsetSpan[]>()
const zonesMax = 64
const spansMax = 64
const dayStarts = new Map<string, number>()
const dayStartsMax = 4_096

export function offsetSpanAt(atMs: number, zone: string): OffsetSpan {
  const known = zones.get(zone)
  const found = known?.find((span) => atMs >= span.fromMs && atMs < span.untilMs)
  if (found) return found
  invariant(!Number.isNaN(atMs), 'not an instant')
  requireZone(zone)
  const moment = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone)
  const span = {
    fromMs: startOfOffset(moment),
    untilMs: moment.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: moment.offsetNanoseconds / 1_000_000,
  }
  if (known && known.length < spansMax) known.push(span)
  else {
    if (zones.size >= zonesMax) zones.clear()
    zones.set(zone, [span])
  }
  return span
}

/** `previous` is the transition strictly before; one exactly now is found by asking from a nanosecond later. */
const startOfOffset = (moment: Temporal.ZonedDateTime): number =>
  moment.add({ nanoseconds: 1 }).getTimeZoneTransition('previous')?.epochMilliseconds ?? Number.NEGATIVE_INFINITY
