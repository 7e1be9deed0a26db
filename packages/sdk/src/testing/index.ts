// What a plugin is tested with: exported as `@nyuzi/sdk/testing`.
export { createFakeClock, type FakeClock } from './fake-clock.ts'
export { createFakeHost, type FakeHost, type FakeHostOptions } from './fake-host.ts'
