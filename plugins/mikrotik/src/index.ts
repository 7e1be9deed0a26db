export { config, type MikrotikConfig } from './config.ts'
export { mikrotik } from './plugin.ts'
