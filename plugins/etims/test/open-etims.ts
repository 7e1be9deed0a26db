import { type CivilDate, type FiscalDevice, type FiscalDocument, type FiscalLine, money, type Phone } from '@nyuzi/sdk'
import { createFakeHost, type FakeClock } from '@nyuzi/sdk/testing'
import { etims } from '../src/index.ts'

export const settings = {
  pin: 'P052345678A',
  deviceSerial: 'SAVANNAH-BILL-01',
  cmcKey: 'cmc-key-0123456789',
  sdcId: 'KRACU0400000001',
  items: { internet: { code: 'KE3NTU0000001', class: '8111210100' } },
  paymentType: '06',
  topMessage: 'Savannah Net',
  bottomMessage: 'Thank you',
}

export function openEtims(
  over: Readonly<Record<string, unknown>> = {},
  clock?: FakeClock,
): { fiscal: FiscalDevice; lines: string[]; clock: FakeClock } {
  const given = Object.fromEntries(Object.entries({ ...settings, ...over }).filter(([, value]) => value !== undefined))
  const fake = createFakeHost({ plugin: etims, settings: given, timeoutMsMax: 400, ...(clock ? { clock } : {}) })
  if (!fake.capabilities.fiscal) throw new Error('the plugin signs nothing')
  return { fiscal: fake.capabilities.fiscal, lines: fake.log.lines, clock: fake.clock }
}

const line: FiscalLine = {
  description: 'Home 10 Mbps internet, September 2026',
  taxClass: 'internet',
  band: 'B',
  taxable: money(345_000n, 'KES'),
  tax: money(55_200n, 'KES'),
  total: money(400_200n, 'KES'),
  otherTaxes: [{ code: 'excise', title: 'excise', rateBp: 1500, baseMinor: 300_000n, amountMinor: 45_000n }],
}

/** The sale of the fixtures. */
export const sale = (over: Partial<Extract<FiscalDocument, { kind: 'sale' }>> = {}): FiscalDocument => ({
  kind: 'sale',
  number: 'INV-2026-000187',
  issuedOn: '2026-09-01' as CivilDate,
  issuedAt: new Date('2026-09-01T07:15:00Z'),
  seller: { name: 'Savannah Net Ltd', addressLines: ['Kenyatta Avenue', 'Nakuru'] },
  buyer: { name: 'SAVANNAH TRADERS LTD', taxPin: 'P051234567Z', phone: '+254712000111' as Phone },
  lines: [line],
  bands: [
    { code: 'A', rateBp: 0, taxableMinor: 0n, taxMinor: 0n },
    { code: 'B', rateBp: 1600, taxableMinor: 345_000n, taxMinor: 55_200n },
    { code: 'C', rateBp: 0, taxableMinor: 0n, taxMinor: 0n },
    { code: 'D', rateBp: 0, taxableMinor: 0n, taxMinor: 0n },
    { code: 'E', rateBp: 800, taxableMinor: 0n, taxMinor: 0n },
  ],
  total: money(400_200n, 'KES'),
  ...over,
})
