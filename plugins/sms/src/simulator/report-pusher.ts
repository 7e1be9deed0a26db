import { setTimeout as wait } from 'node:timers/promises'
import type { BookedMessage } from './book.ts'
import type { Fate, SmsGatewayBehaviour } from './options.ts'

export type ReportPusher = {
  /** Pushes what has become of a message by then, as often as the behaviour says; settles when the last push is answered or given up. */
  push(message: BookedMessage, fateOf: () => Fate, delayMs: number): Promise<void>
  /** All pushes under way, those that wait for their time too. */
  settled(): Promise<void>
  stop(): void
}

/** Africa's Talking's form post. A receiver that is down is tried again, because real reports wait for it too. */
export function startReportPusher(behaviour: SmsGatewayBehaviour): ReportPusher {
  const underWay = new Set<Promise<void>>()
  const stopped = new AbortController()
  return {
    push(message, fateOf, delayMs) {
      const work = pause(delayMs, stopped.signal)
        .then(() => pushAll(message, fateOf(), behaviour, stopped.signal))
        .finally(() => underWay.delete(work))
      underWay.add(work)
      return work
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
    stop: () => stopped.abort(),
  }
}

async function pushAll(message: BookedMessage, fate: Fate, behaviour: SmsGatewayBehaviour, signal: AbortSignal): Promise<void> {
  const { reportUrl } = behaviour
  if (reportUrl === undefined || signal.aborted) return
  const body = new URLSearchParams(reportForm(message, fate)).toString()
  for (let copy = 0; copy <= behaviour.reportsRepeated; copy += 1) {
    for (let tries = 1; tries <= behaviour.reportTriesMax; tries += 1) {
      if (signal.aborted || (await arrives(reportUrl, body, signal))) break
      if (tries < behaviour.reportTriesMax) await pause(100, signal)
    }
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> => wait(ms, undefined, { signal }).catch(() => undefined)

async function arrives(url: string, body: string, signal: AbortSignal): Promise<boolean> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  try {
    const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]) })
    await answer.arrayBuffer()
    return answer.ok
  } catch {
    return false
  }
}

function reportForm(message: BookedMessage, fate: Fate): Record<string, string> {
  const common = { phoneNumber: `+${message.to}`, networkCode: '63902', retryCount: '0' }
  if (fate === 'failed') return { id: message.id, status: 'Failed', ...common, failureReason: 'UserDoesNotExist' }
  return { id: message.id, status: fate === 'delivered' ? 'Success' : 'Buffered', ...common }
}
