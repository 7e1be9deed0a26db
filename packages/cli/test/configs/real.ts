import { mikrotik } from '@nyuzi/plugin-mikrotik'
import { mpesa } from '@nyuzi/plugin-mpesa'
import { sms } from '@nyuzi/plugin-sms'
import { defineConfig } from '@nyuzi/server'

export default defineConfig({ plugins: [mpesa, mikrotik, sms] })
