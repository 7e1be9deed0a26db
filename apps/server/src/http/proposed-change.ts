import type { OrganisationId, SubscriberId } from '@nyuzi/core'
import type { Permission } from '../flows/api-keys/ports.ts'
import { createPrice } from '../flows/catalog/create-price.ts'
import { finishPriceMoves } from '../flows/catalog/move-to-prices.ts'
import { changeOrganisation } from '../flows/organisations/change-organisation.ts'
import type { Deps } from '../flows/ports.ts'
import type { CarryOut } from '../flows/previews/live-through.ts'
import { cancelSubscription } from '../flows/subscribers/cancel-subscription.ts'
import { changeSubscriptionPlan } from '../flows/subscribers/change-plan.ts'
import { createSubscription } from '../flows/subscribers/create-subscription.ts'
import { pauseSubscription } from '../flows/subscribers/pause-subscription.ts'
import { resumeSubscription } from '../flows/subscribers/resume-subscription.ts'
import { demand, type Principal } from './auth.ts'
import { defined } from './defined.ts'
import { found } from './endpoint.ts'
import { fromApiPrice } from './wire/catalog.ts'
import type { ProposedChange } from './wire/previews.ts'
import { fromApiCancellation, fromApiPlanChange, fromApiSubscription } from './wire/subscribers.ts'

/** The flow that makes the change. Whoever previews or applies it needs the permission that its own route demands. */
export function carryOutOf(change: ProposedChange, principal: Principal): CarryOut {
  const { organisationId, actor } = principal
  demand(principal, permissionOf(change))
  switch (change.kind) {
    case 'new_subscription':
      return (deps) => createSubscription(deps, organisationId, { ...fromApiSubscription(change.subscription), actor })
    case 'change_plan':
      return (deps) => changeSubscriptionPlan(deps, organisationId, change.subscription, { ...fromApiPlanChange(change.change), actor })
    case 'pause':
      return (deps) => pauseSubscription(deps, organisationId, change.subscription, { ...defined(change.pause), actor })
    case 'resume':
      return (deps) => resumeSubscription(deps, organisationId, change.subscription, { actor })
    case 'cancel':
      return (deps) => cancelSubscription(deps, organisationId, change.subscription, { ...fromApiCancellation(change.cancellation), actor })
    case 'new_price':
      return async (deps) => {
        const { existing, ...price } = change.price
        await createPrice(deps, organisationId, change.plan, { ...fromApiPrice(price), existing, actor })
        await finishPriceMoves(deps, organisationId)
      }
    case 'policy':
      return (deps) => changeOrganisation(deps, organisationId, { ...defined(change.policy), actor })
  }
}

const permissionOf = ({ kind }: ProposedChange): Permission => (kind === 'policy' ? 'admin' : kind === 'change_plan' ? 'money' : 'write')

/** Whom a change is about; undefined, the organisation. */
export async function subscriberOf(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  organisationId: OrganisationId,
  change: ProposedChange,
): Promise<SubscriberId | undefined> {
  if (change.kind === 'new_subscription') return change.subscription.subscriber
  if (change.kind === 'new_price' || change.kind === 'policy') return undefined
  const reading = await store.inOrganisation(organisationId, (tx) => tx.readings.subscription(change.subscription, clock.now()))
  return found(reading, 'subscription').subscriberId
}
