export type { BookedMessage } from './book.ts'
export type { Fate, Mishap, SmsGatewayBehaviour, SmsGatewaySimulatorOptions, SmsGatewayStyle } from './options.ts'
export { type SmsGatewaySimulator, startSmsGatewaySimulator } from './simulator.ts'
