import { describeAccessController } from '@nyuzi/sdk/testing'
import { afterAll } from 'vitest'
import { mikrotik } from '../src/index.ts'
import { startRouterSimulator } from '../src/simulator/index.ts'
import { networkOf, settingsOf } from './network-of.ts'

// A box that redials at once would put a walled session where the suite wants to see none.
const router = await startRouterSimulator({ redialMs: Number.POSITIVE_INFINITY })
afterAll(() => router.stop())

describeAccessController({ plugin: mikrotik, settings: () => settingsOf(router), network: networkOf(router) })
