import { type FiscalProof, z } from '@nyuzi/sdk'
import type { EtimsConfig } from './config.ts'
import type { DeviceKeys } from './device.ts'
import { fromStamp } from './nairobi.ts'

const counter = z.union([z.int(), z.string().regex(/^\d+$/)]).transform(String)
const receipt = z.object({
  curRcptNo: counter,
  totRcptNo: counter,
  intrlData: z.string(),
  rcptSign: z.string().min(1),
  sdcDateTime: z.string(),
})

/** As much of a request as its receipt repeats. */
const declared = z.looseObject({ rcptTyCd: z.enum(['S', 'R']) })

/** What the authority gave back for a document; undefined when it is not a whole receipt. */
export function toProof(config: EtimsConfig, device: DeviceKeys, request: string, data: unknown): FiscalProof | undefined {
  const read = receipt.safeParse(data)
  const signedAt = read.success ? fromStamp(read.data.sdcDateTime) : undefined
  if (!read.success || signedAt === undefined) return undefined
  const { curRcptNo, totRcptNo, intrlData, rcptSign, sdcDateTime } = read.data
  const sent = declared.parse(JSON.parse(request))
  const [date, time] = [sdcDateTime.slice(0, 8), sdcDateTime.slice(8)]
  const details = [
    { label: 'Receipt counter', value: `${curRcptNo}/${totRcptNo} ${sent.rcptTyCd === 'R' ? 'NC' : 'NS'}` },
    { label: 'Internal data', value: inFours(intrlData) },
    { label: 'Receipt signature', value: inFours(rcptSign) },
    {
      label: 'Date and time',
      value: `${date.replace(/(\d{4})(\d\d)(\d\d)/, '$1-$2-$3')} ${time.replace(/(\d\d)(\d\d)(\d\d)/, '$1:$2:$3')}`,
    },
    ...(device.mrcNo === undefined ? [] : [{ label: 'Machine number', value: device.mrcNo }]),
    ...['A', 'B', 'C', 'D', 'E'].map((band) => ({
      label: `Band ${band} ${sent[`taxRt${band}`]}%`,
      value: `${shillings(sent[`taxblAmt${band}`])}, tax ${shillings(sent[`taxAmt${band}`])}`,
    })),
  ]
  return {
    number: `${device.sdcId}/${curRcptNo}`,
    device: device.sdcId,
    url: `${config.verifyUrl.replace(/\/+$/, '')}/common/link/etims/receipt/indexEtimsReceiptData?Data=${config.pin}${config.branch}${rcptSign}`,
    signedAt,
    details,
  }
}

/** `K3NT-ESTS-IGN0-0001` */
const inFours = (text: string): string => text.match(/.{1,4}/g)?.join('-') ?? ''

const shillings = (amount: unknown): string => Number(amount).toFixed(2)
