import { type CivilDate, type FiscalDocument, money } from '@nyuzi/core'

const common = {
  number: 'NRB-000001',
  issuedOn: '2026-09-01' as CivilDate,
  issuedAt: new Date('2026-09-01T07:15:00Z'),
  seller: { name: 'Savannah Net', addressLines: [] },
  buyer: { name: 'Amina' },
  lines: [
    {
      description: 'Home 10',
      taxClass: 'internet',
      band: 'B',
      taxable: money(100n, 'KES'),
      tax: money(16n, 'KES'),
      total: money(116n, 'KES'),
      otherTaxes: [],
    },
  ],
  bands: [{ code: 'B', rateBp: 1600, taxableMinor: 100n, taxMinor: 16n }],
  total: money(116n, 'KES'),
} as const

export const sale: FiscalDocument = { ...common, kind: 'sale' }
export const credit: FiscalDocument = { ...common, kind: 'credit', original: 1n }
