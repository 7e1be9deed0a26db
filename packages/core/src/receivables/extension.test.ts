import { describe, expect, it } from 'vitest'
import { civilDate } from '../time/calendar.ts'
import { answerExtension, defaultExtensionPolicy, type ExtensionStatus, promiseStatusOn } from './extension.ts'

const today = civilDate('2026-06-10')
const policy = { ...defaultExtensionPolicy, automaticDaysMax: 3 }
const had = (requestedOn: string, status: ExtensionStatus = 'kept') => ({ requestedOn: civilDate(requestedOn), status })
const answer = (until: string, granted: Parameters<typeof answerExtension>[1] = []) =>
  answerExtension({ today, until: civilDate(until) }, granted, policy)

describe('an extension', () => {
  it('of a few days is approved at once, a longer one waits for a person', () => {
    expect(answer('2026-06-11')).toEqual({ outcome: 'approved' })
    expect(answer('2026-06-13')).toEqual({ outcome: 'approved' })
    expect(answer('2026-06-14')).toEqual({ outcome: 'requested' })
    expect(answer('2026-06-17')).toEqual({ outcome: 'requested' })
  })

  it('always waits for a person unless the policy says otherwise', () => {
    expect(answerExtension({ today, until: civilDate('2026-06-11') }, [], defaultExtensionPolicy)).toEqual({ outcome: 'requested' })
  })

  it('has at least a day and not more than the policy allows', () => {
    expect(answer('2026-06-10')).toMatchObject({ code: 'extension_in_the_past', field: 'until' })
    expect(answer('2026-06-18')).toMatchObject({
      code: 'extension_too_long',
      field: 'until',
      message: 'An extension has at most 7 days: name 2026-06-17 or an earlier day.',
    })
  })

  it('is refused after so many in so many months', () => {
    expect(answer('2026-06-12', [had('2026-03-11'), had('2026-05-01')])).toMatchObject({
      code: 'too_many_extensions',
      message: 'The subscriber had 2 extensions since 2026-03-10; 2 are allowed in 3 months.',
    })
    expect(answer('2026-06-12', [had('2026-03-10'), had('2026-05-01')])).toEqual({ outcome: 'approved' })
  })

  it('waits for a person after a broken promise', () => {
    expect(answer('2026-06-12', [had('2026-05-01', 'broken')])).toEqual({ outcome: 'requested' })
    expect(answer('2026-06-12', [had('2026-03-01', 'broken')])).toEqual({ outcome: 'approved' })
  })
})

describe('a promise', () => {
  const until = civilDate('2026-06-13')
  const on = (text: string, openMinor: bigint, awaitsCredit = false) => promiseStatusOn({ until, openMinor, awaitsCredit }, civilDate(text))

  it('is kept once what was owed is settled, and broken when its day comes first', () => {
    expect(on('2026-06-12', 1n)).toBe('approved')
    expect(on('2026-06-13', 1n)).toBe('broken')
    expect(on('2026-06-10', 0n)).toBe('kept')
    expect(on('2026-07-01', 0n)).toBe('kept')
  })

  it('of one who buys ahead is kept by buying', () => {
    expect(on('2026-06-12', 0n, true)).toBe('approved')
    expect(on('2026-06-13', 0n, true)).toBe('broken')
  })
})
