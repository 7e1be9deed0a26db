import type { ClaimKind, CreditKind, Currency, MessageChannel, MessageKind } from '@nyuzi/core'
import type { PreviewedEffect, PreviewPart, PreviewTotals } from './ports.ts'

type Documents = { kind: ClaimKind | CreditKind; currency: Currency; count: number; totalMinor: bigint }
type Messages = { kind: MessageKind; channel: MessageChannel | null; count: number; parts: number }
type Moves = { installation: string; to: string; count: number }

/** Adds up parts as they come, so that no more than one chunk of them is held. */
export function tallyEffects(): { add(part: PreviewPart): void; totals(): PreviewTotals } {
  const documents = new Map<string, Documents>()
  const messages = new Map<string, Messages>()
  const moves = new Map<string, Moves>()
  const subscribers = new Set<string>()
  const settled = new Map<Currency, bigint>()
  const sums = { failed: 0, messagesSkipped: 0, messageCostMinor: 0n, costUnknown: 0, cutOffsListed: 0 }

  function addOne({ subscriberId, effect, estimate }: PreviewedEffect): void {
    if (subscriberId !== null) subscribers.add(subscriberId)
    switch (effect.effect) {
      case 'document_issued': {
        const sum = entry(documents, `${effect.kind} ${effect.currency}`, () => ({
          kind: effect.kind,
          currency: effect.currency,
          count: 0,
          totalMinor: 0n,
        }))
        sum.count += 1
        sum.totalMinor += BigInt(effect.totalMinor)
        break
      }
      case 'claim_settled':
        settled.set(effect.currency, (settled.get(effect.currency) ?? 0n) + BigInt(effect.amountMinor))
        break
      case 'message_owed': {
        if (effect.skippedBecause !== null) {
          sums.messagesSkipped += 1
          break
        }
        const channel = estimate?.channel ?? null
        const sum = entry(messages, `${effect.kind} ${channel}`, () => ({ kind: effect.kind, channel, count: 0, parts: 0 }))
        sum.count += 1
        sum.parts += estimate?.parts ?? 0
        if (estimate?.costMinor) sums.messageCostMinor += BigInt(estimate.costMinor)
        else if (channel !== null) sums.costUnknown += 1
        break
      }
      case 'access_moved':
        entry(moves, `${effect.installationId} ${effect.to}`, () => ({
          installation: effect.installationName,
          to: effect.to,
          count: 0,
        })).count += 1
        break
      case 'cut_off_listed':
        if (effect.status === 'listed') sums.cutOffsListed += 1
    }
  }

  return {
    add({ effects, failure }) {
      if (failure !== undefined) sums.failed += 1
      for (const one of effects) addOne(one)
    },
    totals: () => ({
      subscribers: subscribers.size,
      failed: sums.failed,
      documents: [...documents.values()].map(({ totalMinor, ...sum }) => ({ ...sum, totalMinor: String(totalMinor) })),
      settled: [...settled].map(([currency, minor]) => ({ currency, amountMinor: String(minor) })),
      messages: [...messages.values()],
      messagesSkipped: sums.messagesSkipped,
      messageCostMinor: sums.costUnknown > 0 ? null : String(sums.messageCostMinor),
      accessMoves: [...moves.values()],
      cutOffsListed: sums.cutOffsListed,
    }),
  }
}

function entry<T>(sums: Map<string, T>, key: string, first: () => T): T {
  const known = sums.get(key)
  if (known) return known
  const made = first()
  sums.set(key, made)
  return made
}
