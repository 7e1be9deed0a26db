import { createHash, randomInt } from 'node:crypto'
import type { MintApiKey } from '../flows/ports.ts'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

export const mintApiKey: MintApiKey = () => {
  const text = `nyz_${Array.from({ length: 32 }, () => alphabet[randomInt(alphabet.length)]).join('')}`
  return { text, prefix: text.slice(0, 8), sha256: createHash('sha256').update(text).digest() }
}
