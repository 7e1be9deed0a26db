import { randomBytes } from 'node:crypto'

export type Tokens = {
  /** A new token makes the earlier one invalid. */
  mint(): { access_token: string; expires_in: string }
  isValid(authorization: string | undefined): boolean
  /** As if another process had minted, or the hour was over. */
  expire(): void
  readonly mintedCount: number
}

export function createTokens(clock: { now(): Date }, lifetimeMs: number): Tokens {
  let current: { token: string; untilMs: number } | undefined
  let mintedCount = 0
  return {
    mint() {
      const token = randomBytes(21).toString('base64url')
      current = { token, untilMs: clock.now().getTime() + lifetimeMs }
      mintedCount += 1
      return { access_token: token, expires_in: String(Math.floor(lifetimeMs / 1000)) }
    },
    isValid: (authorization) =>
      current !== undefined && authorization === `Bearer ${current.token}` && clock.now().getTime() < current.untilMs,
    expire() {
      current = undefined
    },
    get mintedCount() {
      return mintedCount
    },
  }
}
