import type { OrganisationId, SubscriberId } from '@nyuzi/core'
import type { Deps } from '../../flows/ports.ts'
import { overviewRegions, readOverview } from './overview.ts'
import { readSubscriber, subscriberRegions } from './subscriber-page.ts'
import { timesIn } from './words.ts'

/** What a page shows: the first page, or one subscriber. */
export type Topic = { readonly kind: 'overview'; readonly mayResolve: boolean } | { readonly kind: 'subscriber'; readonly id: SubscriberId }

/** A part of the page as it is now, by the id of its element. */
export type Patch = { readonly id: string; readonly html: string }

export type Feed = {
  /** Undefined when too many watch already. The first patches are the whole topic, then only what changed. */
  watch(
    organisationId: OrganisationId,
    topic: Topic,
    receive: (patches: readonly Patch[], isFirst: boolean) => void,
  ): (() => void) | undefined
  close(): void
}

type Receive = (patches: readonly Patch[], isFirst: boolean) => void
type Channel = {
  readonly organisationId: OrganisationId
  readonly topic: Topic
  readonly receivers: Map<Receive, { isNew: boolean }>
  shown: Map<string, string>
}

const watchersMax = 200
/** A row is remembered by what was last sent of it; of more than these the oldest are forgotten and sent once more. */
const shownMax = 2_000

/**
 * One poll for all who watch, and none while nobody does. A slow database is asked less often: at most a quarter of
 * the time goes into reading for pages.
 */
export function createFeed({ store, clock, log }: Pick<Deps, 'store' | 'clock' | 'log'>, everyMs = 500): Feed {
  const channels = new Map<string, Channel>()
  let timer: NodeJS.Timeout | undefined
  let isPolling = false
  let isClosed = false

  async function poll(): Promise<void> {
    isPolling = true
    const startedMs = performance.now()
    await Promise.all(
      [...channels.values()].map((channel) =>
        pollOne(channel).catch((error: unknown) => log.warn('a cockpit feed was not read', { error })),
      ),
    )
    isPolling = false
    plan(Math.max(everyMs, (performance.now() - startedMs) * 3))
  }

  function plan(afterMs: number): void {
    clearTimeout(timer)
    if (channels.size > 0 && !isClosed) timer = setTimeout(poll, afterMs)
  }

  async function pollOne({ organisationId, topic, receivers, ...channel }: Channel): Promise<void> {
    const now = clock.now()
    const regions = await store.inOrganisation(organisationId, async (tx) => {
      if (topic.kind === 'overview') return overviewRegions(await readOverview(tx, now), topic.mayResolve)
      const view = await readSubscriber(tx, topic.id, now)
      return view && subscriberRegions(view, timesIn((await tx.readings.organisation()).timeZone, now))
    })
    if (!regions) return
    const changed: Patch[] = []
    for (const [id, { text }] of regions) {
      if (channel.shown.get(id) === text) continue
      channel.shown.delete(id)
      channel.shown.set(id, text)
      changed.push({ id, html: text })
    }
    for (const id of channel.shown.keys()) {
      if (channel.shown.size <= shownMax) break
      channel.shown.delete(id)
    }
    const all = [...regions].map(([id, { text }]) => ({ id, html: text }))
    for (const [receive, state] of receivers) {
      if (state.isNew) receive(all, true)
      else if (changed.length > 0) receive(changed, false)
      state.isNew = false
    }
  }

  const watchers = () => [...channels.values()].reduce((sum, { receivers }) => sum + receivers.size, 0)

  return {
    watch(organisationId, topic, receive) {
      if (watchers() >= watchersMax || isClosed) return undefined
      const key = JSON.stringify([organisationId, topic])
      const channel = channels.get(key) ?? { organisationId, topic, receivers: new Map(), shown: new Map() }
      channels.set(key, channel)
      channel.receivers.set(receive, { isNew: true })
      if (!isPolling) plan(0)
      return () => {
        channel.receivers.delete(receive)
        if (channel.receivers.size === 0 && channels.get(key) === channel) channels.delete(key)
        if (channels.size === 0) clearTimeout(timer)
      }
    },
    close() {
      isClosed = true
      clearTimeout(timer)
      channels.clear()
    },
  }
}
