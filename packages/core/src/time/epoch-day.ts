// Civil dates as whole days since 1970-01-01 in the proleptic Gregorian calendar. A billing run asks for hundreds of
// thousands of dates, so this is integer arithmetic; the tests compare it with Temporal over the whole range.

type MonthParts = { readonly year: number; readonly month: number; readonly day: number }

const shape = /^(\d{4})-(\d{2})-(\d{2})$/

/** Years 0001 to 9999: what ten characters can hold. */
const epochDayMin = -719_162
const epochDayMax = 2_932_896

export const isEpochDay = (day: number): boolean => Number.isInteger(day) && day >= epochDayMin && day <= epochDayMax

/** Year, month and day of `YYYY-MM-DD`; undefined when it is not a day of the calendar. */
export function readParts(text: string): MonthParts | undefined {
  const found = shape.exec(text)
  if (!found) return undefined
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])]
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  return { year, month, day }
}

/** The same for a text that is already known to be a civil date. */
export const partsOf = (text: string): MonthParts => ({
  year: digit(text, 0) * 1_000 + digit(text, 1) * 100 + digit(text, 2) * 10 + digit(text, 3),
  month: digit(text, 5) * 10 + digit(text, 6),
  day: digit(text, 8) * 10 + digit(text, 9),
})

const digit = (text: string, at: number): number => text.charCodeAt(at) - 48

export const isLeapYear = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Counts years from March, so that the leap day is the last of its year; eras of 400 years are all alike. */
export function epochDayOf({ year, month, day }: MonthParts): number {
  const shifted = month > 2 ? year : year - 1
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

export function partsOfEpochDay(epochDay: number): MonthParts {
  const shifted = epochDay + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  }
}

export const writeParts = ({ year, month, day }: MonthParts): string =>
  `${String(year).padStart(4, '0')}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`
