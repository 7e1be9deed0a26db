import { z } from '@hono/zod-openapi'
import type { CutOffBatchReading, CutOffMemberReading } from '../../flows/readings/ports.ts'
import { amountOf, dateOut, idIn, idOut, instantOut, line, moneyOut } from './primitives.ts'

export const cutOffBatchStatus = z.enum(['open', 'approved', 'rejected', 'lapsed'])
const count = z.number().int()

export const takeOutIn = z.strictObject({ services: z.array(idIn('service')).min(1).max(500), reason: line(300) })
export const rejectIn = z.strictObject({ reason: line(300) })

export const cutOffBatchOut = z
  .object({
    id: idOut('cutOffBatch'),
    status: cutOffBatchStatus.openapi({ description: 'lapsed: nobody was left on it' }),
    openedOn: dateOut,
    refreshedOn: dateOut.openapi({ description: 'The day its debts are told as of' }),
    listed: count.openapi({ description: 'Lines that wait for the decision' }),
    takenOut: count,
    cutOff: count,
    spared: count.openapi({ description: 'Lines that were left alone, since they did not owe any more, or not enough' }),
    debts: z
      .array(moneyOut)
      .openapi({ description: 'Past their due date, of the subscribers listed or cut off: a sum for each of their currencies' }),
    decidedAt: instantOut.nullable(),
    decidedBy: z.string().nullable(),
    reason: z.string().nullable(),
    createdAt: instantOut,
  })
  .openapi('CutOffBatch')

export const toApiCutOffBatch = ({ debts, ...batch }: CutOffBatchReading) => ({
  ...batch,
  debts: debts.map(({ amountMinor, currency }) => amountOf(BigInt(amountMinor), currency)),
})

export const cutOffMemberOut = z
  .object({
    service: idOut('service'),
    username: z.string(),
    subscriber: idOut('subscriber'),
    subscriberName: z.string(),
    accountNumber: z.string(),
    debt: moneyOut.openapi({ description: "The subscriber's, past its due date" }),
    daysOverdue: count,
    status: z.enum(['listed', 'taken_out', 'cut_off', 'spared']),
    reason: z.string().nullable().openapi({ description: 'Why it was taken out, or the access reason it was spared for' }),
  })
  .openapi('CutOffMember')

export const toApiCutOffMember = ({ serviceId, subscriberId, debtMinor, currency, status, ...member }: CutOffMemberReading) => ({
  ...member,
  service: serviceId,
  subscriber: subscriberId,
  debt: amountOf(debtMinor, currency),
  status: status as z.input<typeof cutOffMemberOut>['status'],
})
