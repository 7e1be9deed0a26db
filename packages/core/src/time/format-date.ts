import type { CivilDate } from './calendar.ts'
import { partsOf } from './epoch-day.ts'

const months = {
  en: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
  sw: ['Jan', 'Feb', 'Mac', 'Apr', 'Mei', 'Jun', 'Jul', 'Ago', 'Sep', 'Okt', 'Nov', 'Des'],
  bn: ['জানুয়ারি', 'ফেব্রুয়ারি', 'মার্চ', 'এপ্রিল', 'মে', 'জুন', 'জুলাই', 'আগস্ট', 'সেপ্টেম্বর', 'অক্টোবর', 'নভেম্বর', 'ডিসেম্বর'],
} as const

/** `5 Jun`: for a text message, where the year is plain. */
export function formatDay(date: CivilDate, language: keyof typeof months): string {
  const { month, day } = partsOf(date)
  return `${day} ${months[language][month - 1]}`
}

/** `5 Jun 2026`: for invoices. */
export const formatDate = (date: CivilDate, language: keyof typeof months): string => `${formatDay(date, language)} ${date.slice(0, 4)}`
