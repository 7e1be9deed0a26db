import { type Instant, plusMs, type TaxPack, type TaxPackCode, type TaxSettings, taxPackOf } from '@nyuzi/core'
import type { OrganisationPolicy } from '../ports.ts'
import { chosenTaxPack } from '../tax-pack.ts'
import type { TaxChoice } from './ports.ts'

type TaxTerms = { readonly from: Instant | undefined; readonly pack: TaxPack | undefined }

/** By which taxes an organisation billed, and from when on; the first has held since ever. */
export type TaxHistory = readonly [TaxTerms, ...TaxTerms[]]

/** A run reads the clock and the policy one after the other, and so does who changes it. */
export const slackMs = 60_000

/** From the records of what it chose. One that recorded nothing never chose otherwise than it does now. */
export function taxHistory(policy: OrganisationPolicy, choices: readonly TaxChoice[]): TaxHistory {
  if (choices.length === 0) return [{ from: undefined, pack: chosenTaxPack(policy) }]
  const history: [TaxTerms, ...TaxTerms[]] = [{ from: undefined, pack: undefined }]
  let held: { readonly code: TaxPackCode; readonly settings: TaxSettings } = { code: 'none', settings: {} }
  for (const choice of choices) {
    held = {
      code: choice.taxPack ?? held.code,
      settings: choice.taxSettings === undefined ? held.settings : (choice.taxSettings ?? {}),
    }
    history.push({ from: choice.at, pack: taxPackOf(held.code, held.settings) })
  }
  return history
}

/** What held at an instant comes first, then what held within a minute of it. */
export function packsAround(history: TaxHistory, at: Instant): readonly (TaxPack | undefined)[] {
  const heldAt = (instant: Instant) => history.findLastIndex(({ from }) => from === undefined || from <= instant)
  const held = heldAt(at)
  const near = history.filter((_, index) => index !== held && index >= heldAt(plusMs(at, -slackMs)) && index <= heldAt(plusMs(at, slackMs)))
  return [history[held] ?? history[0], ...near].map(({ pack }) => pack)
}

/** Whether something that was recorded was known at an instant; both where that cannot be told. */
export function knownAt(recordedAt: Instant | undefined, at: Instant): readonly boolean[] {
  if (recordedAt === undefined || Math.abs(recordedAt.getTime() - at.getTime()) <= slackMs) return [true, false]
  return [recordedAt < at]
}
