import { describe, expect, it } from 'vitest'
import { languages } from '../subscribers/subscriber.ts'
import { civilDate } from '../time/calendar.ts'
import { creditReasons, describeLine, type LineDescription, reasonText, written } from './line-description.ts'

const period = { start: civilDate('2026-06-19'), end: civilDate('2026-07-01') }
const said = (description: LineDescription, language: (typeof languages)[number] = 'en') =>
  describeLine({ description, category: 'internet', period }, language)

describe('the words of a line', () => {
  it('are made of what it is for, in the language of the reader', () => {
    expect(said({ kind: 'plan' })).toBe('Internet, 19 Jun 2026 to 30 Jun 2026')
    expect(said({ kind: 'plan' }, 'sw')).toBe('Intaneti, 19 Jun 2026 hadi 30 Jun 2026')
    expect(said({ kind: 'plan' }, 'bn')).toBe('ইন্টারনেট, 19 জুন 2026 থেকে 30 জুন 2026')
    expect(said({ kind: 'plan', phase: 'First months', onBehalfOf: 'Kamau' })).toBe(
      'Internet (First months), 19 Jun 2026 to 30 Jun 2026 (Kamau)',
    )
    expect(said({ kind: 'usage', title: 'Data', units: '5', unit: 'MB', late: true })).toBe(
      'Data (reported late), 5 MB, 19 Jun 2026 to 30 Jun 2026',
    )
    expect(said({ kind: 'late_fee', number: 2, claim: 'NRB-000001', working: '100.00 × 5 %' }, 'sw')).toBe(
      'Ada 2 ya kuchelewa kulipa NRB-000001: 100.00 × 5 %',
    )
  })

  it('of a pass tell how long it is, and its ends as clocks show them', () => {
    const from = { on: civilDate('2026-12-31'), at: '23:30' }
    const pass = { kind: 'pass', unit: 'hour', count: 1, from } as const
    const later = { ...pass, until: { on: civilDate('2027-01-01'), at: '00:30' } }
    expect(said(later)).toBe('Internet, 1 hour, 31 Dec 2026 23:30 to 1 Jan 2027 00:30')
    expect(said(later, 'sw')).toBe('Intaneti, saa 1, 31 Des 2026 23:30 hadi 1 Jan 2027 00:30')
    expect(said({ ...pass, unit: 'minute', count: 20, until: { ...from, at: '23:50' } })).toBe(
      'Internet, 20 minutes, 31 Dec 2026 23:30 to 23:50',
    )
    expect(said({ ...pass, unit: 'minute', count: 20, until: { ...from, at: '23:50' } }, 'bn')).toContain('20 মিনিট')
  })

  it('of a person stand as they were written, in every language', () => {
    for (const language of languages) {
      expect(said(written('Cable, 20 m'), language)).toBe('Cable, 20 m')
      expect(said({ kind: 'extra', title: 'Static address' }, language)).toMatch(/^Static address, 19 /)
      expect(describeLine({ description: { kind: 'plan' }, category: 'colocation' }, language)).toBe('colocation')
    }
  })
})

describe('the reason of a credit note', () => {
  it('is put into words when it is our own, and left alone when a person gave it', () => {
    expect(reasonText(creditReasons.planChange, 'en')).toBe('Change of plan')
    expect(reasonText(creditReasons.planChange, 'sw')).toBe('Mabadiliko ya kifurushi')
    for (const language of languages) expect(reasonText('Change of heart', language)).toBe('Change of heart')
  })
})
