import { civilDate } from '../../time/calendar.ts'
import type { TaxPack, TaxRule } from '../rule.ts'

const excise = (from: string, rateBp: number): TaxRule => ({
  code: 'excise',
  title: 'excise',
  rateBp,
  base: 'net',
  from: civilDate(from),
})

const vat = (from: string, rateBp: number): TaxRule => ({
  code: 'vat',
  title: 'VAT',
  rateBp,
  base: 'net_plus_previous',
  from: civilDate(from),
})

/**
 * Kenya: excise on telephone and internet data services, then VAT on net and excise. Sources and how sure each is:
 * docs/concepts/tax.md. Installation is sold without excise until an adviser says otherwise: its reach is disputed.
 */
export const kenya: TaxPack = {
  country: 'KE',
  rules: [
    // Finance Acts 2018, 2021 and 2023; no later change was found.
    excise('2018-09-21', 1500),
    excise('2021-07-01', 2000),
    excise('2023-07-01', 1500),
    vat('2013-09-02', 1600),
    // The relief of 2020.
    vat('2020-04-01', 1400),
    vat('2021-01-01', 1600),
  ],
  classes: { internet: ['excise', 'vat'], equipment: ['vat'], installation: ['vat'], exempt: [] },
  // The rate is of medium confidence, the day is not verified.
  withholding: [{ on: 'vat', rateBp: 200, from: civilDate('2019-11-07') }],
  // eTIMS: A exempt, B standard, C zero-rated, D outside VAT, E reduced. It has no band for excise, which is inside the base.
  fiscalBands: {
    tax: 'vat',
    bands: [
      { code: 'A', rateBp: 0 },
      { code: 'B', rateBp: 1600 },
      { code: 'C', rateBp: 0 },
      { code: 'D', rateBp: 0 },
      { code: 'E', rateBp: 800 },
    ],
    untaxed: 'A',
    zeroRated: 'C',
  },
}
