import type { OrganisationId } from '@nyuzi/core'
import { type Log, type Wake, type WorkKind, workKinds } from '../flows/ports.ts'
import type { Notifications } from '../store/notifications.ts'

export type Notifier = {
  /** Remembers a wake-up of this process for the others. */
  tell: Wake
  start(wake: Wake): Promise<void>
  stop(): Promise<void>
}

const batchEveryMs = 50

/**
 * Passes wake-ups to the other servers: one notification a batch, after the commits, never inside one. A lost one
 * costs a second at most, because each server also sweeps.
 */
export function createNotifier(notifications: Notifications, holder: string, log: Log): Notifier {
  const waiting = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let unlisten: (() => Promise<void>) | undefined

  function send(): void {
    timer = undefined
    const wakes = [...waiting].join(' ')
    waiting.clear()
    notifications.send(`${holder} ${wakes}`).catch((error: unknown) => log.warn('other servers could not be notified', { error }))
  }

  return {
    tell(kind, organisationId) {
      waiting.add(`${kind}/${organisationId}`)
      timer ??= setTimeout(send, batchEveryMs)
    },
    async start(wake) {
      unlisten = await notifications.listen((text) => {
        const [from, ...wakes] = text.split(' ')
        if (from === holder) return
        for (const [kind, organisationId] of wakes.map((one) => one.split('/'))) {
          if (workKinds.includes(kind as WorkKind) && organisationId) wake(kind as WorkKind, organisationId as OrganisationId)
        }
      })
    },
    async stop() {
      clearTimeout(timer)
      await unlisten?.()
    },
  }
}
