import { createHash, randomBytes } from 'node:crypto'
import type { OrganisationId } from '@nyuzi/core'
import type { KeyRing, Permission } from '../../flows/api-keys/ports.ts'

/** Who looks at the cockpit. */
export type Viewer = {
  readonly organisationId: OrganisationId
  readonly permissions: readonly Permission[]
  /** As it stands in the audit. */
  readonly actor: string
}

export type Sessions = {
  /** The id to keep in the cookie; undefined when the key is none, or may not read. */
  open(apiKey: string): Promise<string | undefined>
  find(id: string | undefined): Promise<Viewer | undefined>
  close(id: string | undefined): void
}

const lastsMs = 12 * 60 * 60_000
const sessionsMax = 1_000

type Session = { readonly keySha256: Buffer; readonly endsMs: number }

/**
 * Sessions of this process: an id that says nothing, and behind it the digest of the API key that opened it. The key is
 * asked for anew each time, so revoking it ends its sessions too; a restart ends all of them.
 */
export function createSessions({
  keyRing,
  showActor,
  nowMs = Date.now,
}: {
  keyRing: KeyRing
  showActor: (apiKeyId: string) => string
  nowMs?: () => number
}): Sessions {
  const sessions = new Map<string, Session>()
  const viewerOf = async (keySha256: Buffer): Promise<Viewer | undefined> => {
    const found = await keyRing.find(keySha256)
    if (!found?.permissions.includes('read')) return undefined
    return { organisationId: found.organisationId, permissions: found.permissions, actor: showActor(found.apiKeyId) }
  }
  return {
    async open(apiKey) {
      const keySha256 = createHash('sha256').update(apiKey).digest()
      if (!(await viewerOf(keySha256))) return undefined
      for (const [id, { endsMs }] of sessions) if (endsMs <= nowMs()) sessions.delete(id)
      const [oldest] = sessions.keys()
      if (sessions.size >= sessionsMax && oldest !== undefined) sessions.delete(oldest)
      const id = randomBytes(32).toString('base64url')
      sessions.set(id, { keySha256, endsMs: nowMs() + lastsMs })
      return id
    },
    async find(id) {
      const session = id === undefined ? undefined : sessions.get(id)
      if (!id || !session) return undefined
      const viewer = session.endsMs > nowMs() ? await viewerOf(session.keySha256) : undefined
      if (!viewer) sessions.delete(id)
      return viewer
    },
    close(id) {
      if (id !== undefined) sessions.delete(id)
    },
  }
}
