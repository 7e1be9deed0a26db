/** A phone number in E.164 with the plus sign: `+254700111222`. */
export type Phone = string & { readonly __noun: 'phone' }

type CountryRule = { readonly prefix: string; readonly national: RegExp }

/** Which national numbers a subscriber may have; a mobile number, since prompts and texts go to it. */
const rules: Readonly<Record<string, CountryRule>> = {
  KE: { prefix: '254', national: /^[17]\d{8}$/ },
  BD: { prefix: '880', national: /^1[3-9]\d{8}$/ },
  UG: { prefix: '256', national: /^[37]\d{8}$/ },
  TZ: { prefix: '255', national: /^[67]\d{8}$/ },
}

/**
 * Reads what a person typed (`0700111222`, `+254 700 111 222`, `254700111222`, `700111222`) as a number of that
 * country; undefined when it cannot be one. Letters are never taken for digits here.
 */
export function parsePhone(typed: string, country: string): Phone | undefined {
  const rule = rules[country]
  const digits = typed.replace(/[\s().-]/g, '').replace(/^(\+|00)(?=[1-9])/, '')
  if (!rule || !/^\d+$/.test(digits)) return undefined
  const national = [digits.startsWith(rule.prefix) ? digits.slice(rule.prefix.length) : '', digits.replace(/^0/, ''), digits]
  const found = national.find((candidate) => rule.national.test(candidate))
  return found === undefined ? undefined : (`+${rule.prefix}${found}` as Phone)
}

/** `+254700111222` → `254700111222`: the wire form most providers want. */
export const phoneDigits = (phone: Phone): string => phone.slice(1)

/** `+254700111222` → `+2547•••••222`: for logs and screens that need not show it whole. */
export const maskPhone = (phone: string): string => `${phone.slice(0, 5)}•••••${phone.slice(-3)}`
