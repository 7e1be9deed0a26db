import {
  type CivilDate,
  type ExtensionId,
  type InstalmentPlanId,
  type OrganisationId,
  planHoldsUntil,
  planStatusOn,
  promiseStatusOn,
} from '@nyuzi/core'
import type { Deps, Transaction } from '../ports.ts'

const chunkMax = 1_000

export type SettledPromises = { readonly kept: number; readonly broken: number }

/**
 * Records what became of extensions and instalment plans: kept once what they are about is settled, broken when their day
 * passed first. What a line may do follows from their days and not from this word, so a late run cuts off nobody later.
 */
export async function settlePromises(deps: Deps, organisationId: OrganisationId, day: CivilDate): Promise<SettledPromises> {
  const chunks = [
    await inChunks<ExtensionId>(deps, organisationId, (tx, after) => settleExtensions(deps, tx, day, after)),
    await inChunks<InstalmentPlanId>(deps, organisationId, (tx, after) => settlePlans(deps, tx, day, after)),
  ].flat()
  return {
    kept: chunks.reduce((sum, { kept }) => sum + kept, 0),
    broken: chunks.reduce((sum, { broken }) => sum + broken, 0),
  }
}

type Chunk<Id> = SettledPromises & { readonly size: number; readonly last: Id | undefined }

async function inChunks<Id>(
  { store }: Deps,
  organisationId: OrganisationId,
  settle: (tx: Transaction, after: Id | undefined) => Promise<Chunk<Id>>,
): Promise<readonly SettledPromises[]> {
  const chunks: Chunk<Id>[] = []
  do {
    const after = chunks.at(-1)?.last
    chunks.push(await store.inOrganisation(organisationId, (tx) => settle(tx, after)))
  } while (chunks.at(-1)?.size === chunkMax)
  return chunks
}

async function settleExtensions(
  { clock }: Deps,
  tx: Transaction,
  day: CivilDate,
  after: ExtensionId | undefined,
): Promise<Chunk<ExtensionId>> {
  const approved = await tx.extensions.approved(after, chunkMax)
  const settled = approved.flatMap((promise) => {
    const status = promiseStatusOn(promise, day)
    return status === 'approved' ? [] : [{ id: promise.id, status }]
  })
  await tx.extensions.settle(settled, clock.now())
  return { ...countOf(settled), size: approved.length, last: approved.at(-1)?.id }
}

async function settlePlans(
  { clock }: Deps,
  tx: Transaction,
  day: CivilDate,
  after: InstalmentPlanId | undefined,
): Promise<Chunk<InstalmentPlanId>> {
  const running = await tx.instalmentPlans.running(after, chunkMax)
  const ended = running.flatMap(({ id, standing }) => {
    const status = planStatusOn(standing, day)
    if (status === 'running') return []
    return [{ id, status, ...(status === 'broken' && { endedOn: planHoldsUntil(standing) }) }]
  })
  await tx.instalmentPlans.end(ended, clock.now())
  return { ...countOf(ended), size: running.length, last: running.at(-1)?.id }
}

const countOf = (settled: readonly { readonly status: 'kept' | 'broken' }[]): SettledPromises => {
  const kept = settled.filter(({ status }) => status === 'kept').length
  return { kept, broken: settled.length - kept }
}
