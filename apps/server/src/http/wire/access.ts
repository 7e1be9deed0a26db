import { z } from '@hono/zod-openapi'
import type { AccessReading } from '../../flows/readings/ports.ts'
import { dateOut, idOut, instantOut, line } from './primitives.ts'

export const holdIn = z.strictObject({
  hold: z
    .enum(['opened', 'held'])
    .nullable()
    .openapi({ description: '`opened` keeps the line on and `held` keeps it off, over the books; null gives the word back to the books' }),
  reason: line(300),
})

export const accessOut = z
  .object({
    service: idOut('service'),
    subscriber: idOut('subscriber'),
    subscriberName: z.string(),
    accountNumber: z.string(),
    installation: idOut('installation'),
    username: z.string(),
    wanted: z.object({ state: z.string(), reason: z.string(), profile: z.string(), version: z.number().int(), at: instantOut }),
    observed: z
      .object({ state: z.string(), version: z.number().int().nullable(), at: instantOut.nullable() })
      .nullable()
      .openapi({ description: 'What the network was last seen to do' }),
    status: z.string(),
    hold: z.string().nullable(),
    recheckOn: dateOut.nullable().openapi({ description: 'When time alone may change the decision' }),
    attempts: z.number().int(),
    nextAttemptAt: instantOut,
    lastError: z.string().nullable(),
    drift: z.object({ count: z.number().int(), last: z.string().nullable(), at: instantOut.nullable() }),
  })
  .openapi('Access')

export const toApiAccess = (row: AccessReading) => ({
  ...row,
  service: row.serviceId,
  subscriber: row.subscriberId,
  installation: row.installationId,
  wanted: { state: row.wantedState, reason: row.wantedReason, profile: row.profileName, version: row.wantedVersion, at: row.wantedAt },
  observed: row.observedState === null ? null : { state: row.observedState, version: row.observedVersion, at: row.observedAt },
  drift: { count: row.driftCount, last: row.lastDrift, at: row.lastDriftAt },
})
