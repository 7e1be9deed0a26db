import type { IntentId, OrganisationId } from '@nyuzi/core'
import { type Idempotent, withIdempotency } from '../idempotency.ts'
import type { Deps, IdempotentRequest } from '../ports.ts'
import { type Prompt, writePrompt } from '../steps/write-prompt.ts'

export type RequestPayment = Prompt & { readonly idempotency?: IdempotentRequest<{ intentId: IntentId }> }

/** Asks a payer for money on the phone. The prompt itself goes out after the commit. */
export async function requestPayment(
  deps: Deps,
  organisationId: OrganisationId,
  { idempotency, ...prompt }: RequestPayment,
): Promise<Idempotent<{ intentId: IntentId }>> {
  const offering = await deps.plugins.offering(organisationId, 'payments')
  const done = await deps.store.inOrganisation(organisationId, (tx) =>
    withIdempotency(tx, idempotency, async () => ({ intentId: await writePrompt(deps, tx, offering, prompt) })),
  )
  if (done.outcome === 'done') deps.wake('prompts', organisationId)
  return done
}
