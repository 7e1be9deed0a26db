import { describe, expect, it } from 'vitest'
import { maskPhone, parsePhone, phoneDigits } from './phone.ts'

describe('a phone number', () => {
  it.each(['0700111222', '+254 700 111 222', '254700111222', '700111222', '00254700111222', '0700-111-222', '(0700) 111.222'])(
    'typed as %s in Kenya is one and the same',
    (typed) => expect(parsePhone(typed, 'KE')).toBe('+254700111222'),
  )

  it.each([
    ['KE', '0110222333', '+254110222333'],
    ['BD', '01712345678', '+8801712345678'],
    ['BD', '8801712345678', '+8801712345678'],
    ['UG', '0772123456', '+256772123456'],
    ['TZ', '0754123456', '+255754123456'],
  ])('of %s is read by the rules there: %s', (country, typed, expected) => expect(parsePhone(typed, country)).toBe(expected))

  it.each(['', '100237', '0200111222', 'O700111222', '070011122', '07001112223', '+1 212 555 0100', '+2547001112220'])(
    'of Kenya is not %s',
    (typed) => expect(parsePhone(typed, 'KE')).toBeUndefined(),
  )

  it('of a country without rules is unknown', () => expect(parsePhone('+4915112345678', 'DE')).toBeUndefined())

  it('goes to providers without the plus sign and to logs without its middle', () => {
    const phone = parsePhone('0700111222', 'KE')
    expect(phone && phoneDigits(phone)).toBe('254700111222')
    expect(phone && maskPhone(phone)).toBe('+2547•••••222')
  })
})
