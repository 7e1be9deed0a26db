import { readFileSync } from 'node:fs'
import {
  addDays,
  type CivilDate,
  type Currency,
  civilDate,
  computeTax,
  creditReasons,
  type LineDescription,
  type Money,
  money,
  type Period,
  taxPackOf,
  written,
} from '@nyuzi/core'
import { PNG } from 'pngjs'
import type {
  ClaimLine,
  CreditNoteDocument,
  DebitNoteDocument,
  InvoiceDocument,
  Issuer,
  PrintedDocument,
  ReceiptDocument,
  Recipient,
  StatementDocument,
} from '../src/document.ts'

const kes = (minor: bigint) => money(minor, 'KES')
const day = civilDate

/** A drawn logo with transparent corners. */
export function logoBytes(width = 220, height = 80): Uint8Array {
  const png = new PNG({ width, height })
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const inside = Math.hypot(x - height / 2, y - height / 2) < height / 2 || (x > height && Math.abs(y - height / 2) < 14)
      png.data.set([26, 107, 84, inside ? 255 : 0], (y * width + x) * 4)
    }
  }
  return new Uint8Array(PNG.sync.write(png))
}

/** As `readLogo` made it once: how a picture is packed differs between machines. */
const logo = new Uint8Array(readFileSync(new URL('fixtures/logo.png', import.meta.url)))

const savanna: Issuer = {
  name: 'Savanna Fibre Limited',
  addressLines: ['Ngong Road, Greenhouse Mall, 3rd floor', 'P.O. Box 1234-00100, Nairobi'],
  phone: '+254 700 111 222',
  email: 'accounts@savanna.example',
  taxPin: 'P051234567X',
  logo,
  colour: '#1a6b54',
  footer: 'Savanna Fibre Limited is licensed by the Communications Authority of Kenya. Thank you for paying on time.',
  paymentInstructions: 'Use your account number as the reference, so that your line is opened within seconds. Cheques are not accepted.',
}

const amina: Recipient = { name: 'Amina Wanjiku', accountNumber: '100237', addressLines: ['Kindaruma Road, house 12', 'Nairobi'] }

const vat = taxPackOf('KE', {})

export function line(title: string, amount: Money, start?: CivilDate, taxed = true): ClaimLine {
  const tax = computeTax(
    { amount, taxClass: 'internet', taxPoint: start ?? day('2026-06-01'), pricing: 'inclusive' },
    taxed ? vat : undefined,
  )
  const period = start && { start, end: addDays(start, 30) }
  return { description: period ? { kind: 'extra', title } : written(title), category: 'internet', ...tax, ...(period ? { period } : {}) }
}

const totalOf = (lines: readonly ClaimLine[], currency: Currency): Money =>
  money(
    lines.reduce((sum, { total }) => sum + total.amountMinor, 0n),
    currency,
  )

export function invoiceOf(lines: readonly ClaimLine[], changes: Partial<InvoiceDocument> = {}): InvoiceDocument {
  return {
    kind: 'invoice',
    language: 'en',
    issuer: savanna,
    recipient: amina,
    number: 'NRB-000123',
    issuedOn: day('2026-06-01'),
    dueOn: day('2026-06-08'),
    lines,
    total: totalOf(lines, lines[0]?.total.currency ?? 'KES'),
    payTo: 'Paybill 400123',
    ...changes,
  }
}

export const invoice = invoiceOf([
  line('Home 10', kes(150_000n), day('2026-06-01')),
  line('Static address', kes(50_000n), day('2026-06-01')),
  line('Router, TP-Link Archer C6', kes(459_900n), undefined, false),
])

const long =
  'The Most Honourable Association of Residents of Upper Kilimani, Lower Kileleshwa and the Greater Lavington Green Estate Limited'
export const longNames = invoiceOf(
  [
    line(`Business 100 for ${long}`, kes(900_719_925_474_099n), day('2026-06-01')),
    line(`Link_${'W'.repeat(140)}`, kes(1n), day('2026-06-01')),
    line('Minor', kes(100n), undefined),
  ],
  {
    issuer: {
      ...savanna,
      name: long,
      addressLines: [long, `Building_${'x'.repeat(110)}`, 'Third line', 'Fourth line', 'Fifth line', 'Sixth line'],
      footer: `${long}. ${long}. ${long}.`,
      colour: '#ffe066',
    },
    recipient: {
      ...amina,
      name: long,
      addressLines: [long, long],
      taxPin: 'A001234567Z',
    },
    number: 'NAIROBIW-0000000000123',
  },
)

export const sixtyLines = invoiceOf(
  Array.from({ length: 60 }, (_, index) =>
    line(`Line ${index + 1} of the estate, house ${index + 1}`, kes(BigInt(100_000 + index * 3_337)), day('2026-06-01')),
  ),
)

const june = { start: day('2026-06-01'), end: day('2026-07-01') }
const described = (description: LineDescription, amount: bigint, period?: Period): ClaimLine => {
  const { period: _, ...priced } = line('', kes(amount), day('2026-06-01'))
  return { ...priced, description, ...(period ? { period } : {}) }
}

/** One of each thing that we describe ourselves, in words of the subscriber's language. */
const inWords = [
  described({ kind: 'plan' }, 150_000n, june),
  described({ kind: 'plan', phase: 'Welcome price', onBehalfOf: 'Kamau wa Njoroge' }, 75_000n, june),
  described({ kind: 'extra', title: 'Static address' }, 50_000n, june),
  described({ kind: 'usage', title: 'Data', units: '12500', unit: 'MB', late: true }, 62_500n, june),
  described({ kind: 'late_fee', number: 2, claim: 'NRB-000098', working: '2500.00 × 5 %' }, 12_500n),
  described(written('Router, TP-Link Archer C6'), 459_900n),
]
const inSwahili = invoiceOf(inWords, { language: 'sw' })

const taka = (minor: bigint) => money(minor, 'BDT')
export const inBangla = invoiceOf(
  [
    {
      description: written('ব্রডব্যান্ড ইন্টারনেট সংযোগ, মাসিক চার্জ'),
      category: 'internet',
      net: taka(12_500_000n),
      taxes: [],
      total: taka(12_500_000n),
    },
    { description: { kind: 'plan' }, category: 'internet', period: june, net: taka(50_000n), taxes: [], total: taka(50_000n) },
    {
      description: written('রাউটার ক্রয় (মুক্তিযোদ্ধা সড়ক, ধাক্কামারা, ফুলবাড়িয়া)'),
      category: 'equipment',
      net: taka(250_050n),
      taxes: [],
      total: taka(250_050n),
    },
  ],
  {
    issuer: {
      ...savanna,
      name: 'মেঘনা ব্রডব্যান্ড লিমিটেড',
      addressLines: ['মার্কিন সড়ক ১২, চট্টগ্রাম', 'Agrabad, Chattogram'],
      footer: 'সময়মতো অর্থ পরিশোধের জন্য ধন্যবাদ।',
      paymentInstructions: 'বিকাশ অ্যাপে পেমেন্ট নির্বাচন করে হিসাব নম্বর লিখুন।',
    },
    recipient: {
      ...amina,
      name: 'মোঃ শফিকুল ইসলাম চৌধুরী',
      addressLines: ['কর্তৃপক্ষ ভবন, সন্ধ্যা নদী রোড, ব্রাহ্মণবাড়িয়া', 'স্বাস্থ্য কেন্দ্রের পাশে, লক্ষ্মীপুর'],
    },
    payTo: 'bKash 01712345678',
    language: 'bn',
  },
)

const creditNote: CreditNoteDocument = {
  kind: 'credit_note',
  language: 'en',
  issuer: savanna,
  recipient: amina,
  number: 'NRB-CN-000007',
  issuedOn: day('2026-06-12'),
  lines: [{ ...line('Home 10', kes(75_000n), day('2026-06-01')), credited: { start: day('2026-06-16'), end: day('2026-07-01') } }],
  total: kes(75_000n),
  corrects: { number: 'NRB-000123', issuedOn: day('2026-06-01') },
  reason: 'The line was down from 16 June, a fibre was cut by road works on Ngong Road.',
}

const debitNote: DebitNoteDocument = {
  ...creditNote,
  kind: 'debit_note',
  number: 'NRB-DN-000002',
  lines: [line('Static address', kes(75_000n), day('2026-06-01'))],
  dueOn: day('2026-06-19'),
  payTo: 'Paybill 400123',
  reason: 'The static address was left out.',
  fiscal: [
    {
      number: 'KRAMW017202605123456',
      device: 'KRAMW0172026',
      url: 'https://itax.example/verify?invoice=KRAMW017202605123456',
      signedAt: new Date('2026-05-12T07:00:00Z'),
      details: [],
    },
  ],
}

const receipt: ReceiptDocument = {
  kind: 'receipt',
  language: 'en',
  issuer: savanna,
  recipient: amina,
  number: 'NRB-RC-000007',
  issuedOn: day('2026-06-04'),
  reference: 'TF61K2Q9XA',
  receivedOn: day('2026-06-03'),
  amount: kes(700_000n),
  source: 'provider',
  payer: 'AMINA W.',
  settled: [
    { number: 'NRB-000098', amount: kes(40_100n) },
    { number: 'NRB-000123', amount: kes(609_900n) },
  ],
}

export const statement: StatementDocument = {
  kind: 'statement',
  language: 'en',
  issuer: savanna,
  recipient: amina,
  from: day('2026-06-01'),
  until: day('2026-08-31'),
  opening: kes(-20_000n),
  rows: [
    { on: day('2026-06-01'), kind: 'invoice_issued', reference: 'NRB-000123', change: kes(659_900n) },
    { on: day('2026-06-03'), kind: 'payment_received', reference: 'TF61K2Q9XA', change: kes(-700_000n) },
    { on: day('2026-07-01'), kind: 'invoice_issued', reference: 'NRB-000171', change: kes(200_000n) },
    { on: day('2026-07-02'), kind: 'reversal', reference: 'TF61K2Q9XA', change: kes(700_000n) },
    { on: day('2026-07-09'), kind: 'suspense_resolved', reference: 'TG91AA02KK', change: kes(-100_000n) },
  ],
}

export const longStatement: StatementDocument = {
  ...statement,
  rows: Array.from({ length: 80 }, (_, index) => ({
    on: addDays(day('2026-06-01'), index),
    kind: index % 2 === 0 ? ('invoice_issued' as const) : ('payment_received' as const),
    reference: index % 2 === 0 ? `NRB-${String(index).padStart(6, '0')}` : `TF61K${index}Q9XA`,
    change: kes(index % 2 === 0 ? 150_000n : -150_050n),
  })),
}

export const samples: Readonly<Record<string, PrintedDocument>> = {
  invoice,
  'long names': longNames,
  'sixty lines': sixtyLines,
  swahili: inSwahili,
  'swahili, sixty lines': { ...longNames, language: 'sw', lines: sixtyLines.lines, total: sixtyLines.total },
  'swahili credit note': { ...creditNote, language: 'sw', reason: creditReasons.planChange },
  'swahili debit note': { ...debitNote, language: 'sw' },
  'swahili deposit': { ...invoice, kind: 'deposit', language: 'sw' },
  'swahili receipt': { ...receipt, language: 'sw' },
  'swahili statement': { ...statement, language: 'sw' },
  bangla: inBangla,
  'bangla credit note': { ...creditNote, language: 'bn', reason: creditReasons.pause },
  'bangla receipt': { ...receipt, language: 'bn' },
  'bangla statement': { ...longStatement, language: 'bn' },
  'credit note': creditNote,
  'debit note': debitNote,
  receipt,
  statement,
  'long statement': longStatement,
}
