import type { Decision } from './desk.ts'

export type Received = {
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export type Answer = {
  readonly status: number
  readonly contentType: string
  readonly body: string
  /** What was decided of the texts handed in; empty for anything but a send. */
  readonly decisions: readonly Decision[]
}

export const jsonAnswer = (status: number, body: unknown, decisions: readonly Decision[] = []): Answer => ({
  status,
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify(body),
  decisions,
})

export const textAnswer = (status: number, body: string, contentType = 'text/plain'): Answer => ({
  status,
  contentType,
  body,
  decisions: [],
})

/** One gateway's words around the desk. */
export type Dialect = {
  isSend(path: string): boolean
  answer(received: Received): Answer
}
