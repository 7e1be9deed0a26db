import { addDays, asId, type ChargeId, type InvoiceId, type OneTimeCharge, type OrganisationId, type SubscriberId } from '@nyuzi/core'
import { changeDebt, lockForAmounts } from '../change-debt.ts'
import { NotFound } from '../errors.ts'
import type { Idempotent } from '../idempotency.ts'
import type { Deps, IdempotentRequest } from '../ports.ts'
import { issueCharges } from '../steps/issue-charges.ts'

/** On an invoice at once, or on the next one; on one of its own when none comes within the organisation's lead. */
export const chargeTimes = ['now', 'next_invoice'] as const
export type ChargeTime = (typeof chargeTimes)[number]

export type CreateCharge = Omit<OneTimeCharge, 'id'> & {
  readonly subscriberId: SubscriberId
  readonly when: ChargeTime
  readonly actor: string
  readonly idempotency?: IdempotentRequest<ChargeCreated>
}

/** The invoice is absent while the charge waits for one. */
export type ChargeCreated = { readonly chargeId: ChargeId; readonly invoiceId?: InvoiceId }

/** Charges once for what no price asks for: an installation, a call-out. */
export const createCharge = (deps: Deps, organisationId: OrganisationId, input: CreateCharge): Promise<Idempotent<ChargeCreated>> =>
  changeDebt(deps, organisationId, input, async ({ tx, organisation, now, today }) => {
    const { subscriberId, when, actor: _, idempotency: __, ...charge } = input
    const { lockedIds } = await lockForAmounts(tx, subscriberId, [charge.amount])
    if (charge.subscriptionId !== undefined && (await tx.subscriptions.read(charge.subscriptionId))?.subscriberId !== subscriberId)
      throw new NotFound('subscription', 'subscription')
    const chargeId = asId('charge', deps.ids.next())
    const invoiceOn = when === 'now' ? today : addDays(today, organisation.policy.invoiceLeadDays)
    await tx.charges.add({ ...charge, id: chargeId, subscriberId, invoiceOn }, now)
    const { invoices } = when === 'now' ? await issueCharges(deps, tx, organisation, [], today, { payerIds: lockedIds }) : { invoices: [] }
    const invoiceId = invoices.find(({ lines }) => lines.some((line) => line.chargeId === chargeId))?.id
    const detail = { subscriberId, amountMinor: charge.amount.amountMinor.toString(), when }
    return {
      result: { chargeId, ...(invoiceId === undefined ? {} : { invoiceId }) },
      subscriberIds: lockedIds,
      audit: { action: 'charge.create', subjectNoun: 'charge', subjectId: chargeId, detail },
    }
  })
