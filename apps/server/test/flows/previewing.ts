import { applyPreview } from '../../src/flows/previews/apply-preview.ts'
import { type AskedPreview, createPreview, rehearsePreview } from '../../src/flows/previews/create-preview.ts'
import type { CarryOut } from '../../src/flows/previews/live-through.ts'
import type { PreviewedEffect, PreviewPart } from '../../src/flows/previews/ports.ts'
import type { Isp } from '../isp.ts'

const never = () => {
  throw new Error('no change was previewed')
}

/** Previews of one ISP: rehearsed and gone, or kept and applied. */
export const previewing = ({ deps, organisationId }: Isp) => ({
  async rehearsed(asked: AskedPreview = {}) {
    const parts: PreviewPart[] = []
    const { days, totals } = await rehearsePreview(deps, organisationId, asked, async (more) => {
      parts.push(...more)
    })
    return { days, totals, parts, effects: parts.flatMap(({ effects }) => effects) }
  },
  async created(asked: AskedPreview = {}) {
    const done = await createPreview(deps, organisationId, { ...asked, actor: 'test' })
    if (done.outcome !== 'done') throw new Error('not made')
    return done.result.previewId
  },
  apply: (id: Parameters<typeof applyPreview>[2], carryOutOf: (asked: unknown) => CarryOut = never) =>
    applyPreview(deps, organisationId, id, { carryOutOf, actor: 'test' }),
  parts: (id: Parameters<typeof applyPreview>[2]) =>
    deps.store.inOrganisation(organisationId, (tx) => tx.readings.billingPreviewParts(id, { after: 0, limit: 100 })),
})

export const only = <K extends PreviewedEffect['effect']['effect']>(effects: readonly PreviewedEffect[], kind: K) =>
  effects.flatMap(({ effect, ...rest }) =>
    effect.effect === kind ? [{ ...rest, ...(effect as Extract<PreviewedEffect['effect'], { effect: K }>) }] : [],
  )
