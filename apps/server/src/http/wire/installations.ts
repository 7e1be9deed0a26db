import { z } from '@hono/zod-openapi'
import { secretShown } from '../../flows/installations/change-installation.ts'
import type { InstallationReading } from '../../flows/readings/ports.ts'
import { idIn, idOut, instantOut, line } from './primitives.ts'

export const pluginOut = z
  .object({
    id: z.string(),
    title: z.string(),
    settingsSchema: z.record(z.string(), z.unknown()).readonly().openapi({ description: 'JSON Schema of `settings`' }),
    secretFields: z.array(z.string()).readonly().openapi({ description: 'Settings that are kept encrypted and never shown' }),
  })
  .openapi('Plugin')

const settings = z.record(z.string(), z.unknown())

export const installationIn = z.strictObject({ plugin: z.string().max(60), name: line(60), branch: idIn('branch').optional(), settings })

export const installationChangesIn = z.strictObject({
  name: line(60).optional(),
  branch: idIn('branch').nullable().optional(),
  settings: settings
    .optional()
    .openapi({ description: 'Fields that are not named, and secrets sent as `[set]`, keep their value; null removes one' }),
})

export const pauseIn = z.strictObject({ reason: line(300) })

const fields = {
  id: idOut('installation'),
  plugin: z.string(),
  name: z.string(),
  branch: idOut('branch').nullable(),
  settings: z.record(z.string(), z.unknown()).readonly().openapi({ description: 'Secrets show as `[set]`' }),
  status: z.string(),
  statusReason: z.string().nullable(),
  version: z.number().int(),
  createdAt: instantOut,
  updatedAt: instantOut,
}

export const installationOut = z.object(fields).openapi('Installation')

export const installationWithCallbacksOut = z
  .object({
    ...fields,
    callbacks: z
      .array(z.object({ channel: z.string(), purpose: z.string(), url: z.string() }))
      .nullable()
      .openapi({
        description: 'Addresses that the provider calls; for who has the permission `admin`, and null for others and while paused',
      }),
  })
  .openapi('InstallationWithCallbacks')

export function toApiInstallation(
  { pluginId, branchId, settings: kept, ...installation }: InstallationReading,
  secretsSet: readonly string[],
) {
  const shown = Object.fromEntries(secretsSet.map((name) => [name, secretShown]))
  return { ...installation, plugin: pluginId, branch: branchId, settings: { ...kept, ...shown } }
}
