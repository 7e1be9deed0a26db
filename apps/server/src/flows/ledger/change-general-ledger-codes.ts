import type { OrganisationId } from '@nyuzi/core'
import type { Deps } from '../ports.ts'
import type { GeneralLedgerCode } from '../reports/ports.ts'

export type ChangeGeneralLedgerCodes = {
  /** Null takes the code away: the account is shown under that of its kind, or under its own name. */
  readonly codes: readonly (Omit<GeneralLedgerCode, 'code'> & { readonly code: string | null })[]
  readonly actor: string
}

/** Says which accounts of the organisation's general ledger stand for ours. Reports of past days show the codes of today. */
export async function changeGeneralLedgerCodes(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  organisationId: OrganisationId,
  { codes, actor }: ChangeGeneralLedgerCodes,
): Promise<void> {
  await store.inOrganisation(organisationId, async (tx) => {
    await tx.reports.forgetGeneralLedgerCodes(codes.map(({ kind, owner }) => ({ kind, owner })))
    await tx.reports.setGeneralLedgerCodes(codes.flatMap(({ code, ...account }) => (code === null ? [] : [{ ...account, code }])))
    await tx.audit.write({
      actor,
      action: 'general_ledger_codes.change',
      subjectNoun: 'organisation',
      subjectId: organisationId,
      detail: { codes },
      at: clock.now(),
    })
  })
}
