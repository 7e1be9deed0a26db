import type { AccessController, ServiceId, WantedAccess } from '@nyuzi/sdk'
import { createFakeHost } from '@nyuzi/sdk/testing'
import { mikrotik } from '../src/index.ts'
import type { RouterSimulator } from '../src/simulator/index.ts'
import { settingsOf } from './network-of.ts'

export const full = { name: 'home-10', downloadBps: 10_000_000n, uploadBps: 5_000_000n }
export const reduced = { name: 'slow-1', downloadBps: 1_000_000n, uploadBps: 512_000n }

const serviceIdOf = (index: number) => `019a8c00-0000-7000-8000-${String(index).padStart(12, '0')}` as ServiceId

/** The n-th line, active at full speed unless told otherwise. */
export const want = (index: number, overrides: Partial<WantedAccess> = {}): WantedAccess => ({
  serviceId: serviceIdOf(index),
  kind: 'pppoe',
  username: `line-${index}`,
  password: `pw-Quiet.River-${index}`,
  state: 'active',
  profile: full,
  version: 1,
  settled: false,
  ...overrides,
})

export const markOf = (index: number): string => `nyuzi:${serviceIdOf(index)}`

/** The plugin in front of a simulated router, as the host would set it up. */
export function install(router: RouterSimulator, settings: Readonly<Record<string, unknown>> = {}) {
  const fake = createFakeHost({ plugin: mikrotik, settings: settingsOf(router, settings) })
  const access = fake.capabilities.access as AccessController
  return {
    ...fake,
    access,
    async apply(wanted: WantedAccess) {
      const outcomes = await access.applyAccess([wanted])
      if (outcomes.length !== 1 || !outcomes[0]) throw new Error(`${outcomes.length} outcomes for one line`)
      return outcomes[0]
    },
    stop: () => access.stop?.(),
  }
}
