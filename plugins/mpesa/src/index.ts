export { mpesa } from './plugin.ts'
