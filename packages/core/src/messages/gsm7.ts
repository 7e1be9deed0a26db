// GSM 03.38 basic table: a text of these alone is 160 characters a message; one other makes it 70 (or costs two).
const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)

export const septetsMax = 160

/** What people and word processors write, in the nearest sign of the table. */
const stand: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  ʼ: "'",
  '`': "'",
  '“': '"',
  '”': '"',
  '–': '-',
  '—': '-',
  '…': '...',
  '[': '(',
  ']': ')',
  '{': '(',
  '}': ')',
  '|': '/',
  '\\': '/',
  '~': '-',
  '€': 'EUR',
  '৳': 'Tk',
  '\t': ' ',
  '\u00a0': ' ',
}

export const isGsm7 = (text: string): boolean => [...text].every((sign) => basic.has(sign))

/** The same text in the basic table: accents that it lacks are dropped, and so are signs it has nothing like. */
export const toGsm7 = (text: string): string =>
  [...text.normalize('NFC')].map((sign) => (basic.has(sign) ? sign : (stand[sign] ?? withoutMarks(sign)))).join('')

const withoutMarks = (sign: string): string => [...sign.normalize('NFKD')].filter((part) => basic.has(part)).join('')
