import type { MessageMeasure } from '@nyuzi/sdk'

/**
 * How many parts a text costs. Both counts pack greedily, because a two-septet character (or a surrogate pair)
 * is never cut: 152 letters and a euro sign end a part one septet early.
 */
export function measureText(text: string): MessageMeasure {
  const characters = [...text]
  const septets = characters.map(septetsOf)
  if (!septets.includes(0)) return count('GSM-7', septets)
  const utf16Units = characters.map(({ length }) => length)
  return count('UCS-2', utf16Units)
}

/** The text with curly quotes, dashes, the ellipsis sign and unbreakable spaces replaced by what GSM-7 can carry. */
export const plainText = (text: string): string => text.replace(typography, (character) => plain.get(character) ?? character)

const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
const extension = new Set('^{}\\[~]|€\f')

/** 0 when GSM 03.38 does not have the character. */
function septetsOf(character: string): number {
  if (basic.has(character)) return 1
  return extension.has(character) ? 2 : 0
}

const limits = { 'GSM-7': { single: 160, joined: 153 }, 'UCS-2': { single: 70, joined: 67 } } as const

function count(encoding: MessageMeasure['encoding'], widths: readonly number[]): MessageMeasure {
  const { single, joined } = limits[encoding]
  const units = widths.reduce((sum, width) => sum + width, 0)
  if (units <= single) return { encoding, units, parts: units === 0 ? 0 : 1 }
  let parts = 1
  let filled = 0
  for (const width of widths) {
    if (filled + width > joined) {
      parts += 1
      filled = 0
    }
    filled += width
  }
  return { encoding, units, parts }
}

const plain = new Map([
  ...[...'\u2018\u2019\u201a\u201b\u2032\u0060\u00b4'].map((quote) => [quote, "'"] as const),
  ...[...'\u201c\u201d\u201e\u201f\u2033'].map((quote) => [quote, '"'] as const),
  ...[...'\u2010\u2011\u2012\u2013\u2014\u2015\u2212'].map((dash) => [dash, '-'] as const),
  ...[...'\u00a0\u2007\u2009\u202f'].map((space) => [space, ' '] as const),
  ['\u2026', '...'] as const,
])
const typography = new RegExp(`[${[...plain.keys()].join('')}]`, 'gu')
