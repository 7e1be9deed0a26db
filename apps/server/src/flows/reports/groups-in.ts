import { addDays } from '@nyuzi/core'
import type { DaySpan } from './ports.ts'

/** Every day of a span as `2026-06-01`, or every month as `2026-06`: also those on which nothing happened. */
export function groupsIn({ from, until }: DaySpan, by: 'day' | 'month'): readonly string[] {
  const groups = new Set<string>()
  for (let day = from; day <= until; day = addDays(day, 1)) groups.add(by === 'day' ? day : day.slice(0, 7))
  return [...groups]
}
