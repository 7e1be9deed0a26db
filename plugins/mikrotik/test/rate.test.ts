import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromRateText, isSameRate, toRateText } from '../src/rate.ts'

const bps = fc.bigInt({ min: 0n, max: 999_999_999_999_999n })
const rate = fc.record({ uploadBps: bps, downloadBps: bps })

describe('rate strings', () => {
  it('come back as the same bits', () => {
    fc.assert(fc.property(rate, (wanted) => void expect(fromRateText(toRateText(wanted))).toEqual(wanted)))
  })

  it('name the upload first, because a router counts from its own side', () => {
    expect(toRateText({ uploadBps: 5_000_000n, downloadBps: 20_000_000n })).toBe('5M/20M')
    expect(toRateText({ uploadBps: 512_000n, downloadBps: 1_500_000n })).toBe('512k/1500k')
    expect(toRateText({ uploadBps: 1n, downloadBps: 2_000_000_000n })).toBe('1/2G')
  })

  it.each([
    ['5M', 5_000_000n, 5_000_000n],
    ['5000000/20M', 5_000_000n, 20_000_000n],
    ['1.5M/2.5g', 1_500_000n, 2_500_000_000n],
    ['64k/64k 0/0 0/0 0/0 8', 64_000n, 64_000n],
  ])('are understood: %s', (text, uploadBps, downloadBps) => {
    expect(fromRateText(text)).toEqual({ uploadBps, downloadBps })
  })

  it.each(['', 'fast', '5M/', '/5M', '5M/20M/1M', '-5M', '5MM', '0.0001', '1e6'])('are not understood: %j', (text) => {
    expect(fromRateText(text)).toBeUndefined()
  })

  it('are compared as numbers, however a router prints them', () => {
    fc.assert(fc.property(rate, (wanted) => void expect(isSameRate(`${wanted.uploadBps}/${wanted.downloadBps}`, wanted)).toBe(true)))
    fc.assert(
      fc.property(rate, rate, (one, other) => {
        const same = one.uploadBps === other.uploadBps && one.downloadBps === other.downloadBps
        expect(isSameRate(toRateText(one), other)).toBe(same)
      }),
    )
  })

  it('are another rate when someone added a burst', () => {
    const wanted = { uploadBps: 5_000_000n, downloadBps: 20_000_000n }
    expect(isSameRate('5M/20M 10M/40M', wanted)).toBe(false)
    expect(isSameRate(undefined, wanted)).toBe(false)
  })
})
