import { readFile } from 'node:fs/promises'
import type { CivilDate } from '@nyuzi/sdk'
import { ProviderMisconfigured } from '@nyuzi/sdk'
import nock from 'nock'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openEtims, sale, settings } from './open-etims.ts'

beforeAll(() => nock.disableNetConnect())
afterEach(() => nock.cleanAll())
afterAll(() => nock.enableNetConnect())

type Fixture = {
  readonly request: { readonly path: string; readonly body: object }
  readonly response: { readonly status: number; readonly body: object }
}
const fixture = async (name: string): Promise<Fixture> =>
  JSON.parse(await readFile(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8'))
const parsed = (request: string): object => JSON.parse(request)

/** The authority takes exactly the body of the fixture, signed in by headers, and answers as it says. */
async function answering(name: string) {
  const { request, response } = await fixture(name)
  const keys = { reqheaders: { tin: settings.pin, bhfId: '00', cmcKey: settings.cmcKey } }
  return nock('https://etims-api.kra.go.ke', keys)
    .post(request.path, request.body as never)
    .reply(response.status, response.body)
}

const opened = () => openEtims({ credentials: 'headers' }).fiscal
const credit = () =>
  ({
    ...sale({ number: 'CN-2026-000012', issuedOn: '2026-09-05' as CivilDate, issuedAt: new Date('2026-09-05T08:00:00Z') }),
    kind: 'credit',
    original: 187n,
  }) as const

describe('the recorded exchanges', () => {
  it('of a sale: body, number, QR code and printed signature', async () => {
    const exchange = await answering('save-sale')
    const fiscal = opened()
    const signed = await fiscal.sign(fiscal.prepare(sale(), 187n))
    expect(exchange.isDone()).toBe(true)
    expect(signed).toMatchObject({
      outcome: 'signed',
      proof: {
        number: 'KRACU0400000001/187',
        device: 'KRACU0400000001',
        url: 'https://etims.kra.go.ke/common/link/etims/receipt/indexEtimsReceiptData?Data=P052345678A00K3NTESTSIGN00001',
        signedAt: new Date('2026-09-01T07:15:03Z'),
      },
    })
    const details = signed.outcome === 'signed' ? signed.proof.details : []
    expect(details).toEqual([
      { label: 'Receipt counter', value: '187/187 NS' },
      { label: 'Internal data', value: 'K3NT-ESTI-NTRL-DATA-0000-0000-01' },
      { label: 'Receipt signature', value: 'K3NT-ESTS-IGN0-0001' },
      { label: 'Date and time', value: '2026-09-01 10:15:03' },
      { label: 'Band A 0%', value: '0.00, tax 0.00' },
      { label: 'Band B 16%', value: '3450.00, tax 552.00' },
      { label: 'Band C 0%', value: '0.00, tax 0.00' },
      { label: 'Band D 0%', value: '0.00, tax 0.00' },
      { label: 'Band E 8%', value: '0.00, tax 0.00' },
    ])
  })

  it('of a sale to a buyer without a PIN, whose counters come as text', async () => {
    const { request } = await fixture('save-sale-no-buyer-pin')
    const fiscal = opened()
    const prepared = fiscal.prepare(
      sale({ number: 'INV-2026-000188', buyer: { name: 'WANJIRU KAMAU', phone: '+254712000111' as never } }),
      188n,
    )
    expect(parsed(prepared)).toEqual(request.body)
    await answering('save-sale-no-buyer-pin')
    expect(await fiscal.sign(prepared)).toMatchObject({ proof: { number: 'KRACU0400000001/188' } })
  })

  it('of a credit note, which names the number of the original and has amounts above nothing', async () => {
    const { request } = await fixture('save-credit-note')
    const fiscal = opened()
    expect(parsed(fiscal.prepare(credit(), 189n))).toEqual(request.body)
    await answering('save-credit-note')
    const signed = await fiscal.sign(fiscal.prepare(credit(), 189n))
    expect(signed).toMatchObject({ outcome: 'signed', proof: { number: 'KRACU0400000001/12' } })
    expect(JSON.stringify(signed)).toContain('12/189 NC')
  })

  it('of a number that is known: taken by an earlier try', async () => {
    await answering('error-duplicate-994')
    const fiscal = opened()
    expect(await fiscal.sign(fiscal.prepare(sale(), 187n))).toMatchObject({ outcome: 'taken_earlier' })
  })

  it('of a counter that drifted: the text names the number expected', async () => {
    await answering('error-sequence')
    const fiscal = opened()
    expect(await fiscal.sign(fiscal.prepare(sale(), 190n))).toMatchObject({ outcome: 'renumber', expected: 189n })
  })

  it('of a gateway that wraps a failure into HTTP 200: not a success, and a person must act', async () => {
    const { response } = await fixture('integrator-wrapped-failure')
    nock('https://etims-api.kra.go.ke').post('/etims-api/saveTrnsSalesOsdc').reply(200, response.body)
    const fiscal = opened()
    await expect(fiscal.sign(fiscal.prepare(sale(), 187n))).rejects.toMatchObject({
      code: 'provider_misconfigured',
      message: expect.stringContaining('cmcKey is not valid'),
    })
  })

  it('of starting a device: once, and its keys are used from then on', async () => {
    const { request, response } = await fixture('select-init')
    const start = nock('https://etims-api.kra.go.ke')
      .post(request.path, request.body as never)
      .reply(200, response.body)
    const keyed = nock('https://etims-api.kra.go.ke', { reqheaders: { cmcKey: 'TESTCMCKEY000000000000000000000000000000' } })
      .post('/etims-api/saveTrnsSalesOsdc')
      .times(2)
      .reply(200, (await fixture('save-sale')).response.body)
    const { fiscal } = openEtims({ cmcKey: undefined, sdcId: undefined })
    for (const number of [1n, 2n])
      expect(await fiscal.sign(fiscal.prepare(sale(), number))).toMatchObject({ outcome: 'signed', proof: { device: 'KRACU0400000001' } })
    expect([start.isDone(), keyed.isDone()]).toEqual([true, true])
  })

  it('of a device that was started before: a person must act', async () => {
    const { request, response } = await fixture('select-init-already')
    nock('https://etims-api.kra.go.ke').post(request.path).reply(200, response.body)
    const { fiscal } = openEtims({ cmcKey: undefined, sdcId: undefined })
    await expect(fiscal.sign(fiscal.prepare(sale(), 1n))).rejects.toBeInstanceOf(ProviderMisconfigured)
  })
})
