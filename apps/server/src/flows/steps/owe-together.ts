import type { Instant, MessageId } from '@nyuzi/core'
import type { OwedMessage } from '../messages/ports.ts'
import type { Transaction } from '../ports.ts'

/** `topic`: what else they have in common that one text may tell together. */
export type JoinableMessage = OwedMessage & { readonly topic: string }

/**
 * The step that owes messages so that one text tells a subscriber of all that is told at once: of several of one kind and
 * topic the first goes out, and the others are told with it. It also takes up with one that was owed before on the same terms
 * and has not gone out yet. Each is recorded, so that none of them is owed again.
 */
export async function oweTogether(tx: Transaction, messages: readonly JoinableMessage[], now: Instant): Promise<readonly OwedMessage[]> {
  const sent = messages.filter(({ skippedBecause }) => skippedBecause === undefined)
  if (sent.length === 0) {
    await tx.messages.owe(messages.map(withoutTopic), now)
    return messages
  }
  const carriers = new Map<string, MessageId>()
  for (const waiting of await tx.messages.lockJoinable([...new Set(sent.map(({ subscriberId }) => subscriberId))])) {
    const key = keyOf(waiting)
    if (!carriers.has(key)) carriers.set(key, waiting.id)
  }
  const [first, joined]: [OwedMessage[], OwedMessage[]] = [[], []]
  for (const message of messages) {
    const carrier = message.skippedBecause === undefined ? carriers.get(keyOf(message)) : undefined
    if (carrier !== undefined) joined.push({ ...withoutTopic(message), toldWith: carrier })
    else {
      first.push(withoutTopic(message))
      if (message.skippedBecause === undefined) carriers.set(keyOf(message), message.id)
    }
  }
  const written = await tx.messages.owe(first, now)
  const refused = new Set(first.filter(({ id }) => !written.has(id)).map(({ id }) => id))
  // Where another run was faster with the first, its text may not know of these: they go out by themselves.
  const rest = joined.map(({ toldWith, ...message }) =>
    toldWith === undefined || refused.has(toldWith) ? message : { ...message, toldWith, skippedBecause: 'told in one text with others' },
  )
  await tx.messages.owe(rest, now)
  return [...first, ...rest]
}

const withoutTopic = ({ topic: _, ...message }: JoinableMessage): OwedMessage => message

const keyOf = ({
  subscriberId,
  kind,
  topic,
  usefulUntil,
  channels,
  prompt = false,
}: Pick<JoinableMessage, 'subscriberId' | 'kind' | 'topic' | 'usefulUntil' | 'channels' | 'prompt'>): string =>
  [subscriberId, kind, topic, prompt, usefulUntil ?? '', ...(channels ?? [])].join(' ')
