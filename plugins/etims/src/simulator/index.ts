export type { DeclaredSale } from './books.ts'
export { type EtimsSimulator, type EtimsSimulatorOptions, type Mishap, startEtimsSimulator } from './simulator.ts'
