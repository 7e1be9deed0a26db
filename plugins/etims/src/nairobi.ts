import type { Instant } from '@nyuzi/sdk'

/** East Africa Time: three hours ahead of UTC, all the year. */
const aheadMs = 3 * 3_600_000

/** `20260901101500` */
export const toStamp = (instant: Instant): string => new Date(instant.getTime() + aheadMs).toISOString().replace(/\D/g, '').slice(0, 14)

/** Undefined when it is no date and time of fourteen digits. */
export function fromStamp(stamp: string): Instant | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(stamp) ?? []
  const instant = new Date(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) - aheadMs)
  return Number.isNaN(instant.getTime()) ? undefined : instant
}
