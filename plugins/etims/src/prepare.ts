import { type FiscalDocument, type FiscalLine, money, ProviderMisconfigured, ProviderRefused, toDecimal } from '@nyuzi/sdk'
import { amountMinorMax, documentAmounts, lineAmounts } from './amounts.ts'
import type { EtimsConfig } from './config.ts'
import { toStamp } from './nairobi.ts'

/** The body of `saveTrnsSalesOsdc`, without what signs us in: that is added as it goes out, and never kept. */
export function prepare(config: EtimsConfig, document: FiscalDocument, number: bigint): string {
  check(document)
  const { kind, buyer, seller, lines, bands, issuedOn, issuedAt } = document
  const stamp = toStamp(issuedAt)
  const isCredit = kind === 'credit'
  const custTin = buyer.taxPin ?? null
  return JSON.stringify({
    trdInvcNo: document.number,
    invcNo: Number(number),
    orgInvcNo: isCredit ? Number(document.original) : 0,
    custTin,
    custNm: shortened(buyer.name, 60),
    salesTyCd: 'N',
    rcptTyCd: isCredit ? 'R' : 'S',
    pmtTyCd: config.paymentType,
    salesSttsCd: isCredit ? '05' : '02',
    cfmDt: stamp,
    salesDt: issuedOn.replaceAll('-', ''),
    stockRlsDt: null,
    cnclReqDt: null,
    cnclDt: null,
    rfdDt: isCredit ? stamp : null,
    rfdRsnCd: isCredit ? '06' : null,
    totItemCnt: lines.length,
    ...documentAmounts(bands),
    prchrAcptcYn: 'N',
    remark: shortened(remarkOf(lines), 400),
    regrId: 'billing',
    regrNm: 'Billing',
    modrId: 'billing',
    modrNm: 'Billing',
    receipt: {
      custTin,
      custMblNo: buyer.phone?.replace(/^\+254/, '0').slice(0, 20) ?? null,
      rcptPbctDt: stamp,
      trdeNm: config.tradeName ?? shortened(seller.name, 20),
      adrs: shortened(seller.addressLines.join(', '), 200),
      topMsg: config.topMessage,
      btmMsg: config.bottomMessage,
      prchrAcptcYn: 'N',
    },
    itemList: lines.map((line, index) => itemOf(config, line, index + 1)),
  })
}

/** What the authority would find out late, or never: nothing of this is sent. */
function check({ number, buyer, lines, bands, total }: FiscalDocument): void {
  const refuse = (field: string, rule: string): never => {
    throw new ProviderRefused(`etims: ${field} ${rule}`)
  }
  if (number.length > 50) refuse('the number of the document', 'has more than 50 characters')
  if (buyer.taxPin !== undefined && !/^[AP]\d{9}[A-Z]$/.test(buyer.taxPin))
    refuse('the PIN of the buyer', 'is not a letter, nine digits and a letter: mend it, void the document and issue it anew')
  if (buyer.name.trim() === '') refuse('the name of the buyer', 'is empty')
  if (lines.length === 0) refuse('the document', 'has no lines')
  if (bands.map(({ code }) => code).join('') !== 'ABCDE') refuse('the bands', 'are not A to E: check the country of the organisation')
  const sums = bands.reduce((sum, { taxableMinor, taxMinor }) => sum + taxableMinor + taxMinor, 0n)
  const ofLines = lines.reduce((sum, line) => sum + line.total.amountMinor, 0n)
  const addsUp = lines.every((line) => line.taxable.amountMinor + line.tax.amountMinor === line.total.amountMinor)
  if (total.currency !== 'KES') refuse('the currency', 'is not KES')
  if (!addsUp || sums !== total.amountMinor || ofLines !== total.amountMinor) refuse('the total', 'is not the sum of lines and bands')
  if (total.amountMinor <= 0n || total.amountMinor > amountMinorMax) refuse('the total', 'is nothing, or has more than fifteen digits')
}

function itemOf({ items }: EtimsConfig, line: FiscalLine, itemSeq: number) {
  const item = items[line.taxClass]
  if (item === undefined)
    throw new ProviderMisconfigured(
      `etims: items.${line.taxClass} is not set: register the item in the portal and enter its code and class`,
    )
  return {
    itemSeq,
    itemCd: item.code,
    itemClsCd: item.class,
    itemNm: shortened(line.description, 200),
    bcd: null,
    pkgUnitCd: 'NT',
    pkg: 1,
    qtyUnitCd: 'U',
    qty: 1,
    dcRt: 0,
    dcAmt: 0,
    isrccCd: null,
    isrccNm: null,
    isrcRt: null,
    isrcAmt: null,
    taxTyCd: line.band,
    ...lineAmounts(line),
  }
}

/** There is no band for excise, so a remark tells what of the base it is. */
function remarkOf(lines: readonly FiscalLine[]): string {
  const sums = new Map<string, { name: string; minor: bigint }>()
  for (const { otherTaxes } of lines) {
    for (const { code, title, rateBp, amountMinor } of otherTaxes) {
      const name = `${code === 'excise' ? 'Excise duty' : title} ${rateBp / 100}%`
      sums.set(name, { name, minor: (sums.get(name)?.minor ?? 0n) + amountMinor })
    }
  }
  return [...sums.values()].map(({ name, minor }) => `${name} KES ${toDecimal(money(minor, 'KES'))} is inside the taxable value`).join('; ')
}

const shortened = (text: string, lengthMax: number): string => [...text].slice(0, lengthMax).join('')
