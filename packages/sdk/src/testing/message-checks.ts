import { asId, type Messenger, type OutgoingMessage, phoneDigits } from '@nyuzi/core'
import { expect } from 'vitest'
import { CallbackRejected, ProviderMisconfigured, ProviderRateLimited, ProviderRefused, ProviderUnclear } from '../errors.ts'
import { unreadableVariants } from './callback-request.ts'
import { type Check, listChecks, needed, Skipped } from './check.ts'
import type { MessageCheckId, MessageSuiteOptions } from './messages-suite.ts'
import { observePurity } from './observe-purity.ts'
import { expectNoSecret, failureOf, printed, type SuiteHost, samplePhone, withHost } from './suite-host.ts'

/** The checks of `describeMessenger` as plain functions. */
export function messageChecks(options: MessageSuiteOptions): readonly Check<MessageCheckId>[] {
  const { provider } = options
  const withMessenger = (run: (messenger: Messenger, fake: SuiteHost) => Promise<void> | void) =>
    withHost(options, (fake) => run(messengerOf(fake), fake))
  const withReports = (run: (reports: Reports) => Promise<void> | void) => withMessenger((messenger) => run(reportsOf(messenger)))
  const samples = () => needed(options.reports, 'reports', 'reports')
  const failsWith = (behave: () => void | Promise<void>, expected: new (message: string) => Error) =>
    withMessenger(async (messenger, fake) => {
      await behave()
      expect(await failureOf(() => messenger.send(messageFor(fake, options))), 'what `send` throws').toBeInstanceOf(expected)
    })

  return listChecks<MessageCheckId>(
    {
      reference: [
        'a message that goes out has the provider’s reference',
        () =>
          withMessenger(async (messenger, fake) => {
            await provider.answers()
            const sent = await messenger.send(messageFor(fake, options))
            expect(sent.providerReference, 'the reference').toMatch(/\S/)
          }),
      ],
      refusedRecipient: [
        'a recipient that is refused is ProviderRefused',
        () => failsWith(() => provider.refusesRecipient(), ProviderRefused),
      ],
      noCredit: [
        'no credit is ProviderMisconfigured: no message can go out',
        () => failsWith(() => provider.hasNoCredit(), ProviderMisconfigured),
      ],
      lateAnswer: [
        'an answer that does not come after sending is ProviderUnclear',
        () => failsWith(() => provider.answersLate(), ProviderUnclear),
      ],
      tooManyRequests: [
        'an answer that we are too fast is ProviderRateLimited',
        () => failsWith(() => provider.answersTooManyRequests(), ProviderRateLimited),
      ],
      reports: [
        'each sample report is accepted and becomes what it stands for',
        () =>
          withReports((reports) => {
            for (const { name, request, expected } of samples()) {
              expect(reports.channels[request.channel]?.purpose, `${name}: its channel takes notices`).toBe('notice')
              expect(reports.verifyCallback(request).reply.status, `${name}: the reply`).toBeLessThan(300)
              expect(reports.translateReport(request), name).toEqual(expected)
            }
          }),
      ],
      unknownStatus: [
        'a delivery status that is not plain is sent, neither delivered nor failed',
        () =>
          withReports((reports) => {
            for (const { name, request } of needed(options.unknownStatuses, 'unknownStatuses', 'unknownStatus'))
              for (const report of reports.translateReport(request)) expect(report.state, name).toBe('sent')
          }),
      ],
      reportKeys: [
        'the same report has the same key and reply, different reports have different keys',
        () =>
          withReports((reports) => {
            const keys = samples().map(({ name, request }) => {
              const first = reports.verifyCallback(request)
              expect(reports.verifyCallback(structuredClone(request)), `${name}, repeated`).toEqual(first)
              return first.dedupeKey
            })
            expect(new Set(keys).size, 'keys that differ').toBe(keys.length)
          }),
      ],
      foreignCall: [
        'a report that is not the provider’s is rejected',
        () =>
          withReports(async (reports) => {
            for (const { name, request } of needed(options.foreignCalls, 'foreignCalls', 'foreignCall'))
              expect(await failureOf(() => reports.verifyCallback(request)), name).toBeInstanceOf(CallbackRejected)
          }),
      ],
      unreadable: [
        'bytes that cannot be read are accepted under a stable key, and translating them throws',
        () =>
          withReports(async (reports) => {
            const calls =
              options.unreadable?.map(({ request }) => request) ?? samples().flatMap(({ request }) => unreadableVariants(request))
            for (const call of calls) {
              const shown = JSON.stringify(new TextDecoder().decode(call.rawBody).slice(0, 80))
              expect(reports.verifyCallback(structuredClone(call)).dedupeKey, shown).toBe(reports.verifyCallback(call).dedupeKey)
              expect(await failureOf(() => reports.translateReport(call)), `translating ${shown}`).toBeInstanceOf(Error)
            }
          }),
      ],
      pure: [
        'verifying and translating make no call and do not read the clock',
        () =>
          withReports((reports) => {
            for (const { name, request } of samples()) {
              const seen = observePurity(() => reports.verifyCallback(request) && reports.translateReport(request))
              expect(seen, name).toMatchObject({ networkCalls: 0, clockReads: 0 })
            }
          }),
      ],
      measure: ['a text is measured as networks count it', () => withMessenger(checkMeasure)],
      secretsInLog: [
        'no key, text or whole number reaches the log or an error, whatever the provider does',
        async () => {
          const behaviours = ['answers', 'answersLate', 'answersTooManyRequests', 'refusesRecipient', 'hasNoCredit'] as const
          for (const behaviour of behaviours)
            await withMessenger(async (messenger, fake) => {
              const message = messageFor(fake, options)
              await provider[behaviour]()
              const failure = await failureOf(() => messenger.send(message))
              const secrets = [...fake.secrets, ...(options.alsoSecret ?? []), phoneDigits(message.to), message.text]
              expectNoSecret(fake.log.lines.join('\n'), secrets, 'the log')
              expectNoSecret(printed(failure), secrets, 'an error')
            })
        },
      ],
      secretsInCapabilities: [
        'no secret can be read out of what setup returns',
        () => withHost(options, (fake) => expectNoSecret(printed(fake.capabilities), fake.secrets, 'the capabilities')),
      ],
    },
    options.skips,
  )
}

type Reports = NonNullable<Messenger['reports']>

function messengerOf({ capabilities }: SuiteHost): Messenger {
  if (!capabilities.messages) throw new Error('the plugin offers no messages')
  return capabilities.messages
}

function reportsOf({ reports }: Messenger): Reports {
  if (!reports) throw new Skipped('the provider pushes no delivery reports')
  return reports
}

function messageFor(fake: SuiteHost, { message }: MessageSuiteOptions): OutgoingMessage {
  const { country } = fake.host.installation
  return {
    id: asId('message', '019a8c00-0000-7000-8000-000000000b22'),
    channel: messengerOf(fake).channelsOffered[0] ?? 'sms',
    to: message?.to ?? samplePhone(country),
    text: 'Your line is on again. Asante!',
    ...message,
  }
}

/** Limits of GSM 03.38: 160 septets or 70 UCS-2 units alone, 153 or 67 in each of several parts. */
function checkMeasure({ measure, channelsOffered }: Messenger): void {
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
  for (const [text, expected] of cases) expect(measure(text), `${text.slice(0, 3)}… × ${text.length}`).toEqual(expected)
}
