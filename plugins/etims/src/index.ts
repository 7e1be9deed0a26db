export { etims } from './plugin.ts'
