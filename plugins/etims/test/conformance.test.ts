import type { CivilDate, FiscalDocument } from '@nyuzi/sdk'
import { describeFiscalDevice } from '@nyuzi/sdk/testing'
import { afterAll } from 'vitest'
import { etims } from '../src/index.ts'
import { type EtimsSimulator, startEtimsSimulator } from '../src/simulator/index.ts'
import { sale } from './open-etims.ts'

let authority: EtimsSimulator | undefined
afterAll(() => authority?.close())

const running = (): EtimsSimulator => {
  if (!authority) throw new Error('the suite resets before it asks for settings')
  return authority
}

const credit = { ...sale(), kind: 'credit', number: 'CN-1', issuedOn: '2026-09-05' as CivilDate, original: 1n } as FiscalDocument

describeFiscalDevice({
  plugin: etims,
  settings: () => ({ ...running().settings, cmcKey: running().cmcKey, sdcId: 'KRACU0400000001' }),
  sale: sale(),
  credit,
  async reset() {
    await authority?.close()
    authority = await startEtimsSimulator()
  },
  provider: {
    answers: () => {},
    answersLate: () => running().next('late-answer'),
    answersTooManyRequests: () => running().next('rate-limit'),
    refusesDocument: () => running().next({ resultCd: '910', resultMsg: 'Request parameter error' }),
    refusesDevice: () => running().next({ resultCd: '901', resultMsg: 'It is not valid device' }),
    knowsDocument: () => running().next({ resultCd: '994', resultMsg: 'There is already data' }),
    expectsNumber: (expected) => running().drift(Number(expected) - 1),
  },
})
