import type { Book } from './book.ts'
import type { Decision, Desk } from './desk.ts'
import { type Dialect, jsonAnswer, textAnswer } from './exchange.ts'
import type { Fates } from './fates.ts'
import type { SmsGatewayBehaviour, SmsGatewaySimulatorOptions } from './options.ts'

type Fields = Readonly<Record<string, unknown>>

const listMax = 20

export function speakAdvanta(
  options: SmsGatewaySimulatorOptions,
  behaviour: SmsGatewayBehaviour,
  { desk, book, fates }: { desk: Desk; book: Book; fates: Fates },
): Dialect {
  const { apiKey, accountName, now = () => new Date() } = options
  const isOurs = (fields: Fields) =>
    (apiKey === undefined || fields.apikey === apiKey) && (accountName === undefined || String(fields.partnerID) === accountName)
  const say = (code: number, description: string) => ({ ...codeKey(behaviour, code), 'response-description': description })

  function entryFor(fields: Fields): { entry: Fields; decision?: Decision } {
    const mobile = numeric(behaviour, text(fields.mobile) ?? '')
    const clientId = text(fields.clientsmsid)
    const labels = { mobile, ...(clientId !== undefined && { clientsmsid: clientId }) }
    if (!isOurs(fields)) return { entry: say(1006, 'Invalid credentials') }
    const decision = desk.decide({ to: text(fields.mobile) ?? '', text: messageOf(fields), senderId: text(fields.shortcode), clientId })
    if (decision.outcome !== 'taken') return { entry: { ...say(...refusals[decision.outcome]), ...labels }, decision }
    return { entry: { ...say(200, 'Success'), ...labels, messageid: numeric(behaviour, decision.message.id), networkid: '1' }, decision }
  }

  function send(list: readonly Fields[]) {
    const entries = list.map(entryFor)
    const decisions = entries.flatMap(({ decision }) => (decision ? [decision] : []))
    return jsonAnswer(200, { responses: entries.map(({ entry }) => entry) }, decisions)
  }

  function deliveryOf(id: string): Fields {
    const message = book.byId(id)
    if (!message) return say(4093, 'No details found')
    const fate = fates.of(message)
    const isTooEarly = now().getTime() < Date.parse(message.at) + behaviour.reportDelayMs
    if (fate === 'waiting' || isTooEarly) return say(1008, 'No delivery report')
    const description = fate === 'delivered' ? 'DeliveredToTerminal' : 'DeliveryImpossible'
    return { ...say(200, 'Success'), 'message-id': numeric(behaviour, id), 'delivery-description': description, 'delivery-tat': '00:00:04' }
  }

  const operations: Readonly<Record<string, (fields: Fields) => ReturnType<typeof jsonAnswer>>> = {
    sendsms: (fields) => send([fields]),
    sendbulk(fields) {
      const list = Array.isArray(fields.smslist) ? (fields.smslist as readonly Fields[]) : []
      return list.length > listMax ? jsonAnswer(200, say(1012, 'Too many messages in the list')) : send(list)
    },
    getdlr: (fields) => jsonAnswer(200, isOurs(fields) ? deliveryOf(String(fields.messageID)) : say(1006, 'Invalid credentials')),
  }

  return {
    isSend: (path) => /\/send(sms|bulk)\/?$/.test(path),
    answer({ path, body }) {
      const operation = operations[/^\/api\/services\/(\w+)\/?$/.exec(path)?.[1] ?? '']
      return operation ? operation(JSON.parse(body) as Fields) : textAnswer(404, '<html><body>Not Found</body></html>', 'text/html')
    },
  }
}

const refusals: Readonly<Record<Exclude<Decision['outcome'], 'taken'>, readonly [code: number, description: string]>> = {
  wrong_sender: [1001, 'Invalid sender id'],
  wrong_number: [1003, 'Invalid mobile number'],
  // This gateway has no code of its own for it: operators refuse the network.
  opted_out: [1003, 'Invalid mobile number'],
  no_credit: [1004, 'Low bulk credits'],
}

const text = (value: unknown): string | undefined => (value === undefined || value === null ? undefined : String(value))

/** `bm5` is their name for base64. */
function messageOf(fields: Fields): string {
  const message = text(fields.message) ?? ''
  return fields.pass_type === 'bm5' ? Buffer.from(message, 'base64').toString('utf8') : message
}

const numeric = (behaviour: SmsGatewayBehaviour, digits: string): string | number => (behaviour.numbersAsText ? digits : Number(digits))

const codeKey = (behaviour: SmsGatewayBehaviour, code: number) => ({ [`${behaviour.spelling}-code`]: numeric(behaviour, String(code)) })
