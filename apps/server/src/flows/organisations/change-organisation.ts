import {
  type CutOffMode,
  type CutOffPolicy,
  civilDateAt,
  type DiscountStep,
  type ExtensionPolicy,
  type LateFeePolicy,
  type OrganisationId,
  type QuietHours,
  type RevenueRecognition,
  type TaxPackCode,
  type TaxSettings,
  unknownTaxIn,
} from '@nyuzi/core'
import { InvalidInput } from '../errors.ts'
import type { Deps, MessageCost, OrganisationPolicy, ReferralRewards } from '../ports.ts'

export type ChangeOrganisation = {
  readonly name?: string
  readonly invoiceLeadDays?: number
  /** Null forgets how to pay. */
  readonly payTo?: string | null
  readonly taxPack?: TaxPackCode
  /** Null forgets it. */
  readonly taxPin?: string | null
  /** Takes the place of the settings before; null goes back to the pack. Lines that were issued keep their taxes. */
  readonly taxSettings?: TaxSettings | null
  /** Null: none. */
  readonly quietHours?: QuietHours | null
  /** Takes the place of the one before; null goes back to the default. In force with the next daily run. */
  readonly cutOff?: CutOffPolicy | null
  readonly extensions?: ExtensionPolicy | null
  /** With `automatic` the lines that wait are cut off by the next daily run. */
  readonly cutOffMode?: CutOffMode
  /** `from`: by default today. Null: none. */
  readonly lateFee?: (Omit<LateFeePolicy, 'from'> & Partial<Pick<LateFeePolicy, 'from'>>) | null
  /** Each takes the place of the one before; null gives none. What was charged stays. */
  readonly volumeSteps?: readonly DiscountStep[] | null
  readonly loyaltySteps?: readonly DiscountStep[] | null
  readonly referralReward?: ReferralRewards | null
  /** For invoices issued from now on; those that were issued are earned as they were posted. */
  readonly revenueRecognition?: RevenueRecognition
  /** Null: not known. */
  readonly messageCost?: MessageCost | null
  readonly actor: string
}

export async function changeOrganisation(
  deps: Pick<Deps, 'store' | 'clock'>,
  organisationId: OrganisationId,
  input: ChangeOrganisation,
): Promise<void> {
  const { name, actor, lateFee, ...others } = input
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const { policy, timeZone } = await tx.organisation.read()
    const at = deps.clock.now()
    const today = civilDateAt(at, timeZone)
    const changes = { ...others, ...(lateFee === undefined ? {} : { lateFee: lateFee && { from: today, ...lateFee } }) }
    const changed = { ...policy, ...changes }
    const unknown = unknownTaxIn(changed.taxPack ?? 'none', changed.taxSettings ?? {})
    if (unknown !== undefined) throw new InvalidInput('unknown_tax', `The tax pack ${changed.taxPack} has no tax ${unknown}.`)
    await tx.organisations.change({ ...(name === undefined ? {} : { name }), policy: withoutForgotten(changed) })
    if (changes.cutOff !== undefined || changes.cutOffMode !== undefined) await tx.access.recheckDebts(today)
    const detail = { ...(name === undefined ? {} : { name }), ...changes }
    await tx.audit.write({
      actor,
      action: 'organisation.change',
      subjectNoun: 'organisation',
      subjectId: organisationId,
      detail,
      at,
    })
  })
}

type Forgetful = { readonly [K in keyof OrganisationPolicy]: OrganisationPolicy[K] | null }

const withoutForgotten = (policy: Forgetful): OrganisationPolicy =>
  Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== null)) as OrganisationPolicy
