import type { OrganisationId } from '@nyuzi/core'
import type { Deps } from '../ports.ts'
import type { LedgerDoubt } from './ports.ts'

export type VerifiedLedger = {
  readonly doubts: readonly LedgerDoubt[]
  readonly counts: {
    readonly entries: number
    readonly postings: number
    readonly payments: number
    readonly invoices: number
    readonly blocks: number
  }
}

/** Reads all the books of an organisation and tells every doubt; no doubt means that they are in order. */
export const verifyLedger = ({ store }: Pick<Deps, 'store'>, organisationId: OrganisationId): Promise<VerifiedLedger> =>
  store.inOrganisation(organisationId, async (tx) => ({ doubts: await tx.ledger.verify(), counts: await tx.ledger.counts() }))
