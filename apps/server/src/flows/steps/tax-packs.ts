import { exemptedPack, type SubscriberId, type TaxPack } from '@nyuzi/core'
import type { Organisation, Transaction } from '../ports.ts'
import { chosenTaxPack } from '../tax-pack.ts'

export type TaxPackOf = (payerId: SubscriberId) => TaxPack | undefined

/** The taxes by which subscribers are charged: those of the organisation, less what their certificates free them of. */
export async function taxPacksOf(tx: Transaction, { policy }: Organisation, payerIds: readonly SubscriberId[]): Promise<TaxPackOf> {
  const pack = chosenTaxPack(policy)
  if (pack === undefined || payerIds.length === 0) return () => pack
  const held = await tx.exemptions.heldBy([...new Set(payerIds)])
  return (payerId) => exemptedPack(pack, held.get(payerId) ?? [])
}
