export { sms } from './plugin.ts'
export { measureText, plainText } from './segments.ts'
