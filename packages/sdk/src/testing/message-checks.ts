import { asId, type EmailAddress, type Messenger, type OutgoingMessage, recipientOn } from '@nyuzi/core'
import { expect } from 'vitest'
import { CallbackRejected, ProviderMisconfigured, ProviderRateLimited, ProviderRefused, ProviderUnclear } from '../errors.ts'
import { unreadableVariants } from './callback-request.ts'
import { type Check, listChecks, needed, Skipped } from './check.ts'
import type { MessageCheckId, MessageSuiteOptions } from './messages-suite.ts'
import { observePurity } from './observe-purity.ts'
import { expectNoSecret, failureOf, impatient, printed, type SuiteHost, samplePhone, showsNoSecrets, withHost } from './suite-host.ts'

/** The checks of `describeMessenger` as plain functions. */
export function messageChecks(options: MessageSuiteOptions): readonly Check<MessageCheckId>[] {
  return listChecks<MessageCheckId, MessageSuiteOptions>(options, {
    reference: ['a message that goes out has the provider’s reference', returnsReference],
    refusedRecipient: ['a recipient that is refused is ProviderRefused', failsWith('refusesRecipient', ProviderRefused)],
    noCredit: ['no credit is ProviderMisconfigured: no message can go out', failsWith('hasNoCredit', ProviderMisconfigured)],
    lateAnswer: ['an answer that does not come after sending is ProviderUnclear', failsWith('answersLate', ProviderUnclear)],
    tooManyRequests: ['an answer that we are too fast is ProviderRateLimited', failsWith('answersTooManyRequests', ProviderRateLimited)],
    reports: ['each sample report is accepted and becomes what it stands for', translatesReports],
    unknownStatus: ['a delivery status that is not plain is sent, neither delivered nor failed', guessesNoStatus],
    reportKeys: ['the same report has the same key and reply, different reports have different keys', tellsReportsApart],
    foreignCall: ['a report that is not the provider’s is rejected', rejectsForeignCalls],
    unreadable: ['bytes that cannot be read are accepted under a stable key, and translating them throws', keepsUnreadable],
    pure: ['verifying and translating make no call and do not read the clock', staysPure],
    measure: ['a text is measured as networks count it', measuresText],
    secretsInLog: ['no key, text or whole address reaches the log or an error, whatever the provider does', keepsSecrets],
    secretsInCapabilities: ['no secret can be read out of what setup returns', showsNoSecrets],
  })
}

const behaviours = ['answers', 'answersLate', 'answersTooManyRequests', 'refusesRecipient', 'hasNoCredit'] as const
type Behaviour = (typeof behaviours)[number]
type Sending = { readonly fake: SuiteHost; readonly message: OutgoingMessage; send(): ReturnType<Messenger['send']> }

/** Sends one message to a provider that behaves in one way. */
const onSending = (options: MessageSuiteOptions, behaviour: Behaviour, check: (sending: Sending) => Promise<void>) =>
  withHost(
    options,
    async (fake) => {
      const message = messageFor(fake, options)
      await options.provider[behaviour]()
      await check({ fake, message, send: () => messengerOf(fake).send(message) })
    },
    behaviour === 'answersLate' ? impatient : {},
  )

const returnsReference = (options: MessageSuiteOptions) =>
  onSending(options, 'answers', async ({ send }) => {
    expect((await send()).providerReference, 'the reference').toMatch(/\S/)
  })

const failsWith = (behaviour: Behaviour, expected: new (message: string) => Error) => (options: MessageSuiteOptions) =>
  onSending(options, behaviour, async ({ send }) => {
    expect(await failureOf(send), 'what `send` throws').toBeInstanceOf(expected)
  })

async function keepsSecrets(options: MessageSuiteOptions): Promise<void> {
  for (const behaviour of behaviours)
    await onSending(options, behaviour, async ({ fake, message, send }) => {
      const failure = await failureOf(send)
      const secrets = [...fake.secrets, ...(options.alsoSecret ?? []), message.to.replace('+', ''), message.text]
      expectNoSecret(fake.log.lines.join('\n'), secrets, 'the log')
      expectNoSecret(printed(failure), secrets, 'an error')
    })
}

type Reports = NonNullable<Messenger['reports']>

const withReports = (options: MessageSuiteOptions, check: (reports: Reports) => Promise<void> | void) =>
  withHost(options, (fake) => {
    const { reports } = messengerOf(fake)
    if (!reports) throw new Skipped('the provider pushes no delivery reports')
    return check(reports)
  })

const samplesOf = (options: MessageSuiteOptions) => needed(options.reports, 'reports', 'reports')

const translatesReports = (options: MessageSuiteOptions) =>
  withReports(options, (reports) => {
    for (const { name, request, expected } of samplesOf(options)) {
      expect(reports.channels[request.channel]?.purpose, `${name}: its channel takes notices`).toBe('notice')
      expect(reports.verifyCallback(request).reply.status, `${name}: the reply`).toBeLessThan(300)
      expect(reports.translateReport(request), name).toEqual(expected)
    }
  })

const guessesNoStatus = (options: MessageSuiteOptions) =>
  withReports(options, (reports) => {
    for (const { name, request } of needed(options.unknownStatuses, 'unknownStatuses', 'unknownStatus'))
      expect(new Set(reports.translateReport(request).map(({ state }) => state)), name).toEqual(new Set(['sent']))
  })

const tellsReportsApart = (options: MessageSuiteOptions) =>
  withReports(options, (reports) => {
    const keys = samplesOf(options).map(({ name, request }) => {
      const first = reports.verifyCallback(request)
      expect(reports.verifyCallback(structuredClone(request)), `${name}, repeated`).toEqual(first)
      return first.dedupeKey
    })
    expect(new Set(keys).size, 'keys that differ').toBe(keys.length)
  })

const rejectsForeignCalls = (options: MessageSuiteOptions) =>
  withReports(options, async (reports) => {
    for (const { name, request } of needed(options.foreignCalls, 'foreignCalls', 'foreignCall'))
      expect(await failureOf(() => reports.verifyCallback(request)), name).toBeInstanceOf(CallbackRejected)
  })

const keepsUnreadable = (options: MessageSuiteOptions) =>
  withReports(options, async (reports) => {
    const given = options.unreadable?.map(({ request }) => request)
    for (const call of given ?? samplesOf(options).flatMap(({ request }) => unreadableVariants(request))) {
      const shown = JSON.stringify(new TextDecoder().decode(call.rawBody).slice(0, 80))
      expect(reports.verifyCallback(structuredClone(call)).dedupeKey, shown).toBe(reports.verifyCallback(call).dedupeKey)
      expect(await failureOf(() => reports.translateReport(call)), `translating ${shown}`).toBeInstanceOf(Error)
    }
  })

const staysPure = (options: MessageSuiteOptions) =>
  withReports(options, (reports) => {
    for (const { name, request } of samplesOf(options)) {
      const seen = observePurity(() => reports.verifyCallback(request) && reports.translateReport(request))
      expect(seen, name).toMatchObject({ networkCalls: 0, clockReads: 0 })
    }
  })

/** Limits of GSM 03.38: 160 septets or 70 UCS-2 units alone, 153 or 67 in each of several parts. */
const measuresText = (options: MessageSuiteOptions) =>
  withHost(options, (fake) => {
    const { measure, channelsOffered } = messengerOf(fake)
    if (!measure || !channelsOffered.includes('sms')) throw new Skipped('the messenger measures no text messages')
    const cases = [
      ['a', { encoding: 'GSM-7', units: 1, parts: 1 }],
      ['a'.repeat(160), { encoding: 'GSM-7', units: 160, parts: 1 }],
      ['a'.repeat(161), { encoding: 'GSM-7', units: 161, parts: 2 }],
      ['a'.repeat(307), { encoding: 'GSM-7', units: 307, parts: 3 }],
      ['€'.repeat(80), { encoding: 'GSM-7', units: 160, parts: 1 }],
      ['আ'.repeat(70), { encoding: 'UCS-2', units: 70, parts: 1 }],
      ['আ'.repeat(71), { encoding: 'UCS-2', units: 71, parts: 2 }],
      ['😀', { encoding: 'UCS-2', units: 2, parts: 1 }],
    ] as const
    for (const [text, expected] of cases) expect(measure(text), `${text.slice(0, 2)}… × ${text.length}`).toEqual(expected)
  })

function messengerOf({ capabilities }: SuiteHost): Messenger {
  if (!capabilities.messages) throw new Error('the plugin offers no messages')
  return capabilities.messages
}

function messageFor(fake: SuiteHost, { message }: MessageSuiteOptions): OutgoingMessage {
  const phone = samplePhone(fake.host.installation.country)
  const recipient = recipientOn(messengerOf(fake).channelsOffered, { phone, email: 'amina@isp.example' as EmailAddress })
  if (!recipient) throw new Error('the messenger offers no channel')
  return {
    id: asId('message', '019a8c00-0000-7000-8000-000000000b22'),
    text: 'Your line is on again. Asante!',
    ...recipient,
    ...message,
  } as OutgoingMessage
}
