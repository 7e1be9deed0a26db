// What a plugin is tested with: exported as `@nyuzi/sdk/testing`.
export { callbackRequest } from './callback-request.ts'
export { type Check, Skipped, type Skips } from './check.ts'
export { createFakeClock, type FakeClock } from './fake-clock.ts'
export { createFakeHost, type FakeHost, type FakeHostOptions } from './fake-host.ts'
export {
  type CallbackSample,
  describePaymentProvider,
  type PaymentCheckId,
  type PaymentSuiteOptions,
  type ProviderBehaviour,
  paymentChecks,
} from './payments-suite.ts'
export { lateAnswerMs, type Settings, type SuiteOptions } from './suite-host.ts'
