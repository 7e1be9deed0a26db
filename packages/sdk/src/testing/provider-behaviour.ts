import type { CallbackRequest } from '@nyuzi/core'

export type CallbackSample = { readonly name: string; readonly request: CallbackRequest }

/** Makes the provider's stand-in (nock, or a simulator) behave in one way for the next call of one verb. */
export type ProviderBehaviour = {
  /** Takes the request and answers plainly; a prompt is accepted. Calls that come before, such as for a token, succeed too. */
  answers(): void | Promise<void>
  /** Takes the request and holds the answer back for `lateAnswerMs`, or for ever. */
  answersLate(): void | Promise<void>
  /** Answers 429, or in the provider's own words that we are too fast. */
  answersTooManyRequests(): void | Promise<void>
}
