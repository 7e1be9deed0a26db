import type { Decision, Desk } from './desk.ts'
import { type Dialect, jsonAnswer, textAnswer } from './exchange.ts'
import type { SmsGatewaySimulatorOptions } from './options.ts'

export function speakAfricasTalking({ apiKey, accountName }: SmsGatewaySimulatorOptions, desk: Desk): Dialect {
  return {
    isSend: (path) => path === '/version1/messaging',
    answer({ path, headers, body }) {
      if (path !== '/version1/messaging') return textAnswer(404, 'The requested resource could not be found.')
      const form = new URLSearchParams(body)
      if (apiKey !== undefined && headers.apikey !== apiKey) return textAnswer(401, 'The supplied authentication is invalid')
      if (accountName !== undefined && form.get('username') !== accountName)
        return textAnswer(401, 'The supplied authentication is invalid')
      const text = form.get('message')
      if (!text || !form.get('to')) return textAnswer(400, 'Request is missing required form field')
      const numbers = (form.get('to') ?? '').split(',')
      const senderId = form.get('from') ?? undefined
      const decisions = numbers.map((to) => desk.decide({ to, text, senderId }))
      // An unknown sender id is told in the envelope, with nobody in the list.
      if (decisions.some(({ outcome }) => outcome === 'wrong_sender'))
        return jsonAnswer(201, { SMSMessageData: { Message: 'InvalidSenderId', Recipients: [] } })
      const taken = decisions.filter(({ outcome }) => outcome === 'taken').length
      const recipients = decisions.map((decision, index) => toRecipient(numbers[index] ?? '', decision))
      return jsonAnswer(201, { SMSMessageData: { Message: `Sent to ${taken}/${numbers.length}`, Recipients: recipients } }, decisions)
    },
  }
}

const refusals = {
  wrong_sender: { statusCode: 402, status: 'InvalidSenderId' },
  wrong_number: { statusCode: 403, status: 'InvalidPhoneNumber' },
  opted_out: { statusCode: 406, status: 'UserInBlacklist' },
  no_credit: { statusCode: 405, status: 'InsufficientBalance' },
} as const

function toRecipient(number: string, decision: Decision) {
  if (decision.outcome !== 'taken') return { ...refusals[decision.outcome], number, cost: '0', messageId: 'None' }
  return { statusCode: 101, number, status: 'Success', cost: decision.message.cost, messageId: decision.message.id }
}
