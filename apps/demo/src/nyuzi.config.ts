import { mikrotik } from '@nyuzi/plugin-mikrotik'
import { mpesa } from '@nyuzi/plugin-mpesa'
import { sms } from '@nyuzi/plugin-sms'
import { defineConfig } from '@nyuzi/server'
import { createDemo } from './open-demo.ts'
import { people } from './people.ts'

/** Every plugin, and a made-up ISP whose providers and routers are simulators on this machine. */
export default defineConfig({ plugins: [mpesa, mikrotik, sms], demo: createDemo({ people }) })
