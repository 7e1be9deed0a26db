import { civilDate } from '../../time/calendar.ts'
import type { TaxPack } from '../rule.ts'

/**
 * Bangladesh: VAT, at a lower rate for internet service. Both rates and their day are NOT verified; whoever bills with
 * this pack lets an adviser confirm them and sets the organisation's own (docs/concepts/tax.md).
 */
export const bangladesh: TaxPack = {
  country: 'BD',
  rules: [
    { code: 'vat', title: 'VAT', rateBp: 1500, base: 'net_plus_previous', from: civilDate('2019-07-01') },
    { code: 'vat_internet', title: 'VAT', rateBp: 500, base: 'net_plus_previous', from: civilDate('2019-07-01') },
  ],
  classes: { internet: ['vat_internet'], equipment: ['vat'], installation: ['vat'], exempt: [] },
}
