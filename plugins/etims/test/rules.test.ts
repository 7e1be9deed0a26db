import { money, ProviderMisconfigured, ProviderRefused, ProviderUnavailable, secretFields } from '@nyuzi/sdk'
import fc from 'fast-check'
import nock from 'nock'
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from 'vitest'
import { documentAmounts } from '../src/amounts.ts'
import { etims } from '../src/index.ts'
import { fromStamp, toStamp } from '../src/nairobi.ts'
import { openEtims, sale, settings } from './open-etims.ts'

beforeAll(() => nock.disableNetConnect())
afterEach(() => nock.cleanAll())
afterAll(() => nock.enableNetConnect())

const authority = () => nock('https://etims-api.kra.go.ke').post('/etims-api/saveTrnsSalesOsdc')

describe('settings', () => {
  it('of key and device belong together', () => {
    expect(() => openEtims({ sdcId: undefined })).toThrow(ProviderMisconfigured)
    expect(() => openEtims({ cmcKey: undefined })).toThrow('cmcKey and sdcId belong together')
  })

  it('keep the key secret and describe every field', () => {
    expect(secretFields(etims.config)).toEqual(['cmcKey'])
    for (const [name, field] of Object.entries(etims.config.shape)) expect(field.description, name).toBeTruthy()
  })

  it('name the counter: two installations of one branch share it, the sandbox does not', () => {
    const counters = [
      {},
      { baseUrl: 'https://etims-api.kra.go.ke/etims-api/' },
      { branch: '01' },
      { baseUrl: 'https://sandbox.example' },
    ].map((over) => openEtims(over).fiscal.counter)
    expect(new Set(counters).size).toBe(3)
    expect(counters[0]).toBe(counters[1])
  })

  it.each(['headers', 'body', 'both'] as const)('send what signs us in by %s', async (credentials) => {
    const inHeaders = credentials === 'body' ? { badheaders: ['cmckey'] } : { reqheaders: { cmckey: settings.cmcKey } }
    const asked = nock('https://etims-api.kra.go.ke', inHeaders)
      .post('/etims-api/saveTrnsSalesOsdc', (body: object) => 'cmcKey' in body === (credentials !== 'headers'))
      .reply(200, { resultCd: '994', resultMsg: '' })
    const { fiscal } = openEtims({ credentials })
    await fiscal.sign(fiscal.prepare(sale(), 1n))
    expect(asked.isDone()).toBe(true)
  })
})

describe('before anything is sent', () => {
  const { fiscal } = openEtims()
  const [line] = sale().lines

  it.each([
    ['a PIN of the buyer that is none', { buyer: { name: 'A', taxPin: 'P05' } }, 'PIN of the buyer'],
    ['a buyer without a name', { buyer: { name: ' ' } }, 'name of the buyer'],
    ['a number that is too long', { number: 'N'.repeat(51) }, 'number of the document'],
    ['lines that are not the total', { total: money(400_201n, 'KES') }, 'not the sum'],
    ['a document of nothing', { lines: [], total: money(0n, 'KES') }, 'no lines'],
    ['another currency', { total: money(400_200n, 'USD') }, 'currency'],
    ['bands of another country', { bands: sale().bands.slice(1) }, 'bands'],
  ])('%s is refused with its field', (_title, over, said) => {
    expect(() => fiscal.prepare(sale(over), 1n)).toThrow(ProviderRefused)
    expect(() => fiscal.prepare(sale(over), 1n)).toThrow(said)
  })

  it('an item that is not set stops the device and names the setting', () => {
    const lines = [{ ...line, taxClass: 'equipment' as const }] as never
    expect(() => fiscal.prepare(sale({ lines }), 1n)).toThrow(ProviderMisconfigured)
    expect(() => fiscal.prepare(sale({ lines }), 1n)).toThrow('items.equipment')
  })

  it('texts are cut to what the authority takes, and remarks to 400', () => {
    const long = 'é'.repeat(500)
    const lines = [{ ...line, description: long }] as never
    const body = JSON.parse(fiscal.prepare(sale({ lines, seller: { name: long, addressLines: [long] }, buyer: { name: long } }), 1n))
    expect([body.custNm, body.receipt.trdeNm, body.receipt.adrs, body.itemList[0].itemNm].map(({ length }) => length)).toEqual([
      60, 20, 200, 200,
    ])
  })

  it('a document dated ahead waits, and nothing is sent', async () => {
    const ahead = sale({ issuedAt: new Date('2026-11-14T07:30:16Z') })
    await expect(fiscal.sign(fiscal.prepare(ahead, 1n))).rejects.toBeInstanceOf(ProviderUnavailable)
  })
})

it.each([
  [200, { resultCd: '910', resultMsg: 'Request parameter error' }, 'provider_refused'],
  [200, { resultCd: '901', resultMsg: 'It is not valid device' }, 'provider_misconfigured'],
  [200, { resultCd: 900, resultMsg: 'Header data is not found' }, 'provider_misconfigured'],
  [200, { resultCd: '921', resultMsg: 'declared already' }, 'provider_misconfigured'],
  [200, { resultCd: '893', resultMsg: 'body' }, 'provider_misconfigured'],
  [200, { resultCd: '999', resultMsg: 'unknown' }, 'provider_unclear'],
  [200, { resultCd: '001', resultMsg: 'There is no search result' }, 'provider_unclear'],
  [200, { resultCd: '777', resultMsg: 'of next year' }, 'provider_unclear'],
  [200, { resultCd: '000', resultMsg: '', data: { curRcptNo: 1 } }, 'provider_unclear'],
  [200, { responseHeader: { responseCode: '200' }, responseBody: { resultCd: '910', resultMsg: 'inner' } }, 'provider_refused'],
  [200, '<html>', 'provider_unclear'],
  [502, 'Bad Gateway', 'provider_unclear'],
  [404, 'Not Found', 'provider_misconfigured'],
  [429, 'slow', 'provider_rate_limited'],
])('HTTP %i with %j is %s', async (status, body, code) => {
  authority().reply(status, body)
  const { fiscal } = openEtims()
  await expect(fiscal.sign(fiscal.prepare(sale(), 1n))).rejects.toMatchObject({ code })
})

test('amounts are written to the cent, whatever they are', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 14n), fc.bigInt(0n, 10n ** 14n), (taxableMinor, taxMinor) => {
      const written = JSON.stringify(documentAmounts([{ code: 'B', rateBp: 1600, taxableMinor, taxMinor }]))
      const minorOf = (name: string) => {
        const [, whole = '', cents = ''] = new RegExp(`"${name}":(\\d+)(?:\\.(\\d{1,2}))?[,}]`).exec(written) ?? []
        return BigInt(whole + cents.padEnd(2, '0'))
      }
      return minorOf('taxblAmtB') === taxableMinor && minorOf('taxAmtB') === taxMinor && minorOf('totAmt') === taxableMinor + taxMinor
    }),
  )
})

test('stamps are of Nairobi, whose day begins at nine in the evening', () => {
  expect(toStamp(new Date('2026-08-31T21:00:00Z'))).toBe('20260901000000')
  expect(fromStamp('20260901000000')).toEqual(new Date('2026-08-31T21:00:00Z'))
  expect(fromStamp('2026-09-01')).toBeUndefined()
})
