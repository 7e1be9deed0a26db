import { PNG } from 'pngjs'
import { describe, expect, it } from 'vitest'
import { logoBytes } from '../test/samples.ts'
import { readLogo, sizeOf } from './logo.ts'

const read = (bytes: Uint8Array) => {
  const logo = readLogo(bytes)
  if (typeof logo === 'string') throw new Error(logo)
  return logo
}

describe('an uploaded logo', () => {
  it('is laid on white, so that nothing transparent is left', () => {
    const logo = read(logoBytes())
    expect({ width: logo.width, height: logo.height }).toEqual({ width: 220, height: 80 })
    const picture = PNG.sync.read(Buffer.from(logo.png))
    expect([...picture.data.subarray(0, 4)]).toEqual([255, 255, 255, 255])
    const middle = (40 * 220 + 40) * 4
    expect([...picture.data.subarray(middle, middle + 4)]).toEqual([26, 107, 84, 255])
    // Colour type 2: three channels, none of them for transparency.
    expect(logo.png[25]).toBe(2)
  })

  it('comes out the same when it goes in again', () => {
    const { png } = read(logoBytes())
    expect(read(png).png).toEqual(png)
  })

  it('is refused when it is no PNG', () => {
    expect(readLogo(new Uint8Array())).toBe('not_png')
    expect(readLogo(new TextEncoder().encode('GIF89a, and more than twenty-four bytes'))).toBe('not_png')
    expect(readLogo(logoBytes().subarray(0, 200))).toBe('not_png')
    const torn = logoBytes()
    torn.fill(7, 60, 90)
    expect(readLogo(torn)).toBe('not_png')
  })

  it('is refused by the size it declares, before it is unpacked', () => {
    const bytes = logoBytes()
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(16, 2_000_000_000)
    expect(readLogo(bytes)).toBe('too_large')
    expect(readLogo(logoBytes(1_001, 10))).toBe('too_large')
  })

  it('has no size when it has none', () => {
    const bytes = logoBytes()
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(16, 0)
    expect(sizeOf(bytes)).toBeUndefined()
  })
})
