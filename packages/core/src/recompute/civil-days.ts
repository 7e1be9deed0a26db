// The second calculator counts days in its own way: years from the year 1 and a table of months, where the first one
// counts eras from March. A mistake of one is not a mistake of the other.

type Day = { readonly year: number; readonly month: number; readonly day: number }

const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365]

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

const monthLength = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : (daysBefore[month] ?? 0) - (daysBefore[month - 1] ?? 0)

export function readDay(text: string): Day {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number)
  return { year, month, day }
}

/** Day 1 is 1 January of the year 1. */
function dayNumber({ year, month, day }: Day): number {
  const past = year - 1
  const leapDays = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400)
  return past * 365 + leapDays + (daysBefore[month - 1] ?? 0) + (month > 2 && isLeap(year) ? 1 : 0) + day
}

export const numberOf = (text: string): number => dayNumber(readDay(text))

export function writeDay(number: number): string {
  let year = Math.floor(number / 365.2425) + 1
  while (dayNumber({ year, month: 1, day: 1 }) > number) year -= 1
  while (dayNumber({ year: year + 1, month: 1, day: 1 }) <= number) year += 1
  let month = 12
  while (dayNumber({ year, month, day: 1 }) > number) month -= 1
  const day = number - dayNumber({ year, month, day: 1 }) + 1
  return [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-')
}

/** Months since the beginning of the year 0, so that months can be counted through. */
export const monthOf = ({ year, month }: Day): number => year * 12 + month - 1

/** That day of that month, or the month's last where it is shorter. */
export function dayOfMonth(monthNumber: number, day: number): number {
  const year = Math.floor(monthNumber / 12)
  const month = (monthNumber % 12) + 1
  return dayNumber({ year, month, day: Math.min(day, monthLength(year, month)) })
}
