import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { idOf } from '../../test/arbitraries.ts'
import { chargeOf } from '../../test/nouns.ts'
import { exciseAndVat } from '../../test/tax-packs.ts'
import { draftInvoice } from '../invoicing/draft-invoice.ts'
import { written } from '../invoicing/line-description.ts'
import { money } from '../money/money.ts'
import { addDays, civilDate } from '../time/calendar.ts'
import { computeTax } from './compute-tax.ts'
import { kenya } from './countries/ke.ts'
import { rulesInForce } from './rule.ts'
import { splitWithholding, withholdingInForce } from './split-withholding.ts'
import { summariseTaxes } from './summarise-taxes.ts'

type Parts = Readonly<Record<'netMinor' | 'exciseMinor' | 'vatBaseMinor' | 'vatMinor' | 'totalMinor', string>>
type Rates = { readonly exciseBp: number; readonly vatBp: number }

const folder = new URL('../../test/fixtures/kenya-tax/', import.meta.url)
const read = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'))
const cases: {
  exclusive: { input: Rates & { netMinor: string }; output: Parts }[]
  inclusive: { input: Rates & { grossMinor: string }; output: Parts }[]
  mixedInvoice: { lines: { desc: string; netMinor: string; excisable: boolean | string }[] }
} = read('computation-cases')
const history: Record<'excise' | 'vat', { from: string; bp: number }[]> = read('rate-history')
const withholding: Record<'invoice', Record<'taxableMinor' | 'vatMinor' | 'totalMinor', string>> &
  Record<'withheldMinor' | 'receivedMinor', string> = read('withholding-vat')

const kes = (minor: string) => money(BigInt(minor), 'KES')
const internet = { taxClass: 'internet', taxPoint: civilDate('2026-06-01') } as const

/** In the words of the files. */
function partsOf(taxed: ReturnType<typeof computeTax>): Parts {
  const of = (code: string) => taxed.taxes.find((tax) => tax.code === code)
  return {
    netMinor: String(taxed.net.amountMinor),
    exciseMinor: String(of('excise')?.amountMinor),
    vatBaseMinor: String(of('vat')?.baseMinor),
    vatMinor: String(of('vat')?.amountMinor),
    totalMinor: String(taxed.total.amountMinor),
  }
}

describe('the recorded cases of Kenya', () => {
  it('are all here', () => {
    expect(readdirSync(folder).sort()).toEqual(['computation-cases.json', 'rate-history.json', 'withholding-vat.json'])
    expect([cases.exclusive.length, cases.inclusive.length]).toEqual([8, 8])
  })

  it.each(cases.exclusive)('on top of a price: $input', ({ input, output }) => {
    const pack = exciseAndVat(input.exciseBp, input.vatBp)
    expect(partsOf(computeTax({ ...internet, amount: kes(input.netMinor), pricing: 'exclusive' }, pack))).toEqual(output)
  })

  it.each(cases.inclusive)('out of a price: $input', ({ input, output }) => {
    const pack = exciseAndVat(input.exciseBp, input.vatBp)
    expect(partsOf(computeTax({ ...internet, amount: kes(input.grossMinor), pricing: 'inclusive' }, pack))).toEqual(output)
  })

  it('an invoice of several classes bears excise line by line', () => {
    const classes = ['internet', 'equipment', 'installation'] as const
    const charges = cases.mixedInvoice.lines.map(({ desc, netMinor }, index) =>
      chargeOf({ description: written(desc), amount: kes(netMinor), pricing: 'exclusive', taxClass: classes[index] ?? 'exempt' }),
    )
    const draft = draftInvoice({ subscriberId: idOf('subscriber', 1), charges, today: civilDate('2026-06-01'), taxPack: kenya })
    expect(draft.lines.map(({ taxes }) => taxes.some(({ code }) => code === 'excise'))).toEqual([true, false, false])
    expect(draft.lines.map(({ total }) => total.amountMinor)).toEqual([400_200n, 522_000n, 116_000n])
    expect(summariseTaxes(draft.lines)).toEqual([
      { code: 'excise', title: 'excise', rateBp: 1500, baseMinor: 300_000n, amountMinor: 45_000n },
      { code: 'vat', title: 'VAT', rateBp: 1600, baseMinor: 895_000n, amountMinor: 143_200n },
    ])
    expect(draft.total).toEqual(money(1_038_200n, 'KES'))
  })

  describe.each(['excise', 'vat'] as const)('%s', (code) => {
    const rateOn = (day: string) => rulesInForce(kenya, 'internet', civilDate(day)).find((rule) => rule.code === code)?.rateBp
    it.each(history[code].map((row, index) => ({ ...row, before: history[code][index - 1]?.bp })))(
      'is $bp from $from, and $before the day before',
      ({ from, bp, before }) => {
        expect(rateOn(from)).toBe(bp)
        expect(rateOn(addDays(civilDate(from), -1))).toBe(before)
      },
    )
    it('has no rate that the history does not know', () => {
      const known = kenya.rules.filter((rule) => rule.code === code).map(({ from, rateBp }) => ({ from, bp: rateBp }))
      expect(known).toEqual(history[code].map(({ from, bp }) => ({ from, bp })))
    })
  })

  it('a buyer who withholds settles the claim with less money', () => {
    const { invoice, withheldMinor, receivedMinor } = withholding
    const rule = withholdingInForce(kenya, civilDate('2026-06-01'))
    expect(rule).toMatchObject({ on: 'vat', rateBp: 200 })
    const claim = computeTax({ ...internet, amount: kes('300000'), pricing: 'exclusive' }, kenya)
    expect(partsOf(claim)).toMatchObject({ vatBaseMinor: invoice.taxableMinor, vatMinor: invoice.vatMinor, totalMinor: invoice.totalMinor })
    expect(rule && splitWithholding(claim, rule)).toEqual({ withheld: kes(withheldMinor), received: kes(receivedMinor) })
  })
})
