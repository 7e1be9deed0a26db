import { randomUUID } from 'node:crypto'

// The demo speaks to the server as any program would: over the REST API, with a key.

/** Says what the API said: `detail` is a sentence for people. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly code: string
  constructor(code: string, detail: string) {
    super(detail)
    this.code = code
  }
}

export type Api = {
  readonly key: string
  get<T>(path: string): Promise<T>
  /** A route that moves money gets a fresh Idempotency-Key. */
  post<T>(path: string, body?: object): Promise<T>
  patch<T>(path: string, body: object): Promise<T>
}

export function createApi(apiUrl: string, key: string): Api {
  async function call<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`${apiUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const said = (await answer.json()) as T & { code?: string; detail?: string; errors?: { field: string; fix: string }[] }
    if (answer.ok) return said
    const fields = (said.errors ?? []).map(({ field, fix }) => `${field}: ${fix}`).join(' ')
    throw new ApiProblem(
      said.code ?? String(answer.status),
      [said.detail ?? `${method} ${path} was refused.`, fields].filter(Boolean).join(' '),
    )
  }
  return {
    key,
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    patch: (path, body) => call('PATCH', path, body),
  }
}

export type Sum = { readonly amountMinor: string; readonly currency: string; readonly text: string }
export type WithId = { readonly id: string }
export type SubscriberSaid = WithId & {
  readonly name: string
  readonly accountNumber: string
  readonly phone: string
  readonly owed: Sum
  readonly credit: Sum
}
export type AccessSaid = {
  readonly service: string
  readonly username: string
  readonly status: string
  readonly wanted: { readonly state: string; readonly reason: string }
  readonly observed: { readonly state: string } | null
  readonly drift: { readonly count: number; readonly last: string | null }
}
export type CycleSaid = {
  readonly day: string
  readonly invoicesIssued: number
  readonly remindersOwed: number
  readonly servicesSuspended: number
  readonly servicesMoved: number
}

export const shillings = (whole: number) => ({ amountMinor: String(whole * 100), currency: 'KES' })
