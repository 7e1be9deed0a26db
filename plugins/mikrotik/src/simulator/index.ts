export type { WriteRecord } from './commands.ts'
export type { LineState } from './lines.ts'
export { type RouterSimulator, type SecretView, type SessionView, type SimulatorOptions, startRouterSimulator } from './router-simulator.ts'
