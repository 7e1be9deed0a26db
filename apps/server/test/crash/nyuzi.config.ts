// What the servers of the crash tests load: the plugins as they are; their settings point at simulators.
import { mikrotik } from '@nyuzi/plugin-mikrotik'
import { mpesa } from '@nyuzi/plugin-mpesa'
import { sms } from '@nyuzi/plugin-sms'
import { defineConfig } from '@nyuzi/server'

export default defineConfig({ plugins: [mpesa, mikrotik, sms] })
