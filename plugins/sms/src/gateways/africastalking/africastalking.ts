import type { Host } from '@nyuzi/sdk'
import type { Gateway } from '../gateway.ts'
import { type AfricasTalkingAccount, postMessaging } from './client.ts'
import { reports } from './reports.ts'
import { resultFor } from './send.ts'

const production = 'https://api.africastalking.com'
const sandbox = 'https://api.sandbox.africastalking.com'

/** The sandbox is another host that knows one user name only. */
export const baseUrlFor = (username: string): string => (username === 'sandbox' ? sandbox : production)

export function africasTalking({ http }: Pick<Host<unknown>, 'http'>, account: AfricasTalkingAccount): Gateway {
  return {
    reports,
    submit: async ({ to, text }) => resultFor(to, await postMessaging(http, account, to, text)),
  }
}
