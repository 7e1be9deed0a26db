import type { FiscalDevice } from '@nyuzi/core'
import { expect } from 'vitest'
import { ProviderMisconfigured, ProviderRateLimited, ProviderRefused, ProviderUnclear } from '../errors.ts'
import { type Check, listChecks } from './check.ts'
import type { FiscalCheckId, FiscalSuiteOptions } from './fiscal-suite.ts'
import { observePurity } from './observe-purity.ts'
import { expectNoSecret, failureOf, impatient, printed, type SuiteHost, showsNoSecrets, withHost } from './suite-host.ts'

/** The checks of `describeFiscalDevice` as plain functions. */
export function fiscalChecks(options: FiscalSuiteOptions): readonly Check<FiscalCheckId>[] {
  return listChecks<FiscalCheckId, FiscalSuiteOptions>(options, {
    proof: ['a document that is taken has a number, a device, an address to verify it and an instant', bringsProof],
    sameRequest: ['the same document and number are the same request, made without a call or the clock', preparesAlike],
    creditNote: ['a credit note is a request of its own, which names the number of the original', namesOriginal],
    lateAnswer: ['an answer that does not come after sending is ProviderUnclear', failsWith('answersLate', ProviderUnclear)],
    tooManyRequests: ['an answer that we are too fast is ProviderRateLimited', failsWith('answersTooManyRequests', ProviderRateLimited)],
    refusedDocument: ['a document that is refused is ProviderRefused', failsWith('refusesDocument', ProviderRefused)],
    refusedDevice: ['a device that is refused is ProviderMisconfigured', failsWith('refusesDevice', ProviderMisconfigured)],
    takenEarlier: ['a document that is known was taken earlier, and is no error', knowsRepeats],
    renumber: ['another number that is expected is told, and nothing was taken', tellsExpected],
    secretsInRequest: ['a request, which the host keeps, holds no secret', keepsRequestsClean],
    secretsInLog: ['no secret reaches the log or an error, whatever the authority does', keepsSecrets],
    secretsInCapabilities: ['no secret can be read out of what setup returns', showsNoSecrets],
  })
}

const behaviours = ['answers', 'answersLate', 'answersTooManyRequests', 'refusesDocument', 'refusesDevice', 'knowsDocument'] as const
type Behaviour = (typeof behaviours)[number]
type Signing = { readonly fake: SuiteHost; sign(): ReturnType<FiscalDevice['sign']> }

const deviceOf = ({ capabilities }: SuiteHost): FiscalDevice => {
  if (!capabilities.fiscal) throw new Error('the plugin offers no fiscal device')
  return capabilities.fiscal
}

const onSigning = (
  options: FiscalSuiteOptions,
  behave: () => void | Promise<void>,
  check: (signing: Signing) => Promise<void>,
  late = false,
) =>
  withHost(
    options,
    async (fake) => {
      const device = deviceOf(fake)
      await behave()
      await check({ fake, sign: () => device.sign(device.prepare(options.sale, 1n)) })
    },
    late ? impatient : {},
  )

const bringsProof = (options: FiscalSuiteOptions) =>
  onSigning(options, options.provider.answers, async ({ sign }) => {
    const answer = await sign()
    if (answer.outcome !== 'signed') throw new Error(`it was ${answer.outcome}`)
    const { number, device, url, signedAt } = answer.proof
    for (const part of [number, device, answer.answer]) expect(part, 'part of the proof').toMatch(/\S/)
    expect(url, 'the address').toMatch(/^https?:\/\/\S+$/)
    expect(Number.isNaN(signedAt.getTime()), 'the instant cannot be read').toBe(false)
  })

const preparesAlike = (options: FiscalSuiteOptions) =>
  withHost(options, (fake) => {
    const device = deviceOf(fake)
    const first = device.prepare(options.sale, 7n)
    const seen = observePurity(() => expect(device.prepare(structuredClone(options.sale), 7n)).toBe(first))
    expect(seen).toMatchObject({ networkCalls: 0, clockReads: 0 })
    expect(device.prepare(options.sale, 8n), 'another number').not.toBe(first)
    expect(device.counter, 'the counter').toMatch(/\S/)
  })

const namesOriginal = (options: FiscalSuiteOptions) =>
  withHost(options, (fake) => {
    const { credit } = options
    if (credit.kind !== 'credit') throw new Error('give the suite a `credit` of kind credit')
    const device = deviceOf(fake)
    expect(device.prepare(credit, 9n)).not.toBe(device.prepare(options.sale, 9n))
    expect(device.prepare({ ...credit, original: 4_711n }, 9n), 'the original').toContain('4711')
  })

const failsWith = (behaviour: Behaviour, expected: new (message: string) => Error) => (options: FiscalSuiteOptions) =>
  onSigning(
    options,
    options.provider[behaviour],
    async ({ sign }) => {
      expect(await failureOf(sign), 'what `sign` throws').toBeInstanceOf(expected)
    },
    behaviour === 'answersLate',
  )

const knowsRepeats = (options: FiscalSuiteOptions) =>
  onSigning(options, options.provider.knowsDocument, async ({ sign }) => {
    expect((await sign()).outcome).toBe('taken_earlier')
  })

const tellsExpected = (options: FiscalSuiteOptions) =>
  onSigning(
    options,
    () => options.provider.expectsNumber(12n),
    async ({ sign }) => {
      expect(await sign()).toMatchObject({ outcome: 'renumber', expected: 12n })
    },
  )

const keepsRequestsClean = (options: FiscalSuiteOptions) =>
  withHost(options, (fake) => {
    const secrets = [...fake.secrets, ...(options.alsoSecret ?? [])]
    expectNoSecret(deviceOf(fake).prepare(options.sale, 1n), secrets, 'a request')
  })

async function keepsSecrets(options: FiscalSuiteOptions): Promise<void> {
  for (const behaviour of behaviours)
    await onSigning(
      options,
      options.provider[behaviour],
      async ({ fake, sign }) => {
        const failure = await failureOf(sign)
        const secrets = [...fake.secrets, ...(options.alsoSecret ?? [])]
        expectNoSecret(fake.log.lines.join('\n'), secrets, 'the log')
        expectNoSecret(printed(failure), secrets, 'an error')
      },
      behaviour === 'answersLate',
    )
}
