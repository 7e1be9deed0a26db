export type { CallKind, Faults } from './faults.ts'
export type { RefusalName } from './refusals.ts'
export { type DarajaSimulator, startDarajaSimulator } from './simulator.ts'
export type {
  BookEntry,
  DarajaSimulatorOptions,
  Delivery,
  PayRequest,
  PayResult,
  PromptOutcome,
  SimulatedPrompt,
  SimulatedShortcode,
} from './types.ts'
