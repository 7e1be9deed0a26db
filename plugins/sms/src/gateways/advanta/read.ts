import { z } from '@nyuzi/sdk'
import { toReference } from '../../status.ts'

/** One entry of an answer, whatever the installation's spelling and types. */
export type AdvantaEntry = {
  readonly code: number
  readonly messageId: string | undefined
  readonly clientId: string | undefined
  readonly mobile: string | undefined
  readonly deliveryText: string | undefined
}

const textOrNumber = z.union([z.string(), z.number()]).nullish()

const entry = z.object({
  // `respose-code` is the spelling of most installations.
  'respose-code': textOrNumber,
  'response-code': textOrNumber,
  mobile: textOrNumber,
  messageid: textOrNumber,
  'message-id': textOrNumber,
  clientsmsid: textOrNumber,
  'delivery-description': textOrNumber,
})

const list = z.object({ responses: z.array(z.unknown()) })

/** All entries that carry a response code: of a list, or of a bare answer as getdlr and refused credentials give it. */
export function readEntries(body: unknown): readonly AdvantaEntry[] {
  const parsed = list.safeParse(body)
  return (parsed.success ? parsed.data.responses : [body]).flatMap(readEntry)
}

function readEntry(body: unknown): readonly AdvantaEntry[] {
  const { data } = entry.safeParse(body)
  const code = toReference(data?.['respose-code'] ?? data?.['response-code'])
  if (!data || code === undefined || !/^\d+$/.test(code)) return []
  const messageId = toReference(data.messageid ?? data['message-id'])
  const deliveryText = toReference(data['delivery-description'])
  return [{ code: Number(code), messageId, clientId: toReference(data.clientsmsid), mobile: toReference(data.mobile), deliveryText }]
}
