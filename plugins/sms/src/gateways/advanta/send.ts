import type { SendResult } from '../../status.ts'
import type { AdvantaEntry } from './read.ts'
import { acceptedCodes, verdictOf } from './words.ts'

/** Never by position: by our id, else by number, else the only entry when it names nobody (refused credentials). */
export function resultFor(asked: { readonly clientId: string; readonly mobile: string }, entries: readonly AdvantaEntry[]): SendResult {
  const found =
    entries.find(({ clientId }) => clientId === asked.clientId) ?? onlyOne(entries.filter(isTo(asked.mobile))) ?? unnamed(entries)
  if (!found) return { outcome: 'unclear', reason: 'the answer is about other messages', providerCode: 'other recipient' }
  const providerCode = String(found.code)
  if (!acceptedCodes.has(found.code)) return { ...verdictOf(found.code), providerCode }
  return { outcome: 'accepted', ...(found.messageId !== undefined && { providerReference: found.messageId }) }
}

const onlyOne = <T>(found: readonly T[]): T | undefined => (found.length === 1 ? found[0] : undefined)

function unnamed(entries: readonly AdvantaEntry[]): AdvantaEntry | undefined {
  const entry = onlyOne(entries)
  return entry && entry.mobile === undefined && entry.clientId === undefined ? entry : undefined
}

/** `254712000111`, `+254712000111` and `0712000111` are one number: the nine national digits tell. */
const isTo = (mobile: string) => (entry: AdvantaEntry) => {
  const national = (entry.mobile ?? '').replace(/\D/g, '').replace(/^0+/, '')
  return national.length >= 9 && mobile.endsWith(national)
}
