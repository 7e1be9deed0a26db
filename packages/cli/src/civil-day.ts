import { FlagRefused } from './operations-command.ts'

/** The value of `--date`. */
export function civilDay(text: string): string {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : new Date(Number.NaN)
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text)
    throw new FlagRefused('date', `must be a day of the calendar, not "${text}"`, 'Write it as YYYY-MM-DD, e.g. 2026-11-30.')
  return text
}
