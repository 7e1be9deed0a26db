import { appendFileSync, existsSync, readFileSync } from 'node:fs'

/** A text the gateway took: it went out and was charged, whatever the sender heard of it. */
export type BookedMessage = {
  readonly id: string
  /** Digits only. */
  readonly to: string
  readonly text: string
  readonly senderId: string | undefined
  readonly parts: number
  /** `KES 0.8000` */
  readonly cost: string
  readonly at: string
  readonly clientId: string | undefined
}

export type Book = {
  readonly messages: readonly BookedMessage[]
  write(message: BookedMessage): void
  byId(id: string): BookedMessage | undefined
  byClientId(clientId: string): BookedMessage | undefined
}

/** Kept in a file where a path is given, so that it outlives the process as a gateway's books would. */
export function openBook(journalPath: string | undefined): Book {
  const messages: BookedMessage[] = journalPath !== undefined && existsSync(journalPath) ? readJournal(journalPath) : []
  const ids = new Map(messages.map((message) => [message.id, message]))
  const clientIds = new Map(messages.flatMap((message) => (message.clientId === undefined ? [] : [[message.clientId, message] as const])))
  return {
    messages,
    write(message) {
      if (journalPath !== undefined) appendFileSync(journalPath, `${JSON.stringify(message)}\n`)
      messages.push(message)
      ids.set(message.id, message)
      if (message.clientId !== undefined) clientIds.set(message.clientId, message)
    },
    byId: (id) => ids.get(id),
    byClientId: (clientId) => clientIds.get(clientId),
  }
}

/** A line cut short by a kill belongs to a text that was never answered, and is dropped. */
function readJournal(path: string): BookedMessage[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.slice(0, -1).map((line) => {
    const { senderId, clientId, ...message } = JSON.parse(line) as BookedMessage
    return { ...message, senderId, clientId }
  })
}
