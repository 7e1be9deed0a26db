import type { OrganisationId } from '@nyuzi/core'
import { InvalidInput } from '../errors.ts'
import type { Deps } from '../ports.ts'
import type { Branding, BrandingChanges } from './ports.ts'

export type ChangeBranding = {
  readonly [Field in Exclude<keyof Branding, 'logo'>]?: BrandingChanges[Field]
} & {
  /** The bytes of a PNG. */
  readonly logo?: Uint8Array | null
  readonly actor: string
}

/** How documents look that are issued from now on; null forgets a field. Those that were issued keep their look. */
export async function changeBranding(
  { store, clock, printer }: Pick<Deps, 'store' | 'clock' | 'printer'>,
  organisationId: OrganisationId,
  { actor, logo: upload, ...texts }: ChangeBranding,
): Promise<void> {
  const read = upload ? await printer.readLogo(upload) : undefined
  if (read === 'not_png') throw refused('png', 'Send a PNG file that is whole.')
  if (read === 'too_large') throw refused('size', 'Send a PNG of at most 1,000 pixels on its longer side.')
  const logo = read && { sha256: read.sha256, width: read.width, height: read.height }
  const changes: BrandingChanges = { ...texts, ...(upload === undefined ? {} : { logo: logo ?? null }) }
  await store.inOrganisation(organisationId, async (tx) => {
    if (read) await tx.documents.keepLogo(read.sha256, read.png)
    await tx.documents.changeBranding(changes)
    await tx.audit.write({
      actor,
      action: 'branding.change',
      subjectNoun: 'organisation',
      subjectId: organisationId,
      detail: changes,
      at: clock.now(),
    })
  })
}

const refused = (rule: string, fix: string) =>
  new InvalidInput('invalid_input', 'The logo cannot be read.', { errors: [{ field: 'logo', rule, fix }] })
