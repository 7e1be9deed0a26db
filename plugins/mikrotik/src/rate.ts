/** Bits per second of a subscriber's line. Routers name them the other way round: their rx is our upload. */
export type Rate = { readonly uploadBps: bigint; readonly downloadBps: bigint }

const units: Readonly<Record<string, bigint>> = { '': 1n, k: 1_000n, m: 1_000_000n, g: 1_000_000_000n }
const numberForm = /^(\d{1,15})(?:\.(\d{1,9}))?([kMGmg]?)$/

/** `5M/20M` for 5 up and 20 down. Whole units only, so that reading it back gives the same bits. */
export const toRateText = (rate: Rate): string => `${toNumberText(rate.uploadBps)}/${toNumberText(rate.downloadBps)}`

/** The first field of a rate string: `5M/20M 0/0 …`; `5M` alone is both ways. Undefined when it is not one. */
export function fromRateText(text: string): Rate | undefined {
  const [upload, download, ...rest] = (text.trim().split(/\s+/)[0] ?? '').split('/')
  const uploadBps = fromNumberText(upload ?? '')
  const downloadBps = download === undefined ? uploadBps : fromNumberText(download)
  if (uploadBps === undefined || downloadBps === undefined || rest.length > 0) return undefined
  return { uploadBps, downloadBps }
}

/**
 * Whether a router's text is this rate and nothing more. RouterOS prints `10M` for `10000000` in some menus, so numbers
 * are compared; a burst or a priority that someone added makes it another rate.
 */
export function isSameRate(text: string | undefined, rate: Rate): boolean {
  const fields = (text ?? '').trim().split(/\s+/)
  const found = fromRateText(fields[0] ?? '')
  return fields.length === 1 && found?.uploadBps === rate.uploadBps && found.downloadBps === rate.downloadBps
}

function toNumberText(bps: bigint): string {
  for (const [unit, factor] of [
    ['G', units['g']],
    ['M', units['m']],
    ['k', units['k']],
  ] as const)
    if (bps > 0n && bps % (factor as bigint) === 0n) return `${bps / (factor as bigint)}${unit}`
  return `${bps}`
}

function fromNumberText(text: string): bigint | undefined {
  const parts = numberForm.exec(text)
  if (!parts) return undefined
  const factor = units[(parts[3] ?? '').toLowerCase()] as bigint
  const decimals = parts[2] ?? ''
  const scaled = BigInt(`${parts[1]}${decimals}`) * factor
  const scale = 10n ** BigInt(decimals.length)
  // A part of a bit cannot have been meant: better not understood than rounded.
  return scaled % scale === 0n ? scaled / scale : undefined
}
