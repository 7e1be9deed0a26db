import { ProviderError, ProviderMisconfigured, ProviderRefused, ProviderUnavailable } from '@nyuzi/sdk'
import { CertificateRefused, LoginRefused, RouterTrap } from './client/errors.ts'

/** A failure before anything was written, in the SDK's words. `policy` is what the failed command needs of the API user. */
export function toProviderError(error: unknown, policy: 'read' | 'write'): ProviderError {
  if (error instanceof ProviderError) return error
  const words = error instanceof Error ? error.message : String(error)
  if (error instanceof LoginRefused) return new ProviderMisconfigured(`the router refused the login: ${words}`, { cause: error })
  if (error instanceof CertificateRefused) return new ProviderMisconfigured(words, { cause: error })
  if (!(error instanceof RouterTrap)) return new ProviderUnavailable(words, { cause: error })
  if (error.kind === 'permission')
    return new ProviderMisconfigured(`the API user's group lacks the policy '${policy}'`, { cause: error, providerCode: 'permission' })
  if (error.kind === 'no_such_command')
    return new ProviderMisconfigured(`the router lacks a package: ${words}`, { cause: error, providerCode: error.kind })
  if (error.kind === 'busy' || error.kind === 'interrupted') return new ProviderUnavailable(words, { cause: error })
  return new ProviderRefused(words, { cause: error, providerCode: error.kind })
}
