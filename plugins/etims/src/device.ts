import { type Host, ProviderMisconfigured, z } from '@nyuzi/sdk'
import type { Transport } from './client/oscu.ts'
import type { EtimsConfig } from './config.ts'
import { meaningOf, toProviderError } from './status.ts'

export type DeviceKeys = { readonly cmcKey: string; readonly sdcId: string; readonly mrcNo?: string | undefined }

const keys = z.object({
  cmcKey: z.string().min(1),
  sdcId: z.string().min(1),
  mrcNo: z
    .string()
    .nullish()
    .transform((no) => no ?? undefined),
})
const started = z.object({ info: keys })

const forEver = new Date('9999-12-31T00:00:00Z')

/** The keys from the settings; else from starting the device, which the authority allows once: they are kept sealed from then on. */
export function deviceKeys(
  { config, shared }: Pick<Host<EtimsConfig>, 'config' | 'shared'>,
  transport: Transport,
): () => Promise<DeviceKeys> {
  const { pin, branch, deviceSerial, baseUrl, cmcKey, sdcId, mrcNo } = config
  if ((cmcKey === undefined) !== (sdcId === undefined))
    throw new ProviderMisconfigured('etims: cmcKey and sdcId belong together: set both, or neither to start the device from here')
  if (cmcKey !== undefined && sdcId !== undefined) return async () => ({ cmcKey: cmcKey.reveal(), sdcId, mrcNo })
  return async () => {
    const kept = await shared.get(`device ${pin}/${branch} ${deviceSerial} ${baseUrl}`, async () => ({
      value: JSON.stringify(await start(transport)),
      expiresAt: forEver,
    }))
    return keys.parse(JSON.parse(kept))
  }
}

async function start(transport: Transport): Promise<DeviceKeys> {
  const said = await transport.startDevice()
  if (said.code === '902')
    throw new ProviderMisconfigured('etims: the device was started before: enter its cmcKey and sdcId, or have the authority reset it', {
      providerCode: said.code,
    })
  if (meaningOf(said.code) !== 'taken') throw toProviderError(said)
  const read = started.safeParse(said.data)
  if (!read.success)
    throw new ProviderMisconfigured('etims: the device was started, but its keys cannot be read: ask the authority for them')
  return read.data.info
}
