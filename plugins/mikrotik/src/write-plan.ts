import { ProviderMisconfigured } from '@nyuzi/sdk'
import type { RouterConnection } from './client/connection.ts'
import { ConnectionLost, RouterTrap, UnsafeWord } from './client/errors.ts'
import type { ItemPlan, Plan, ProfilePlan, Write } from './plan.ts'
import { isPayer } from './plan.ts'
import { toProviderError } from './provider-errors.ts'

/**
 * How the writes for one line went. `done` includes answers that only reading back can judge (`already exists`, `no such
 * item`); `lost` were sent without an answer, `unsent` never left.
 */
export type WriteResult =
  | { readonly result: 'done' }
  | { readonly result: 'lost' }
  | { readonly result: 'unsent' }
  | { readonly result: 'busy' | 'refused'; readonly code: string; readonly reason: string }

/** Carries out a plan, several commands at once, payers' first. Throws only when a policy is missing. */
export async function writePlan(connection: RouterConnection, plan: Plan): Promise<ReadonlyMap<ItemPlan, WriteResult>> {
  const profiles = await writeProfiles(connection, plan)
  const results = new Map<ItemPlan, WriteResult>()
  await Promise.all(
    plan.items.map(async (item) => {
      const profile = item.profile === undefined ? undefined : profiles.get(item.profile)
      results.set(
        item,
        profile && profile.result !== 'done' ? withoutProfile(profile) : await writeAll(connection, item.writes, isPayer(item.wanted)),
      )
    }),
  )
  for (const result of [...profiles.values(), ...results.values()]) requirePolicy(result)
  return results
}

async function writeProfiles(connection: RouterConnection, plan: Plan): Promise<ReadonlyMap<string, WriteResult>> {
  const urgent = plan.items.some((item) => isPayer(item.wanted))
  const write = async ({ name, write: step }: ProfilePlan) => [name, await writeAll(connection, [step], urgent)] as const
  return new Map(await Promise.all(plan.profiles.map(write)))
}

// A lost answer about the profile says nothing of the line itself: its own command was never sent.
const withoutProfile = (profile: WriteResult): WriteResult => (profile.result === 'lost' ? { result: 'unsent' } : profile)

async function writeAll(connection: RouterConnection, writes: readonly Write[], urgent: boolean): Promise<WriteResult> {
  let sent = false
  for (const write of writes) {
    try {
      await connection.run(write, { urgent })
      sent = true
    } catch (error) {
      const failed = judge(error)
      if (failed.result === 'unsent' && sent) return { result: 'lost' }
      if (failed.result !== 'done') return failed
    }
  }
  return { result: 'done' }
}

function judge(error: unknown): WriteResult {
  if (error instanceof UnsafeWord) return { result: 'refused', code: 'unsafe_value', reason: error.message }
  if (error instanceof ConnectionLost) return error.sent ? { result: 'lost' } : { result: 'unsent' }
  if (!(error instanceof RouterTrap)) return { result: 'lost' }
  const reason = error.message.slice(0, 200)
  switch (error.kind) {
    case 'exists':
    case 'gone':
      return { result: 'done' }
    case 'busy':
    case 'interrupted':
      return { result: 'busy', code: 'busy', reason }
    case 'no_such_reference':
      return { result: 'refused', code: 'no_such_profile', reason }
    case 'permission':
    case 'no_such_command':
      return { result: 'refused', code: error.kind, reason }
    default:
      return { result: 'refused', code: 'router_refused', reason }
  }
}

function requirePolicy(result: WriteResult): void {
  if (result.result !== 'refused') return
  if (result.code === 'permission') throw toProviderError(new RouterTrap([{ message: result.reason }]), 'write')
  if (result.code === 'no_such_command') throw new ProviderMisconfigured(`the router lacks a package: ${result.reason}`)
}
