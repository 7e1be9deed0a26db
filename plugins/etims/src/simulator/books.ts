import { z } from '@nyuzi/sdk'
import { toStamp } from '../nairobi.ts'

/** A document that the authority took. */
export type DeclaredSale = {
  readonly invcNo: number
  readonly trdInvcNo: string
  readonly rcptTyCd: 'S' | 'R'
  readonly orgInvcNo: number
  readonly totAmt: number
  /** As it was sent, without what signs in. */
  readonly content: string
  readonly receipt: {
    readonly curRcptNo: number
    readonly totRcptNo: number
    readonly intrlData: string
    readonly rcptSign: string
    readonly sdcDateTime: string
  }
}

export type Answer = { readonly resultCd: string; readonly resultMsg: string; readonly data: unknown }

export type BooksOptions = {
  readonly now: () => Date
  /** What a repeat of a number that was taken is told: that it is known, or its receipt once more. */
  readonly repeats: 'known' | 'receipt'
}

const bands = ['A', 'B', 'C', 'D', 'E'] as const
const amount = z.number().min(0)
const sale = z
  .looseObject({
    trdInvcNo: z.string().min(1).max(50),
    invcNo: z.int().min(1),
    orgInvcNo: z.int().min(0),
    custTin: z.string().length(11).nullable(),
    custNm: z.string().min(1).max(60),
    rcptTyCd: z.enum(['S', 'R']),
    salesDt: z.string().regex(/^\d{8}$/),
    cfmDt: z.string().regex(/^\d{14}$/),
    totItemCnt: z.int().min(1),
    totTaxblAmt: amount,
    totTaxAmt: amount,
    totAmt: amount,
    remark: z.string().max(400),
    receipt: z.looseObject({
      trdeNm: z.string().max(20),
      topMsg: z.string().max(20),
      btmMsg: z.string().max(20),
      adrs: z.string().max(200),
    }),
    itemList: z.array(
      z.looseObject({
        itemCd: z.string().max(20),
        itemClsCd: z.string().max(10),
        itemNm: z.string().max(200),
        taxTyCd: z.enum(bands),
        totAmt: amount,
      }),
    ),
  })
  .refine(
    (one) => bands.every((band) => ['taxblAmt', 'taxRt', 'taxAmt'].every((name) => typeof one[name + band] === 'number')),
    'all bands',
  )
  .refine((one) => cents(one.totTaxblAmt) + cents(one.totTaxAmt) === cents(one.totAmt), 'totals')
  .refine((one) => one.itemList.reduce((sum, { totAmt }) => sum + cents(totAmt), 0) === cents(one.totAmt), 'items')
  .refine((one) => one.itemList.length === one.totItemCnt, 'totItemCnt')

const cents = (figure: number): number => Math.round(figure * 100)

/** What one branch of a taxpayer has declared: its count, its receipts. */
export function openBooks({ now, repeats }: BooksOptions) {
  const taken: DeclaredSale[] = []
  let ahead = 0

  /** The number that the authority expects next. */
  const expected = (): number => taken.reduce((most, { invcNo }) => Math.max(most, invcNo), 0) + 1 + ahead

  function declare(body: Readonly<Record<string, unknown>>): Answer {
    const read = sale.safeParse(body)
    if (!read.success)
      return refuse('910', `Request parameter error: ${read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`)}`)
    const { invcNo, trdInvcNo, rcptTyCd, orgInvcNo, totAmt, salesDt, cfmDt } = read.data
    const content = JSON.stringify(body)
    const known = taken.find((one) => one.invcNo === invcNo)
    if (known?.content === content)
      return repeats === 'known'
        ? refuse('994', 'There is already data')
        : { resultCd: '000', resultMsg: 'It is succeeded', data: known.receipt }
    if (invcNo !== expected()) return refuse('921', `Invc No: ${invcNo} is invalid, use the expected value: ${expected()}`)
    if (cfmDt > toStamp(now()) || salesDt > toStamp(now()).slice(0, 8)) return refuse('910', 'The date is in the future')
    if (rcptTyCd === 'R' && !taken.some((one) => one.invcNo === orgInvcNo && one.rcptTyCd === 'S'))
      return refuse('910', 'orgInvcNo is not known')
    const receipt = {
      curRcptNo: taken.filter((one) => one.rcptTyCd === rcptTyCd).length + 1,
      totRcptNo: taken.length + 1,
      intrlData: `SIMINTERNALDATA${String(invcNo).padStart(11, '0')}`,
      rcptSign: `SIMSIGN${String(invcNo).padStart(9, '0')}`,
      sdcDateTime: toStamp(now()),
    }
    taken.push({ invcNo, trdInvcNo, rcptTyCd, orgInvcNo, totAmt, content, receipt })
    ahead = 0
    return { resultCd: '000', resultMsg: 'It is succeeded', data: receipt }
  }

  return {
    taken: taken as readonly DeclaredSale[],
    expected,
    declare,
    /** Someone else declared documents under our PIN: so many more numbers are gone. */
    drift(numbers: number) {
      ahead += numbers
    },
  }
}

export const refuse = (resultCd: string, resultMsg: string): Answer => ({ resultCd, resultMsg, data: null })
