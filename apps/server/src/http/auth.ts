import { createHash, timingSafeEqual } from 'node:crypto'
import { type ApiKeyId, type OrganisationId, showId } from '@nyuzi/core'
import type { KeyRing, Permission } from '../flows/api-keys/ports.ts'
import type { ErrorCode } from '../flows/error-codes.ts'
import { FlowError, Forbidden } from '../flows/errors.ts'

/** Who asks: a key, and through it an organisation. */
export type Principal = {
  readonly organisationId: OrganisationId
  readonly apiKeyId: ApiKeyId
  readonly permissions: readonly Permission[]
  /** As it stands in the audit. */
  readonly actor: string
}

class Unauthenticated extends FlowError {
  constructor() {
    super('unauthenticated' satisfies ErrorCode, 'Send a valid API key: `Authorization: Bearer nyz_…`.')
  }
}

const bearer = /^Bearer ([\x21-\x7e]{8,200})$/

/** Asked of the database at each request, so that a revoked key is dead at the next one. */
export async function authenticate(keyRing: KeyRing, authorization: string | undefined): Promise<Principal> {
  const key = bearer.exec(authorization ?? '')?.[1]
  const found = key === undefined ? undefined : await keyRing.find(sha256(key))
  if (!found) throw new Unauthenticated()
  return { ...found, actor: showId('apiKey', found.apiKeyId) }
}

/** Whoever runs the server opens organisations; the key comes from its configuration and is no organisation's. */
export function authenticateOperator(operatorKey: string | undefined, authorization: string | undefined): void {
  const key = bearer.exec(authorization ?? '')?.[1]
  if (key === undefined) throw new Unauthenticated()
  if (operatorKey === undefined || !sameText(key, operatorKey))
    throw new Forbidden('forbidden', 'Only the operator of this server may do this.')
}

export function demand(principal: Principal, permission: Permission): void {
  if (!principal.permissions.includes(permission))
    throw new Forbidden('forbidden', `This key may not do that: it lacks the permission ${permission}.`)
}

/** In a time that does not tell where they differ, nor how long either is. */
export const sameText = (left: string, right: string): boolean => timingSafeEqual(sha256(left), sha256(right))

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()
