import { type TaxPack, taxPackOf } from '@nyuzi/core'
import type { OrganisationPolicy } from './ports.ts'

/** The taxes that an organisation charges as it has chosen them; without one, none. */
export const chosenTaxPack = ({ taxPack = 'none', taxSettings }: OrganisationPolicy): TaxPack | undefined => taxPackOf(taxPack, taxSettings)
