export { Secret, secret, secretFields, z } from './config.ts'
export { type Capabilities, contractNumber, definePlugin, type Manifest, type Plugin } from './define-plugin.ts'
export {
  CallbackRejected,
  ProviderError,
  ProviderMisconfigured,
  ProviderRateLimited,
  ProviderRefused,
  ProviderUnavailable,
  ProviderUnclear,
} from './errors.ts'
export type { Cursor, Host, HostClock, HostHttp, HostLog, HttpAnswer, HttpOptions, HttpRequest, SharedSecrets } from './host.ts'
export * from './vocabulary.ts'
