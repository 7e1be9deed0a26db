import { type CivilDate, civilDateAt, composeMessage, type Instant, type OrganisationId, plusMs, startOfDay } from '@nyuzi/core'
import { type LivedDay, liveDay } from '../billing/live-day.ts'
import type { Deps, Installed, Transaction } from '../ports.ts'
import { routeMessage } from '../steps/route-message.ts'
import { withinTransaction } from '../steps/within-transaction.ts'
import type { EffectCause, MessageEstimate, PreviewedEffect, SeenEffect } from './ports.ts'

/** A call of a flow: it works in the transaction of the dependencies it is given. */
export type CarryOut = (deps: Deps) => Promise<unknown>

export type Scene = {
  /** What is changed first, today. */
  readonly carryOut?: CarryOut
  /** Then these civil days are lived through, one after the other. */
  readonly days: readonly CivilDate[]
  /** Of a scene that goes on with another: ids from this one on were made in its course. Default: those made from now on. */
  readonly newFrom?: string
}

export type Lived = {
  readonly effects: readonly PreviewedEffect[]
  /** Of each day. */
  readonly days: readonly LivedDay[]
}

/**
 * The work itself, in the caller's transaction, and what it wrote. Whether that is kept is the caller's matter: so a preview and
 * its application are the same code on the same rows.
 */
export async function liveThrough(
  deps: Deps,
  organisationId: OrganisationId,
  tx: Transaction,
  { carryOut, days, newFrom }: Scene,
): Promise<Lived> {
  const inside = withinTransaction(deps, tx)
  const { timeZone } = await tx.organisation.read()
  const now = deps.clock.now()
  const today = civilDateAt(now, timeZone)
  const messengers = await deps.plugins.offering(organisationId, 'messages')
  const recording = await tx.effects.record(deps.ids.next(), newFrom)
  const effects: PreviewedEffect[] = []
  const lived: LivedDay[] = []
  const note = async (cause: EffectCause, day: CivilDate, at: Instant) =>
    effects.push(...(await previewed(tx, messengers, await recording.read(), { cause, day }, at)))
  if (carryOut) {
    await carryOut(inside)
    await note('change', today, now)
  }
  for (const day of days) {
    const at = day <= today ? now : sameTimeOn(day, now, today, timeZone)
    lived.push(await liveDay({ ...inside, clock: { now: () => at } }, organisationId, day))
    await note('day', day, at)
  }
  return { effects, days: lived }
}

const hourMs = 3_600_000

/** The time of day of now on a day to come; at most 22 o'clock, as a day may lack an hour. */
function sameTimeOn(day: CivilDate, now: Instant, today: CivilDate, timeZone: string): Instant {
  const sinceMidnightMs = now.getTime() - startOfDay(today, timeZone).getTime()
  return plusMs(startOfDay(day, timeZone), Math.min(sinceMidnightMs, 22 * hourMs))
}

async function previewed(
  tx: Transaction,
  messengers: readonly Installed[],
  seen: readonly SeenEffect[],
  of: Pick<PreviewedEffect, 'cause' | 'day'>,
  at: Instant,
): Promise<readonly PreviewedEffect[]> {
  const estimates = await estimate(tx, messengers, seen, at)
  return seen.map(({ subscriberId = null, messageId, effect }) => {
    const estimated = messageId && estimates.get(messageId)
    return { ...of, subscriberId, effect, ...(estimated && { estimate: estimated }) }
  })
}

/** The text as it would go out at that moment. */
async function estimate(
  tx: Transaction,
  messengers: readonly Installed[],
  seen: readonly SeenEffect[],
  at: Instant,
): Promise<ReadonlyMap<string, MessageEstimate>> {
  const ids = seen.flatMap(({ messageId, effect }) =>
    messageId !== undefined && effect.effect === 'message_owed' && effect.skippedBecause === null ? [messageId] : [],
  )
  if (ids.length === 0) return new Map()
  const { perPartMinor } = (await tx.organisation.read()).policy.messageCost ?? {}
  const messages = await tx.messages.read(ids, at)
  return new Map(
    messages.map((message) => {
      const route = message.pointless ? undefined : routeMessage(messengers, message)
      const text = composeMessage(message.kind, message.facts, message.language)
      const channel = route?.recipient.channel ?? null
      const parts = route === undefined ? null : (route.messenger.messages?.measure?.(text).parts ?? null)
      const costMinor = channel === 'sms' && parts !== null && perPartMinor !== undefined ? String(BigInt(parts) * perPartMinor) : null
      return [message.id, { channel, parts, costMinor }]
    }),
  )
}
