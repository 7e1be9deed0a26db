// The shopping list: which plugins this server may load. Copy it to nyuzi.config.ts beside it; docs/guide/go-live.md goes on
// from there. Nothing secret belongs in here: keys come by the environment (docs/reference/configuration.md), and the settings
// of each paybill, router and gateway are entered through the API and kept sealed in the database.
import { etims } from '@nyuzi/plugin-etims'
import { mikrotik } from '@nyuzi/plugin-mikrotik'
import { mpesa } from '@nyuzi/plugin-mpesa'
import { sms } from '@nyuzi/plugin-sms'
import { defineConfig } from '@nyuzi/server'

export default defineConfig({
  plugins: [mpesa, mikrotik, sms, etims],
})
