import { type ProviderError, ProviderMisconfigured, ProviderRefused, ProviderUnclear } from '@nyuzi/sdk'
import { gatewayFailure, type Said } from './client/answer.ts'

/** What a result code means for a document that was handed in; a code that is in no list is unclear. */
export type Meaning = 'taken' | 'taken_earlier' | 'refused' | 'misconfigured' | 'unclear'

const meanings: Readonly<Record<string, Meaning>> = {
  '000': 'taken',
  '994': 'taken_earlier',
  // Parameters of this one document.
  '910': 'refused',
  '911': 'refused',
  '912': 'refused',
  // A header is missing; the device is not valid, was started elsewhere, or is not known.
  '900': 'misconfigured',
  '901': 'misconfigured',
  '902': 'misconfigured',
  '903': 'misconfigured',
  // Declared already under this number, or before what it follows: a person looks before anything is sent again.
  '921': 'misconfigured',
  '922': 'misconfigured',
  '990': 'misconfigured',
  '991': 'misconfigured',
  '992': 'misconfigured',
  '993': 'misconfigured',
  [gatewayFailure]: 'misconfigured',
}

/** 891 to 899 are faults of the caller that would meet every document. */
export const meaningOf = (code: string): Meaning => (/^89[1-9]$/.test(code) ? 'misconfigured' : (meanings[code] ?? 'unclear'))

/** "Invc No: 190 is invalid, use the expected value: 189": which code carries it is not documented, so the text decides. */
export function expectedNumber({ message }: Said): bigint | undefined {
  const expected = /expected value:?\s*(\d{1,15})\b/i.exec(message)?.[1]
  return expected === undefined ? undefined : BigInt(expected)
}

export function toProviderError({ code, message }: Said): ProviderError {
  const meaning = meaningOf(code)
  const text = `etims: ${message.slice(0, 200) || 'no reason was given'} (${code})`
  if (meaning === 'refused') return new ProviderRefused(text, { providerCode: code })
  if (meaning === 'misconfigured') return new ProviderMisconfigured(text, { providerCode: code })
  return new ProviderUnclear(text, { providerCode: code })
}
