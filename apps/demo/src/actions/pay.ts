import type { DemoAction } from '@nyuzi/server'
import { firstNameOf, mistype, owedBy, type PromptAnswer, payByPaybill, payByPrompt } from '../payers.ts'
import { action, type Stage, subscriberField } from './stage.ts'

const answers: Readonly<Record<string, PromptAnswer>> = {
  'enters the PIN': 'approve',
  declines: 'cancel',
  'wrong PIN': 'wrongPin',
  'does not answer': 'noAnswer',
}
const typings = ['the right number', 'two digits swapped', 'a number nobody has'] as const
/** For someone who owes nothing: it becomes credit. */
const amountWithoutDebt = 500
const answerAfterMs = 1_200

type IntentSaid = { readonly status: string; readonly amount: { readonly text: string } }

export const payActions = (stage: Stage): readonly DemoAction[] => [payPrompt(stage), payPaybill(stage), losePrompt(stage)]

const payPrompt = (stage: Stage) =>
  action({
    name: 'pay-by-prompt',
    label: 'Pay by phone prompt',
    explains: 'Asks for what is owed on the subscriber’s phone. Choose one whose line is off, and watch it come on.',
    fields: [subscriberField, { name: 'answer', label: 'On the phone, the payer', kind: 'choice', choices: Object.keys(answers) }],
    async run(form) {
      const { api, world } = stage
      const line = stage.lineOf(form)
      const name = firstNameOf(line)
      const answer = answers[form['answer'] ?? ''] ?? 'approve'
      const { wanted: before } = await stage.accessOf(line)
      const owed = await owedBy(api, line.subscriber)
      const intent = await payByPrompt(api, world, line, answer, answerAfterMs, owed > 0 ? undefined : amountWithoutDebt)
      const read = () => api.get<IntentSaid>(`/v1/payment-intents/${intent}`)
      if (answer === 'noAnswer')
        return `A prompt is on ${name}’s phone and stays unanswered. Nothing is guessed: the server asks the operator again and again, and the tile counts it as waiting. ${name}’s timeline shows each step.`
      await stage.comesTrue(6_000, async () => ['succeeded', 'failed', 'cancelled', 'expired'].includes((await read()).status))
      const { status, amount } = await read()
      if (status !== 'succeeded')
        return `${name} ${answer === 'cancel' ? 'declined' : 'typed a wrong PIN'}: the prompt of ${amount.text} came to nothing, nothing was booked, and the line stays as it was. Prompt again in two minutes.`
      const isOn = await stage.comesTrue(4_000, async () => (await stage.accessOf(line)).observed?.state === 'active')
      const after =
        before.state === 'active'
          ? 'The line was on and stays on.'
          : isOn
            ? 'The line is on: see “Just now” for the seconds it took.'
            : 'The line follows as soon as its router answers.'
      return `${name} entered the PIN and paid ${amount.text}. ${after} The receipt is on ${name}’s timeline.`
    },
  })

const payPaybill = (stage: Stage) =>
  action({
    name: 'pay-the-paybill',
    label: 'Pay the paybill',
    explains: 'Someone pays by the menu of their phone and types the account number by hand, which is where most money goes astray.',
    fields: [
      subscriberField,
      { name: 'typed', label: 'They type', kind: 'choice', choices: typings },
      { name: 'amount', label: 'Shillings (empty: what is owed)', kind: 'text' },
    ],
    async run(form) {
      const { api, world } = stage
      const line = stage.lineOf(form)
      const name = firstNameOf(line)
      const asked = /^\d{1,6}$/.test(form['amount'] ?? '') ? Number(form['amount']) : 0
      const amount = asked || (await owedBy(api, line.subscriber)) || amountWithoutDebt
      const typed = form['typed']
      const reference = typed === typings[2] ? 'HOUSE RENT' : typed === typings[1] ? mistype(line.accountNumber) : line.accountNumber
      const payer = typed === typings[2] ? { phone: '+254733000222', firstName: 'Samson' } : { phone: line.phone, firstName: name }
      const receipt = await payByPaybill(world, { ...payer, amount, reference })
      await stage.tools.settled()
      if (typed === typings[2])
        return `Samson paid KES ${amount.toLocaleString('en-GB')} for “${reference}”. No subscriber fits, so it waits in suspense, in the books as receipt ${receipt}, until someone asks him.`
      if (typed === typings[1])
        return `${name} typed ${reference} instead of ${line.accountNumber}. The check digit gave it away: the money is in suspense, with ${name} as the likeliest owner. Press “Give to ${name}” and the line follows by itself.`
      const isOn = await stage.comesTrue(4_000, async () => (await stage.accessOf(line)).observed?.state === 'active')
      return `KES ${amount.toLocaleString('en-GB')} from ${name}, receipt ${receipt}, was matched by its account number. ${isOn ? 'The line is on.' : 'More is owed, or its router is away: see the subscriber.'}`
    },
  })

const losePrompt = (stage: Stage) =>
  action({
    name: 'lose-a-callback',
    label: 'Pay, and lose the news of it',
    explains: 'The payer approves and the operator takes the money, but its callback never arrives. The server must find out by asking.',
    fields: [subscriberField],
    async run(form) {
      const { api, world } = stage
      const line = stage.lineOf(form)
      const owed = await owedBy(api, line.subscriber)
      // The prompt's own callback and the confirmation of the paybill: without both, only a question finds the money.
      world.daraja.faults.loseCallbacks(2)
      await payByPrompt(api, world, line, 'approve', answerAfterMs, owed > 0 ? undefined : amountWithoutDebt)
      return `${firstNameOf(line)} pays, and no one will tell us. In 22 seconds the server asks the operator by itself; watch the prompt on ${firstNameOf(line)}’s timeline turn from pending to paid.`
    },
  })
