import { invariant } from '../outcome.ts'

/** H. M. Damm's quasigroup of order 10 (2004): it recognises every wrong digit and every swap of two neighbours. */
const damm = [
  [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
  [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
  [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
  [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
  [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
  [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
  [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
  [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
  [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
  [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
] as const

/** What people type into a Paybill: an optional prefix, digits, and a check digit over all digits. */
export function makeAccountNumber(sequence: bigint, prefix = ''): string {
  invariant(sequence >= 0n, 'an account number counts from zero')
  const body = `${accountKey(prefix)}${sequence.toString().padStart(digitsMin - 1, '0')}`
  return `${body}${checkDigit(body)}`
}

/**
 * The form in which account numbers are compared: capitals and digits only, without accents, with O read as 0 and
 * I and L as 1. Both sides are folded, so imported numbers of any form stay valid. Empty when nothing is left.
 */
export function accountKey(typed: string): string {
  return typed
    .normalize('NFKD')
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
}

/** True for every number we made; an imported number may be without. */
export const hasValidCheckDigit = (key: string): boolean => ownShape.test(key) && checkDigit(key) === 0

/**
 * The numbers of ours that a person may have meant: a valid check digit, and one wrong character, one swap, one
 * digit too few or one character too many away. Only for ranking and showing to a person; never a match by itself.
 */
export function nearAccountKeys(key: string): readonly string[] {
  if (key.length < digitsMin - 1 || key.length > typedMax) return []
  const found = new Set<string>()
  const keep = (candidate: string): void => {
    if (candidate !== key && hasValidCheckDigit(candidate)) found.add(candidate)
  }
  for (let at = 0; at <= key.length; at += 1) {
    const [before, after] = [key.slice(0, at), key.slice(at)]
    for (const digit of digits) {
      keep(before + digit + after)
      if (after !== '') keep(before + digit + after.slice(1))
    }
    if (after !== '') keep(before + after.slice(1))
    if (after.length > 1) keep(before + after.charAt(1) + after.charAt(0) + after.slice(2))
  }
  return [...found].slice(0, nearMax)
}

const digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const
const digitsMin = 6
/** Longer than any number of ours; bounds the work a stranger's text can cause. */
const typedMax = 24
const nearMax = 200
const ownShape = /^[A-Z0-9]*\d{6}$/

/** Of a text that ends in its own check digit this is 0. Letters do not count. */
function checkDigit(text: string): number {
  let interim = 0
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48
    if (digit >= 0 && digit <= 9) interim = damm[interim]?.[digit] ?? 0
  }
  return interim
}
