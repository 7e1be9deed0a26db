import { type Host, ProviderMisconfigured, ProviderRateLimited, ProviderUnclear } from '@nyuzi/sdk'
import type { EtimsConfig } from '../config.ts'
import { readAnswer, type Said } from './answer.ts'

/** The way to the authority: what is said stays the same on any other. */
export type Transport = {
  startDevice(): Promise<Said>
  saveSale(cmcKey: string, request: string): Promise<Said & { readonly text: string }>
}

/** System to system, over the OSCU interface. */
export function oscu({ config, http }: Pick<Host<EtimsConfig>, 'config' | 'http'>): Transport {
  const { pin: tin, branch: bhfId, deviceSerial: dvcSrlNo, credentials, timeoutMs } = config
  const address = config.baseUrl.replace(/\/+$/, '')

  async function post(path: string, headers: Record<string, string>, body: object): Promise<Said & { readonly text: string }> {
    const { status, text } = await http.send({
      method: 'POST',
      url: `${address}${path}`,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      timeoutMs,
    })
    if (status === 429) throw new ProviderRateLimited('etims: too many requests', { status })
    const said = readAnswer(text)
    if (said) return { ...said, text }
    if (status >= 300 && status < 500) throw new ProviderMisconfigured(`etims: HTTP ${status} without a result; check baseUrl`, { status })
    throw new ProviderUnclear(`etims: no readable result (HTTP ${status})`, { status })
  }

  return {
    startDevice: () => post('/selectInitOsdcInfo', {}, { tin, bhfId, dvcSrlNo }),
    saveSale(cmcKey, request) {
      const known = { tin, bhfId, cmcKey }
      return post('/saveTrnsSalesOsdc', credentials === 'body' ? {} : known, {
        ...(credentials === 'headers' ? {} : known),
        ...JSON.parse(request),
      })
    },
  }
}
