import { createHash } from 'node:crypto'
import { PNG } from 'pngjs'

export type Logo = { readonly png: Uint8Array; readonly sha256: string; readonly width: number; readonly height: number }
export type UnreadableLogo = 'not_png' | 'too_large'

/** The longer side, in pixels: 170 points of paper at 400 dots an inch. */
const logoPixelsMax = 1_000

/**
 * Reads an uploaded logo and writes it again, opaque on white: transparency would be unpacked and packed anew with
 * each document, and a file may carry more than its picture. Kept as it comes out here, it prints the same for ever.
 */
export function readLogo(bytes: Uint8Array): Logo | UnreadableLogo {
  const size = sizeOf(bytes)
  if (size === undefined) return 'not_png'
  // Before anything is unpacked: a small file may hold a picture of many gigabytes.
  if (Math.max(size.width, size.height) > logoPixelsMax) return 'too_large'
  try {
    const picture = PNG.sync.read(Buffer.from(bytes))
    const { data } = picture
    for (let at = 0; at < data.length; at += 4) {
      const opacity = (data[at + 3] ?? 255) / 255
      for (let channel = at; channel < at + 3; channel += 1) data[channel] = Math.round(255 + ((data[channel] ?? 0) - 255) * opacity)
      data[at + 3] = 255
    }
    const png = new Uint8Array(PNG.sync.write(picture, { colorType: 2, inputHasAlpha: true }))
    return { png, sha256: createHash('sha256').update(png).digest('hex'), ...size }
  } catch {
    return 'not_png'
  }
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** The size that a PNG declares in its first chunk. */
export function sizeOf(bytes: Uint8Array): { readonly width: number; readonly height: number } | undefined {
  if (bytes.length < 24 || signature.some((byte, index) => bytes[index] !== byte)) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const [width, height] = [view.getUint32(16), view.getUint32(20)]
  return width > 0 && height > 0 ? { width, height } : undefined
}
