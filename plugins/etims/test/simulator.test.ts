import { ProviderUnclear } from '@nyuzi/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { type EtimsSimulator, type EtimsSimulatorOptions, startEtimsSimulator } from '../src/simulator/index.ts'
import { openEtims, sale } from './open-etims.ts'

describe('the stand-in of the authority', () => {
  let authority: EtimsSimulator
  afterEach(() => authority.close())

  async function opened(options: EtimsSimulatorOptions = {}) {
    authority = await startEtimsSimulator({ now: () => new Date('2026-11-14T07:30:15Z'), ...options })
    return openEtims({ ...authority.settings, cmcKey: undefined, sdcId: undefined }).fiscal
  }

  it('starts a device once and counts its receipts', async () => {
    const fiscal = await opened()
    for (const number of [1n, 2n])
      expect(await fiscal.sign(fiscal.prepare(sale(), number))).toMatchObject({
        outcome: 'signed',
        proof: { number: `KRACU0400000001/${number}` },
      })
    expect(authority.starts).toBe(1)
    expect(authority.declared.map(({ invcNo }) => invcNo)).toEqual([1, 2])
  })

  it('has taken what it lost the answer of, and says so to the repeat', async () => {
    const fiscal = await opened()
    const request = fiscal.prepare(sale(), 1n)
    authority.next('lose-answer')
    await expect(fiscal.sign(request)).rejects.toBeInstanceOf(ProviderUnclear)
    expect(await fiscal.sign(request)).toMatchObject({ outcome: 'taken_earlier' })
    expect(authority.declared).toHaveLength(1)
    expect(new Set(authority.requests).size).toBe(1)
  })

  it('may give the same receipt twice instead', async () => {
    const fiscal = await opened({ repeats: 'receipt' })
    const request = fiscal.prepare(sale(), 1n)
    expect(await fiscal.sign(request)).toEqual(await fiscal.sign(request))
    expect(authority.declared).toHaveLength(1)
  })

  it('expects another number once it drifted, and takes that', async () => {
    const fiscal = await opened()
    authority.drift(3)
    expect(await fiscal.sign(fiscal.prepare(sale(), 1n))).toMatchObject({ outcome: 'renumber', expected: 4n })
    expect(await fiscal.sign(fiscal.prepare(sale(), 4n))).toMatchObject({ outcome: 'signed' })
  })

  it('takes no other document under a number that is gone, and no credit of what it does not know', async () => {
    const fiscal = await opened()
    await fiscal.sign(fiscal.prepare(sale(), 1n))
    expect(await fiscal.sign(fiscal.prepare(sale({ number: 'OTHER' }), 1n))).toMatchObject({ outcome: 'renumber', expected: 2n })
    const credit = { ...sale(), kind: 'credit', original: 77n } as const
    await expect(fiscal.sign(fiscal.prepare(credit, 2n))).rejects.toMatchObject({ code: 'provider_refused' })
  })
})
