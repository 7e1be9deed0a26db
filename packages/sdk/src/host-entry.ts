// What a host needs and a plugin does not: exported as `@nyuzi/sdk/host`.
export type { Cursor, Host, HostClock, HostHttp, HostLog, HttpAnswer, HttpOptions, HttpRequest, SharedSecrets } from './host.ts'
export { createHostHttp, type HostHttpOptions, type HttpCall } from './host-http.ts'
