import { ProviderMisconfigured } from '@nyuzi/sdk'

// Daraja refuses addresses with these words in any case, anywhere (its FAQ; the sandbox does not always enforce it).
const bannedWords = /m-?pesa|safaricom|exe|cmd|sql|query/i

/** Says which rule a callback address breaks; undefined when Daraja will take it. */
export function callbackUrlFault(url: string, mustBeHttps: boolean): string | undefined {
  if (!/^https?:\/\/[^/]/.test(url)) return 'must be a full http(s) address'
  if (mustBeHttps && !url.startsWith('https://')) return 'must be https in production'
  const banned = bannedWords.exec(url)
  return banned ? `must not contain “${banned[0]}”, which Daraja refuses anywhere in an address` : undefined
}

export function checkCallbackUrl(url: string, mustBeHttps: boolean): void {
  const fault = callbackUrlFault(url, mustBeHttps)
  if (fault) throw new ProviderMisconfigured(`the callback address ${fault}; change the public address of this server`)
}
