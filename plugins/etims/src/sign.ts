import { type FiscalAnswer, type Host, ProviderUnavailable, ProviderUnclear, z } from '@nyuzi/sdk'
import type { Transport } from './client/oscu.ts'
import type { EtimsConfig } from './config.ts'
import type { DeviceKeys } from './device.ts'
import { toStamp } from './nairobi.ts'
import { toProof } from './proof.ts'
import { expectedNumber, meaningOf, toProviderError } from './status.ts'

const dated = z.looseObject({ salesDt: z.string(), cfmDt: z.string() })

export const createSign =
  ({ config, clock, log }: Host<EtimsConfig>, transport: Transport, keys: () => Promise<DeviceKeys>) =>
  async (request: string): Promise<FiscalAnswer> => {
    const now = toStamp(clock.now())
    const { salesDt, cfmDt } = dated.parse(JSON.parse(request))
    // The authority takes no document from the future; it is no fault of the document, so it waits.
    if (salesDt > now.slice(0, 8) || cfmDt > now) throw new ProviderUnavailable('etims: the document is dated ahead of now, so it waits')
    const device = await keys()
    const { text, ...said } = await transport.saveSale(device.cmcKey, request)
    const meaning = meaningOf(said.code)
    if (meaning === 'taken' || meaning === 'taken_earlier') {
      const proof = toProof(config, device, request, said.data)
      if (proof) return { outcome: 'signed', proof, answer: text }
      if (meaning === 'taken_earlier') return { outcome: 'taken_earlier', answer: text }
      throw new ProviderUnclear('etims: the document was taken, but its receipt cannot be read', { providerCode: said.code })
    }
    log.warn('the authority did not take a document', { providerCode: said.code, reason: said.message })
    const expected = expectedNumber(said)
    if (expected !== undefined) return { outcome: 'renumber', expected, reason: said.message }
    throw toProviderError(said)
  }
