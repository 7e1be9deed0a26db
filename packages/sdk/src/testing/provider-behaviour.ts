import type { CallbackRequest } from '@nyuzi/core'

export type CallbackSample = { readonly name: string; readonly request: CallbackRequest }

/** Makes the provider's stand-in (nock, or a simulator) behave in one way for the next call of one verb. */
export type ProviderBehaviour = {
  /** Takes the request and answers plainly; a prompt is accepted. Calls that come before, such as for a token, succeed too. */
  answers(): void | Promise<void>
  /** Takes the request and holds the answer back: for {@link lateAnswerMs} in a simulator, for ever with {@link noAnswer} in nock. */
  answersLate(): void | Promise<void>
  /** Answers 429, or in the provider's own words that we are too fast. */
  answersTooManyRequests(): void | Promise<void>
}

/** How long a stand-in holds back an answer that shall come too late. */
export const lateAnswerMs = 2_000

/**
 * A provider that takes the request and never answers, for nock's `reply`. Its `delay` is no use here: once the call
 * is given up, an answer without a length (nock 15, Node 24) breaks an assertion inside `fetch`.
 * @example
 * answersLate: () => void nock(baseUrl).post('/prompts').reply(noAnswer)
 */
export const noAnswer = (): Promise<never> => new Promise(() => {})
